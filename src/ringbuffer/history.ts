/**
 * Frames drained from a ring, kept for the next clip.
 *
 * @module
 */
import type { Frame } from "../gst/frame.ts";
import { secToNs } from "../util/clock_time.ts";
import { clipStartIndex } from "./clip_window.ts";
import { GopMeter } from "./gop_meter.ts";
import { medianStep } from "./steps.ts";

/** How long a GOP can be. */
const LONGEST_NS = secToNs(600);

/** The last frames that were drained, oldest first. Each is owned until it is too old, or all are dropped. */
export class History {
  readonly #frames: Frame[] = [];
  #bytes = 0;
  readonly #gops = new GopMeter();

  /** The frames, oldest first. */
  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /** The size of the frames' data in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The usual distance of two frames in nanoseconds; `null` if there are less than two. */
  get frameNs(): bigint | null {
    const times = this.#frames.flatMap(({ timeNs }) => timeNs ?? [])
      .sort((a, b) => Number(a - b));
    const usualNs = medianStep(
      times.slice(1).map((timeNs, index) => ({
        ns: Number(timeNs - times[index]!),
        statedNs: null,
      })),
    );
    return usualNs === null || usualNs <= 0 ? null : BigInt(Math.round(usualNs));
  }

  /** The longest time from one keyframe to the next so far; `null` before the second keyframe. */
  get longestGopNs(): bigint | null {
    return this.#gops.longestNs;
  }

  /** Admits a frame, which becomes the history's. The first one must be a keyframe; others are released. */
  admit(frame: Frame): void {
    if (this.#frames.length === 0 && !frame.isKeyframe) return frame.release();
    this.#frames.push(frame);
    this.#bytes += frame.bytes;
    if (frame.dtsNs !== null) this.#gops.add(frame.dtsNs, frame.isKeyframe);
  }

  /**
   * Drops the frames that no clip from an instant on needs, and the oldest beyond a number of bytes. A stream whose next
   * keyframe does not come is kept for ten minutes.
   */
  trim(sinceNs: bigint, maxBytes = Infinity): void {
    this.#drop(clipStartIndex(this.#frames, sinceNs));
    const oldestNs = sinceNs - LONGEST_NS;
    let count = this.#frames.findIndex(({ timeNs }) => timeNs === null || timeNs >= oldestNs);
    if (count === -1) count = this.#frames.length;
    let left = this.#frames.slice(0, count).reduce((sum, { bytes }) => sum - bytes, this.#bytes);
    for (; left > maxBytes; count++) left -= this.#frames[count]!.bytes;
    if (count === 0) return;
    // the rest of a GOP without its keyframe is of no use
    while (this.#frames[count]?.isKeyframe === false) count++;
    this.#drop(count);
  }

  /** Drops all frames. */
  clear(): void {
    this.#drop(this.#frames.length);
    this.#gops.restart();
  }

  #drop(count: number): void {
    for (const frame of this.#frames.splice(0, count)) {
      this.#bytes -= frame.bytes;
      frame.release();
    }
  }
}
