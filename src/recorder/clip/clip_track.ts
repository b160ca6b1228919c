/**
 * One track of a clip.
 *
 * @module
 */
import { soundLayoutOf } from "../../gst/caps.ts";
import { rawVideoOf } from "../../gst/video_info.ts";
import type { Orientation } from "../../media/orientation.ts";
import type { RawVideo } from "../../media/raw_video.ts";
import type { SoundLayout } from "../../media/sound_layout.ts";
import type { Frame } from "../../gst/frame.ts";
import type { ClipWindow } from "../../ringbuffer/clip_window.ts";
import { ClipTally, type Shortfall } from "./report.ts";

/** Options of {@link ClipTrack}. */
export interface ClipTrackOptions {
  /** The tee's name. */
  tee: string;
  /** Measured duration of a frame in nanoseconds, for caps that state no frame rate. */
  measuredFrameNs: bigint;
  /** Nanoseconds of frames that may wait for the encoder; more than that are dropped. */
  maxBacklogNs: bigint;
  /** Returns whether the clip can go on after a change of the caps; both stay the clip's. */
  survives: (before: Deno.PointerObject, after: Deno.PointerObject) => boolean;
  /** How its pictures must be turned to be upright. */
  orientation: Orientation | null;
  /** Whether frames before the clip's start are only decoded, not shown. */
  isExact: boolean;
}

/** Admits the frames of one tee that belong to a clip, and holds them until they are written. */
export class ClipTrack {
  /** The tee's name. */
  readonly tee: string;
  /** Counts what was admitted. */
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
  #video: RawVideo | null = null;
  #layout: SoundLayout | null = null;
  #unstatedFrameNs: bigint | null = null;
  /** The frame whose caps are those of the clip, and the last one whose caps were compared with them. */
  #model: Frame | undefined;
  #checked: Frame | undefined;
  /** Whether a frame is missing that the next ones may reference. */
  #isBroken = false;
  #hasUntimed = false;
  #lacksKeyframe = false;
  /** Frames that may wait for the encoder, beside those that it begins with. */
  #maxBacklog = 0;
  #leadFrames = 0;
  #exactNs: bigint | null = null;
  #isOver = false;
  #isCutShort = false;

  /** Creates a track without frames. */
  constructor(window: ClipWindow, options: ClipTrackOptions) {
    this.#window = window;
    this.#options = options;
    this.tee = options.tee;
  }

  /** The media type; `null` before the first frame. */
  get mediaType(): string | null {
    return this.#mediaType;
  }

  /** The measured duration of a frame in nanoseconds if the caps state no frame rate, else `null`. */
  get unstatedFrameNs(): bigint | null {
    return this.#unstatedFrameNs;
  }

  /** The raw video of the first frames; `null` for other media. */
  get video(): RawVideo | null {
    return this.#video;
  }

  /** How its pictures must be turned to be upright; `null` if they are upright. */
  get orientation(): Orientation | null {
    return this.#options.orientation;
  }

  /** The channels of raw sound; `null` for other media. */
  get layout(): SoundLayout | null {
    return this.#layout;
  }

  /** The start of the first frame that is shown, if others before it are only decoded; else `null`. */
  get exactNs(): bigint | null {
    return this.#exactNs;
  }

  /** Whether frames came without a PTS. */
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
   * Admits the frames that there are at the call, from the last change of the caps before it on that the clip cannot
   * follow.
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
    if (last !== undefined) this.tally.lateStart = "caps-changed";
    for (const frame of frames.slice(start)) this.admit(frame, sinceNs, 0);
  }

  /** Returns whether the clip can go on with a frame. */
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
   * Admits a frame if it belongs to the clip, and ends the track at the first one after the clip.
   *
   * @param sinceNs The running time at which the track begins.
   * @param backlog Frames that the encoder has not taken yet.
   */
  admit(frame: Frame, sinceNs: bigint, backlog: number): void {
    if (this.#isOver) return;
    const { timeNs, dtsNs, frameNs } = frame;
    if (timeNs === null || dtsNs === null) return this.#skipUntimed();
    // a frame that is shown before one in the clip belongs to it, though it is decoded later
    if (dtsNs >= this.#window.endNs && timeNs >= this.#latestNs) {
      this.tally.end(dtsNs, this.#window.endNs);
      return this.end();
    }
    if (!this.#isAlike(frame)) {
      if (this.tally.frames > 0) return this.end("caps-changed");
      this.#forgetLead();
      this.#forgetCaps();
      this.#model = frame.retain();
      this.tally.lateStart = "caps-changed";
    }
    if (this.tally.frames > 0) return this.#enqueue(frame, frameNs, backlog);
    // it begins with the keyframe at its start, or the last one before
    if (frame.isKeyframe && this.#canBegin(timeNs - sinceNs, frameNs)) this.#forgetLead();
    if (this.#lead.length === 0 && !frame.isKeyframe) return void (this.#lacksKeyframe = true);
    if (this.#lead.length === 0) this.#keyNs = timeNs;
    this.#lead.push(frame.retain());
    if (timeNs < sinceNs) return;
    this.#begin(sinceNs, frameNs);
    for (const one of this.#lead) this.#enqueue(one, one.frameNs, backlog);
    this.#forgetLead();
  }

  /** A frame without a PTS cannot be written. */
  #skipUntimed(): void {
    this.#hasUntimed = true;
    if (this.tally.frames === 0) return;
    this.#isBroken = true;
    this.tally.addUnwritable();
    this.tally.addShortfall("frames-missing");
  }

  /**
   * Returns whether the track can begin with a keyframe that comes so late: frames missing before it may still follow,
   * and reference the keyframe before.
   */
  #canBegin(lateNs: bigint, frameNs: bigint | null): boolean {
    return lateNs < (frameNs ?? this.#options.measuredFrameNs) ||
      this.#lead.every(({ isKeyframe }) => isKeyframe);
  }

  #begin(sinceNs: bigint, frameNs: bigint | null): void {
    const [first] = this.#lead as [Frame, ...Frame[]];
    this.#leadFrames = this.#lead.length;
    this.#mediaType = first.mediaType;
    const { capsHandle } = this.#model!;
    this.#video = rawVideoOf(capsHandle);
    if (this.#mediaType === "audio/x-raw") this.#layout = soundLayoutOf(capsHandle);
    this.#unstatedFrameNs = frameNs === null ? this.#options.measuredFrameNs : null;
    if (this.#options.isExact && first.timeNs! < sinceNs) this.#exactNs = sinceNs;
  }

  #enqueue(frame: Frame, frameNs: bigint | null, backlog: number): void {
    const { timeNs, durationNs } = frame;
    if (!this.#hasRoom(frameNs, backlog)) {
      this.#isBroken = true;
      this.tally.addShortfall("encoder-too-slow");
    } else if (frame.isKeyframe) {
      this.#isBroken = false;
    }
    // a frame that references a missing one would be shown, but not as it was
    if (this.#isBroken) return this.tally.addUnwritable();
    // a frame shown before the first keyframe references frames that are not there
    if (timeNs! < this.#keyNs) return;
    this.#queue.push(frame.retain());
    if (this.#exactNs !== null && timeNs! < this.#exactNs) return;
    if (timeNs! > this.#latestNs) this.#latestNs = timeNs!;
    this.tally.add(timeNs!, durationNs ?? frameNs);
  }

  /** Returns whether one more frame may wait; the limit is that of the highest frame rate so far. */
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

  /** Ends the track; `shortfall` is noted if the clip's end was not reached. */
  end(shortfall?: Shortfall): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forgetLead();
    this.#forgetCaps();
    if (shortfall === undefined || this.tally.reaches(this.#window.endNs)) return;
    this.#isCutShort = true;
    this.tally.addShortfall(shortfall);
  }

  /** Removes and returns the frames that are not written yet; the caller releases them. */
  dequeue(): Frame[] {
    return this.#queue.splice(0);
  }

  /** Drops the frames that are not written yet. */
  clear(): void {
    this.#forgetLead();
    for (const frame of this.dequeue()) frame.release();
  }
}
