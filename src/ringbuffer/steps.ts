/**
 * The steps from frame to frame, and the frames that are missing in them: pure logic of times.
 *
 * @module
 */

import { median } from "../util/median.ts";

/** The step from the start of a frame to that of the next one, in nanoseconds. */
export interface Step {
  /** Its length. */
  ns: number;
  /** The length that caps or the buffer's duration state; `null` if they state none. */
  statedNs: number | null;
}

/** The neighbors on either side that show how long a step usually is. */
const NEIGHBORS = 4;
/** Usual steps from which on a step is long; the buffer of a network source shifts times by less. */
const LONG = 1.75;
/** Steps in which frames make up for a delay, and for each frame of it: the buffer of a network source spreads them. */
const CATCH_UP = 8;
const CATCH_UP_PER_FRAME = 4;
/** The share of steps that must be as long as stated for the statement to count. */
const CREDIBLE = 0.25;
/** The share of steps far shorter than others from which on frames come in bursts, with the times of their arrival. */
const BURSTY = 0.1;
/** Pauses between bursts from which on a step is surely none of them. */
const BURST_STEPS = 8;

/**
 * Returns the number of frames missing in each step. A step is judged by those before and after it: caps may state another
 * rate than comes, and a camera may change its rate without a word. A step that is as long as stated lacks nothing if the
 * statement is true of others, too.
 *
 * @example
 * ```ts
 * import { countMissing } from "./steps.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const missing = (...lengths: number[]) => countMissing(lengths.map((ns) => ({ ns, statedNs: null })));
 * assertEquals(missing(40, 40, 120, 40, 40), [0, 0, 2, 0, 0]);
 * assertEquals(missing(40, 40, 40, 80, 80, 80), [0, 0, 0, 0, 0, 0]); // half the rate from here on
 * ```
 */
export function countMissing(steps: readonly Step[]): number[] {
  const isCredible = credibility(steps);
  const burst = burstStep(steps);
  return steps.map((step, index) => {
    const { ns, statedNs } = step;
    if (isAsStated(step) && isCredible(statedNs!)) return 0;
    const usual = burst ?? usualStep(steps, index);
    const usualNs = usual?.ns ?? statedNs;
    if (usualNs === null || usualNs <= 0) return 0;
    const isLong = ns > LONG * usualNs + 8 * (usual?.deviationNs ?? 0);
    return isLong && !isCaughtUp(steps, index, usualNs) ? Math.round(ns / usualNs) - 1 : 0;
  });
}

/**
 * Returns whether the steps right before or after a long one are so short that no frame is missing: the network shifts the
 * times of frames, and the next ones make up for it.
 */
function isCaughtUp(steps: readonly Step[], index: number, usualNs: number): boolean {
  const longest = CATCH_UP + CATCH_UP_PER_FRAME * Math.round(steps[index]!.ns / usualNs);
  return [-1, 1].some((direction) => {
    let sumNs = steps[index]!.ns;
    for (let count = 1; count <= longest; count++) {
      const step = steps[index + direction * count];
      if (step === undefined) return false;
      sumNs += step.ns;
      if (sumNs <= (count + 1.5) * usualNs) return true;
    }
    return false;
  });
}

/** Returns the median of the lengths of steps; `null` if there are none. */
export function medianStep(steps: readonly Step[]): number | null {
  return median(steps.map(({ ns }) => ns));
}

function isAsStated({ ns, statedNs }: Step): boolean {
  return statedNs !== null && Math.abs(ns - statedNs) < statedNs / 4;
}

/** Returns a function that says whether a stated length is that of enough steps for which it is stated. */
function credibility(steps: readonly Step[]): (statedNs: number) => boolean {
  const counts = new Map<number, { all: number; right: number }>();
  for (const step of steps) {
    if (step.statedNs === null) continue;
    const count = counts.get(step.statedNs) ?? { all: 0, right: 0 };
    count.all++;
    if (isAsStated(step)) count.right++;
    counts.set(step.statedNs, count);
  }
  return (statedNs) => {
    const { all, right } = counts.get(statedNs)!;
    return right >= CREDIBLE * all;
  };
}

/** The usual length of steps, and by how much they differ from it. */
interface UsualStep {
  ns: number;
  deviationNs: number;
}

/** Returns the mean step of a stream that comes in bursts; `null` for others. */
function burstStep(steps: readonly Step[]): UsualStep | null {
  const sorted = steps.map(({ ns }) => ns).sort((a, b) => a - b);
  const pauseNs = sorted[Math.floor(0.75 * sorted.length)] ?? 0;
  const short = sorted.filter((ns) => ns < pauseNs / 4).length;
  if (short < Math.max(2, BURSTY * sorted.length)) return null;
  const usual = sorted.filter((ns) => ns <= BURST_STEPS * pauseNs);
  const ns = usual.reduce((sum, one) => sum + one, 0) / usual.length;
  // above the pauses between the bursts
  return { ns, deviationNs: pauseNs / 4 };
}

/** Returns the longer of the usual steps before and after one; `null` if there are none. */
function usualStep(steps: readonly Step[], index: number): UsualStep | null {
  const before = usualOf(steps.slice(Math.max(0, index - NEIGHBORS), index));
  const after = usualOf(steps.slice(index + 1, index + 1 + NEIGHBORS));
  if (before === null || after === null) return before ?? after;
  return before.ns > after.ns ? before : after;
}

function usualOf(steps: readonly Step[]): UsualStep | null {
  const ns = medianStep(steps);
  if (ns === null) return null;
  return { ns, deviationNs: median(steps.map((step) => Math.abs(step.ns - ns)))! };
}
