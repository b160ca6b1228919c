/**
 * One stream of a clip.
 *
 * @module
 */
import { isSound } from "../codecs.ts";
import type { Frame } from "../frame.ts";
import type { ClipWindow } from "../ringbuffer/window.ts";
import { ClipTally, type Shortfall } from "./report.ts";

/** What a clip's stream is like. */
export interface ClipTrackOptions {
  /** The tee that it comes from. */
  tee: string;
  /** Nanoseconds that a frame lasts where caps do not tell, as measured. */
  measuredFrameNs: bigint;
  /** Frames that may wait for the encoder; more than that are dropped. */
  maxBacklog: number;
}

/** Takes the frames of one tee that belong to a clip, and holds them until they are written. */
export class ClipTrack {
  /** The tee that it comes from. */
  readonly tee: string;
  /** What it has taken. */
  readonly tally = new ClipTally();
  readonly #options: ClipTrackOptions;
  readonly #window: ClipWindow;
  /** Frames before the clip's start, from the last keyframe on. */
  readonly #lead: Frame[] = [];
  /** Frames that are not written yet. */
  readonly #queue: Frame[] = [];
  /** The latest of the times of the frames. */
  #latestNs = 0n;
  #mediaType: string | null = null;
  #untoldFrameNs: bigint | null = null;
  #isOver = false;
  #isCutShort = false;

  /** A stream without a frame yet. */
  constructor(window: ClipWindow, options: ClipTrackOptions) {
    this.#window = window;
    this.#options = options;
    this.tee = options.tee;
  }

  /** The kind of media; null before the first frame. */
  get mediaType(): string | null {
    return this.#mediaType;
  }

  /** Nanoseconds that a frame lasts, as measured, where the caps do not tell; null where they do. */
  get untoldFrameNs(): bigint | null {
    return this.#untoldFrameNs;
  }

  /** Whether no more frames come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether no more frames come, though some should. */
  get isCutShort(): boolean {
    return this.#isCutShort;
  }

  /**
   * Takes a frame where it belongs to the clip, and ends at the first one after it.
   *
   * @param frameNs Nanoseconds that a frame lasts by the caps; null where they do not tell.
   * @param sinceNs Where the stream begins.
   * @param backlog Frames that the encoder has not taken yet.
   */
  offer(frame: Frame, frameNs: bigint | null, sinceNs: bigint, backlog: number): void {
    const { timeNs, orderNs } = frame;
    if (this.#isOver || timeNs === null || orderNs === null) return;
    // frames that are shown before one that is in the clip belong to it, too, though they are decoded after it
    if (orderNs >= this.#window.endNs && timeNs >= this.#latestNs) {
      this.tally.meet(orderNs);
      return this.end();
    }
    if (this.tally.frames > 0) return this.#enqueue(frame, frameNs, backlog);
    // it begins with a keyframe: at its start where there is one, else with the last one before
    if (frame.isKeyframe) this.#forgetLead();
    else if (this.#lead.length === 0) return;
    this.#lead.push(frame.retain());
    if (timeNs < sinceNs) return;
    for (const one of this.#lead) this.#enqueue(one, frameNs, backlog);
    this.#forgetLead();
  }

  #enqueue(frame: Frame, frameNs: bigint | null, backlog: number): void {
    if (this.#queue.length + backlog >= this.#options.maxBacklog) {
      return this.tally.note("encoder-too-slow");
    }
    if (this.#mediaType === null) {
      this.#mediaType = frame.mediaType;
      this.#untoldFrameNs = frameNs === null ? this.#options.measuredFrameNs : null;
    }
    const { timeNs, orderNs, durationNs } = frame;
    if (timeNs! > this.#latestNs) this.#latestNs = timeNs!;
    // caps do not tell how long pieces of sound last, but each of them does
    const stepNs = isSound(this.#mediaType) ? frameNs ?? durationNs : frameNs;
    this.tally.add(timeNs!, durationNs, stepNs, orderNs!);
    this.#queue.push(frame.retain());
  }

  #forgetLead(): void {
    for (const frame of this.#lead.splice(0)) frame.release();
  }

  /** No more frames come. */
  end(shortfall?: Shortfall): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forgetLead();
    if (shortfall === undefined || this.tally.reaches(this.#window.endNs)) return;
    this.#isCutShort = true;
    this.tally.note(shortfall);
  }

  /** Hands over the frames that are not written yet; the caller releases them. */
  take(): Frame[] {
    return this.#queue.splice(0);
  }

  /** Drops them. */
  clear(): void {
    this.#forgetLead();
    for (const frame of this.take()) frame.release();
  }
}
