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
import { clipStartIndex, type ClipWindow, rightFrom } from "../../ringbuffer/clip_window.ts";
import { max } from "../../util/clock_time.ts";
import { ClipTally, type Shortfall } from "./report.ts";

/** Options of {@link ClipTrack}. */
export interface ClipTrackOptions {
  /** The tee's name. */
  tee: string;
  /** Measured duration of a frame in nanoseconds, for caps that state no frame rate. */
  measuredFrameNs: bigint;
  /** Nanoseconds of frames that may wait for the encoder; more than that are dropped. */
  maxBacklogNs: bigint;
  /** Returns why no clip can begin, though frames come; `null` if one can. */
  keyframeProblem: () => string | null;
  /** Returns whether the clip can go on after a change of the caps; both stay the clip's. */
  survives: (before: Deno.PointerObject, after: Deno.PointerObject) => boolean;
  /** How its pictures must be turned to be upright. */
  orientation: Orientation | null;
  /**
   * How the track begins where its keyframe is before the clip's start: with that, or `exact`, so that frames before the start are
   * only decoded, not shown. `unavailable` if it should be exact, but the stream does not allow it.
   */
  exactStart: "keyframe" | "exact" | "unavailable";
  /** Receives each frame before it is admitted; returns whether it is. By default, all are. */
  before?: (frame: Frame) => boolean;
}

/** Admits the frames of one tee that belong to a clip, and holds them until they are written. */
export class ClipTrack {
  /** The tee's name. */
  readonly tee: string;
  /** Counts what was admitted. */
  readonly tally = new ClipTally();
  readonly #options: ClipTrackOptions;
  readonly #window: ClipWindow;
  /** Frames before the clip begins, from a keyframe on. */
  readonly #lead: Frame[] = [];
  /** Frames that are not written yet. */
  readonly #queue: Frame[] = [];
  /** The keyframe with which decoding begins, or begins again after missing frames; its data may be released. */
  #entry: Frame | undefined;
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
  /** Whether frames came before any keyframe. */
  #hasWaited = false;
  /** Frames that may wait for the encoder, beside those that it begins with. */
  #maxBacklog = 0;
  #leadFrames = 0;
  #exactNs: bigint | null = null;
  #isOver = false;
  #isCutShort = false;
  #hasChanged = false;

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

  /** Why it has not begun though frames came; `null` if it has, or none came. */
  get keyframeProblem(): string | null {
    return this.#entry === undefined && this.#hasWaited ? this.#options.keyframeProblem() : null;
  }

  /** Whether no more frames come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it ended at a change of the caps that the file cannot follow. */
  get hasChanged(): boolean {
    return this.#hasChanged;
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
    if (this.#isOver || this.#options.before?.(frame) === false) return;
    const { timeNs, dtsNs, frameNs } = frame;
    if (timeNs === null || dtsNs === null || frame.unit?.beginsPicture === false) {
      return this.#skipUnwritable(frame);
    }
    // a frame that is shown before one in the clip belongs to it, though it is decoded later
    if (dtsNs >= this.#window.endNs && timeNs >= this.#latestNs) {
      this.tally.end(dtsNs, this.#window.endNs);
      return this.end();
    }
    if (!this.#isAlike(frame)) {
      if (this.#entry !== undefined) {
        this.#hasChanged = true;
        return this.end("caps-changed");
      }
      this.#forgetLead();
      this.#forgetCaps();
      this.#model = frame.retain();
      this.tally.lateStart = "caps-changed";
    }
    if (this.#entry !== undefined) return this.#enqueue(frame, frameNs, backlog);
    if (this.#lead.length === 0 && !frame.isKeyframe) return void (this.#hasWaited = true);
    this.#lead.push(frame.retain());
    // what is before a later keyframe that is right in time is not needed
    if (frame.isKeyframe && timeNs < sinceNs) {
      this.#forgetLead(Math.min(clipStartIndex(this.#lead, sinceNs), this.#lead.length - 1));
    }
    if (timeNs < sinceNs || !this.#findEntry(sinceNs, frameNs)) return;
    this.#begin(sinceNs, frameNs);
    for (const one of this.#lead) this.#enqueue(one, one.frameNs, backlog);
    this.#forgetLead();
  }

  /** A frame without a PTS cannot be written, nor one that lacks the beginning of its picture. */
  #skipUnwritable(frame: Frame): void {
    if (frame.timeNs === null) this.#hasUntimed = true;
    if (this.#entry === undefined) return;
    this.#isBroken = true;
    this.tally.addUnwritable();
    this.tally.addShortfall("frames-missing");
  }

  /** Drops what is before the keyframe with which the clip begins; returns whether there is one. */
  #findEntry(sinceNs: bigint, frameNs: bigint | null): boolean {
    const lead = this.#lead;
    const last = lead.at(-1)!;
    const lateNs = last.timeNs! - sinceNs;
    // frames that are missing before a late keyframe may still follow, and reference the keyframe before
    const mayPrecede = last.isKeyframe && lateNs >= (frameNs ?? this.#options.measuredFrameNs) &&
      lead.some(({ isKeyframe }) => !isKeyframe);
    const index = clipStartIndex(mayPrecede ? lead.slice(0, -1) : lead, sinceNs);
    const entry = lead[index]!;
    if (rightFrom(entry) === null) return false;
    this.#forgetLead(index);
    this.#entry = entry;
    return true;
  }

  #begin(sinceNs: bigint, frameNs: bigint | null): void {
    const [first] = this.#lead as [Frame, ...Frame[]];
    this.#leadFrames = this.#lead.length;
    this.#mediaType = first.mediaType;
    const { capsHandle } = this.#model!;
    this.#video = rawVideoOf(capsHandle);
    if (this.#mediaType === "audio/x-raw") this.#layout = soundLayoutOf(capsHandle);
    this.#unstatedFrameNs = frameNs === null ? this.#options.measuredFrameNs : null;
    const { exactStart } = this.#options;
    const startNs = max(sinceNs, rightFrom(first)!);
    if (exactStart === "keyframe" || first.timeNs! >= startNs) return;
    if (exactStart === "exact") this.#exactNs = startNs;
    else this.tally.addShortfall("start-not-exact");
  }

  #enqueue(frame: Frame, frameNs: bigint | null, backlog: number): void {
    const { timeNs, durationNs } = frame;
    if (!this.#hasRoom(frameNs, backlog)) {
      this.#isBroken = true;
      this.tally.addShortfall("encoder-too-slow");
    } else if (frame.isKeyframe && this.#isBroken) {
      this.#isBroken = false;
      this.#entry = frame;
    }
    // a frame that references a missing one would be shown, but not as it was
    if (this.#isBroken) return this.tally.addUnwritable();
    if (this.#isUndecodable(frame)) return;
    this.#queue.push(frame.retain());
    if (!this.#isShown(frame)) return;
    if (timeNs! > this.#latestNs) this.#latestNs = timeNs!;
    this.tally.add(timeNs!, durationNs ?? frameNs);
  }

  /** Returns whether a frame is shown before the keyframe that it follows, and references frames that are not there. */
  #isUndecodable(frame: Frame): boolean {
    return frame.timeNs! < this.#entry!.timeNs! && !frame.isRadl;
  }

  /** Returns whether a frame is part of the clip: not if it is only decoded for others, or not right yet. */
  #isShown({ timeNs }: Frame): boolean {
    const rightNs = rightFrom(this.#entry!);
    const isRight = rightNs !== null && (timeNs! >= rightNs || rightNs === this.#entry!.timeNs);
    return isRight && (this.#exactNs === null || timeNs! >= this.#exactNs);
  }

  /** Returns whether one more frame may wait; the limit is that of the highest frame rate so far. */
  #hasRoom(frameNs: bigint | null, backlog: number): boolean {
    const { maxBacklogNs, measuredFrameNs } = this.#options;
    const limit = Math.ceil(Number(maxBacklogNs) / Number(frameNs ?? measuredFrameNs));
    this.#maxBacklog = Math.max(this.#maxBacklog, limit);
    return this.#queue.length + backlog < this.#maxBacklog + this.#leadFrames;
  }

  #forgetLead(count = this.#lead.length): void {
    for (const frame of this.#lead.splice(0, count)) frame.release();
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
