/**
 * How long groups of pictures last: pure logic of times, in nanoseconds.
 *
 * @module
 */
import { medianStep } from "./steps.ts";

/** The latest steps, which show how long a step usually is. */
const STEPS = 60;
/** Usual steps from which on a step is a hole in the stream. */
const HOLE = 4;

/**
 * Measures the time between keyframes. A hole in the stream counts as one usual step: the frames around it are as many as
 * without it.
 *
 * @example
 * ```ts
 * import { GopMeter } from "./gop_meter.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const meter = new GopMeter();
 * for (const [dtsNs, isKeyframe] of [[0n, true], [40n, false], [80n, false], [9_000n, true]] as const) {
 *   meter.add(dtsNs, isKeyframe);
 * }
 * assertEquals(meter.longestNs, 120n);
 * ```
 */
export class GopMeter {
  readonly #steps: number[] = [];
  /** The length of the steps since the last keyframe; `null` before the first one. */
  #gop: number[] | null = null;
  #lastNs: bigint | null = null;
  #longestNs: bigint | null = null;

  /** The longest time from one keyframe to the next so far; `null` before the second keyframe. */
  get longestNs(): bigint | null {
    return this.#longestNs;
  }

  /** Adds the next frame of the stream in decode order. */
  add(dtsNs: bigint, isKeyframe: boolean): void {
    if (this.#lastNs !== null) this.#addStep(Number(dtsNs - this.#lastNs));
    this.#lastNs = dtsNs;
    if (!isKeyframe) return;
    const gopNs = this.#gop === null ? null : this.#length(this.#gop);
    if (gopNs !== null && gopNs > (this.#longestNs ?? 0n)) this.#longestNs = gopNs;
    this.#gop = [];
  }

  #addStep(ns: number): void {
    this.#gop?.push(ns);
    this.#steps.push(ns);
    if (this.#steps.length > STEPS) this.#steps.shift();
  }

  #length(gop: readonly number[]): bigint {
    const usualNs = medianStep(this.#steps.map((ns) => ({ ns, statedNs: null }))) ?? 0;
    return gop.reduce(
      (sum, ns) => sum + BigInt(usualNs > 0 && ns > HOLE * usualNs ? usualNs : ns),
      0n,
    );
  }

  /** Begins anew with the next frame: the stream was restarted. */
  restart(): void {
    this.#gop = null;
    this.#lastNs = null;
  }
}
