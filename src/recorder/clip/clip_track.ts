/**
 * One stream of a clip.
 *
 * @module
 */
import { shapeOf } from "../../gst/caps.ts";
import { isSound } from "../../media/codecs.ts";
import type { Frame } from "../../gst/frame.ts";
import type { ClipWindow } from "../../ringbuffer/clip_window.ts";
import { ClipTally, type Shortfall } from "./report.ts";

/** What a clip's stream is like. */
export interface ClipTrackOptions {
  /** The tee that it comes from. */
  tee: string;
  /** Nanoseconds that a frame lasts where caps do not tell, as measured. */
  measuredFrameNs: bigint;
  /** Nanoseconds of frames that may wait for the encoder; more than that are dropped. */
  maxBacklogNs: bigint;
  /** Tells whether the clip goes on where the caps change; both stay the clip's. */
  survives: (before: Deno.PointerObject, after: Deno.PointerObject) => boolean;
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
  #shape: string | null = null;
  #untoldFrameNs: bigint | null = null;
  /** The frame that tells the caps of all, and the last one whose caps were looked at. */
  #model: Frame | undefined;
  #checked: Frame | undefined;
  /** Whether a frame is missing that the next ones may refer to. */
  #isBroken = false;
  #hasUntimed = false;
  #lacksKeyframe = false;
  /** Frames that may wait for the encoder, beside those that it begins with. */
  #maxBacklog = 0;
  #leadFrames = 0;
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

  /** Caps that raw video is brought to; null for other media. */
  get shape(): string | null {
    return this.#shape;
  }

  /** Where the first frame belongs that is to be seen, after some that it needs to be decoded; null where there are none. */
  get exactNs(): bigint | null {
    return this.#exactNs;
  }

  /** Whether frames came without a time. */
  get hasUntimed(): boolean {
    return this.#hasUntimed;
  }

  /** Whether frames came before any keyframe. */
  get lacksKeyframe(): boolean {
    return this.#lacksKeyframe;
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
   * Takes the frames that there are, from the last change of the caps before the call on, which the clip does not go
   * on after.
   */
  begin(frames: readonly Frame[], sinceNs: bigint): void {
    const atNs = this.#window.callsNs[0]!;
    const model = frames.findLast(({ dtsNs }) => dtsNs !== null && dtsNs <= atNs) ??
      frames[0];
    if (model === undefined) return;
    this.#model = model.retain();
    let start = frames.indexOf(model);
    while (start > 0 && this.#isAlike(frames[start - 1]!)) start--;
    const last = frames[start - 1];
    if (last !== undefined) this.tally.lateness = "caps-changed";
    for (const frame of frames.slice(start)) this.admit(frame, sinceNs, 0);
  }

  /** Whether the clip goes on with a frame. */
  #isAlike(frame: Frame): boolean {
    const model = this.#model ??= frame.retain();
    const { capsHandle } = frame;
    if (Deno.UnsafePointer.equals(capsHandle, (this.#checked ?? model).capsHandle)) return true;
    if (!this.#options.survives(model.capsHandle, capsHandle)) return false;
    this.#checked?.release();
    this.#checked = frame.retain();
    return true;
  }

  /**
   * Takes a frame where it belongs to the clip, and ends at the first one after it.
   *
   * @param sinceNs Where the stream begins.
   * @param backlog Frames that the encoder has not taken yet.
   */
  admit(frame: Frame, sinceNs: bigint, backlog: number): void {
    if (this.#isOver) return;
    const { timeNs, dtsNs, frameNs } = frame;
    if (timeNs === null || dtsNs === null) return this.#miss();
    // frames that are shown before one that is in the clip belong to it, too, though they are decoded after it
    if (dtsNs >= this.#window.endNs && timeNs >= this.#latestNs) {
      this.tally.end(dtsNs, this.#window.endNs);
      return this.end();
    }
    if (!this.#isAlike(frame)) {
      if (this.tally.frames > 0) return this.end("caps-changed");
      this.#forgetLead();
      this.#forgetCaps();
      this.#model = frame.retain();
      this.tally.lateness = "caps-changed";
    }
    if (this.tally.frames > 0) return this.#enqueue(frame, frameNs, backlog);
    // it begins with a keyframe: at its start where there is one, else with the last one before
    if (frame.isKeyframe && this.#canBegin(timeNs - sinceNs, frameNs)) this.#forgetLead();
    if (this.#lead.length === 0 && !frame.isKeyframe) return void (this.#lacksKeyframe = true);
    if (this.#lead.length === 0) this.#keyNs = timeNs;
    this.#lead.push(frame.retain());
    if (timeNs < sinceNs) return;
    this.#begin(sinceNs, frameNs);
    for (const one of this.#lead) this.#enqueue(one, one.frameNs, backlog);
    this.#forgetLead();
  }

  /** A frame without a time has no place in a file. */
  #miss(): void {
    this.#hasUntimed = true;
    if (this.tally.frames === 0) return;
    this.#isBroken = true;
    this.tally.skip();
    this.tally.note("frames-missing");
  }

  /**
   * Whether it can begin with a keyframe that comes so late: where frames are missing before that, they may follow it, and
   * need the one before it.
   */
  #canBegin(lateNs: bigint, frameNs: bigint | null): boolean {
    return lateNs < (frameNs ?? this.#options.measuredFrameNs) ||
      this.#lead.every(({ isKeyframe }) => isKeyframe);
  }

  #begin(sinceNs: bigint, frameNs: bigint | null): void {
    const [first] = this.#lead as [Frame, ...Frame[]];
    this.#leadFrames = this.#lead.length;
    this.#mediaType = first.mediaType;
    this.#shape = shapeOf(this.#model!.capsHandle);
    this.#untoldFrameNs = frameNs === null ? this.#options.measuredFrameNs : null;
    if (this.#options.isExact && first.timeNs! < sinceNs) this.#exactNs = sinceNs;
  }

  #enqueue(frame: Frame, frameNs: bigint | null, backlog: number): void {
    const { timeNs, dtsNs, durationNs } = frame;
    if (!this.#hasRoom(frameNs, backlog)) {
      this.#isBroken = true;
      this.tally.note("encoder-too-slow");
    } else if (frame.isKeyframe) {
      this.#isBroken = false;
    }
    // what refers to a frame that is missing would be shown, but not as it was
    if (this.#isBroken) return this.tally.skip();
    // what is shown before the keyframe that all begins with refers to what is not there
    if (timeNs! < this.#keyNs) return this.tally.pass(dtsNs!);
    this.#queue.push(frame.retain());
    if (this.#exactNs !== null && timeNs! < this.#exactNs) return this.tally.pass(dtsNs!);
    if (timeNs! > this.#latestNs) this.#latestNs = timeNs!;
    // caps do not tell how long pieces of sound last, but each of them does
    const stepNs = isSound(this.#mediaType!) ? frameNs ?? durationNs : frameNs;
    this.tally.add(timeNs!, durationNs, stepNs, dtsNs!);
  }

  /** Whether one more frame may wait; the limit is that of the highest frame rate so far. */
  #hasRoom(frameNs: bigint | null, backlog: number): boolean {
    const { maxBacklogNs, measuredFrameNs } = this.#options;
    const limit = Math.ceil(Number(maxBacklogNs) / Number(frameNs ?? measuredFrameNs));
    this.#maxBacklog = Math.max(this.#maxBacklog, limit);
    return this.#queue.length + backlog < this.#maxBacklog + this.#leadFrames;
  }

  #forgetLead(): void {
    for (const frame of this.#lead.splice(0)) frame.release();
  }

  #forgetCaps(): void {
    this.#model?.release();
    this.#checked?.release();
    this.#model = this.#checked = undefined;
  }

  /** No more frames come. */
  end(shortfall?: Shortfall): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forgetLead();
    this.#forgetCaps();
    if (shortfall === undefined || this.tally.reaches(this.#window.endNs)) return;
    this.#isCutShort = true;
    this.tally.note(shortfall);
  }

  /** Hands over the frames that are not written yet; the caller releases them. */
  dequeue(): Frame[] {
    return this.#queue.splice(0);
  }

  /** Drops them. */
  clear(): void {
    this.#forgetLead();
    for (const frame of this.dequeue()) frame.release();
  }
}
