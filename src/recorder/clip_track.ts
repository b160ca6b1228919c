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
  /** Whether frames before the clip's start are only there for others to be decoded. */
  isExact: boolean;
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
  /** The start of the keyframe that it begins with. */
  #keyNs = 0n;
  /** The latest of the times of the frames. */
  #latestNs = 0n;
  #mediaType: string | null = null;
  #untoldFrameNs: bigint | null = null;
  #exactNs: bigint | null = null;
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

  /** Where the first frame belongs that is to be seen, after some that it needs to be decoded; null where there are none. */
  get exactNs(): bigint | null {
    return this.#exactNs;
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
    if (frame.isKeyframe && !this.#isLate(timeNs - sinceNs, frameNs)) this.#forgetLead();
    else if (this.#lead.length === 0 && !frame.isKeyframe) return;
    if (this.#lead.length === 0) this.#keyNs = timeNs;
    this.#lead.push(frame.retain());
    if (timeNs < sinceNs) return;
    this.#begin(sinceNs, frameNs);
    for (const one of this.#lead) this.#enqueue(one, frameNs, backlog);
    this.#forgetLead();
  }

  /** Whether frames are missing between its start and a keyframe: those may follow it, and need the one before it. */
  #isLate(lateNs: bigint, frameNs: bigint | null): boolean {
    return lateNs >= (frameNs ?? this.#options.measuredFrameNs);
  }

  #begin(sinceNs: bigint, frameNs: bigint | null): void {
    const [first] = this.#lead as [Frame, ...Frame[]];
    this.#mediaType = first.mediaType;
    this.#untoldFrameNs = frameNs === null ? this.#options.measuredFrameNs : null;
    if (this.#options.isExact && first.timeNs! < sinceNs) this.#exactNs = sinceNs;
  }

  #enqueue(frame: Frame, frameNs: bigint | null, backlog: number): void {
    if (this.#queue.length + backlog >= this.#options.maxBacklog) {
      return this.tally.note("encoder-too-slow");
    }
    const { timeNs, orderNs, durationNs } = frame;
    // what is shown before the keyframe that all begins with refers to what is not there
    if (timeNs! < this.#keyNs) return this.tally.pass(orderNs!);
    this.#queue.push(frame.retain());
    if (this.#exactNs !== null && timeNs! < this.#exactNs) return this.tally.pass(orderNs!);
    if (timeNs! > this.#latestNs) this.#latestNs = timeNs!;
    // caps do not tell how long pieces of sound last, but each of them does
    const stepNs = isSound(this.#mediaType!) ? frameNs ?? durationNs : frameNs;
    this.tally.add(timeNs!, durationNs, stepNs, orderNs!);
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
