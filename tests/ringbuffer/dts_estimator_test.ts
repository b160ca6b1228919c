/**
 * Estimates of DTS from PTS.
 */
import { assert, assertEquals } from "@std/assert";
import { DtsEstimator } from "../../src/ringbuffer/dts_estimator.ts";

/** Returns the PTS of frames of 40 ms by their numbers. */
function times(...numbers: number[]): bigint[] {
  return numbers.map((number) => BigInt(number) * 40_000_000n);
}

/** Estimates the DTS of frames in batches of a size; both are numbers of frames. */
function place(numbers: number[], size = numbers.length): number[] {
  const estimator = new DtsEstimator();
  const batches = Array.from(
    { length: Math.ceil(numbers.length / size) },
    (_, i) => numbers.slice(i * size, (i + 1) * size),
  );
  return batches.flatMap((batch) => estimator.estimate(times(...batch))).map((ns) =>
    Number(ns) / 4e7
  );
}

Deno.test("DtsEstimator.estimate() returns the PTS of frames without reordering", () => {
  assertEquals(place([3, 4, 5, 7, 8]), [3, 4, 5, 7, 8]);
  // after a jump, too
  assertEquals(place([500, 501, 3, 4, 900, 901]), [500, 501, 3, 4, 900, 901]);
  assertEquals(place([], 1), []);
});

Deno.test("DtsEstimator.estimate() returns a DTS that is no later than the PTS of the frame and all later ones", () => {
  const pyramid = [0, 4, 2, 1, 3, 8, 6, 5, 7, 12, 10, 9, 11, 16, 14, 13, 15];
  for (const numbers of [pyramid, pyramid.slice(2), [0, 3, 1, 2, 6, 4, 5, 9, 7, 8]]) {
    for (const size of [numbers.length, 6]) {
      const placed = place(numbers, size);
      for (const [i, order] of placed.entries()) {
        assert(i === 0 || order >= placed[i - 1]!, `${numbers}: ${placed}`);
        assert(numbers.slice(i).every((number) => order <= number), `${numbers}: ${placed}`);
      }
    }
  }
});

Deno.test("DtsEstimator.estimate() never decreases when it learns the frame duration late", () => {
  assertEquals(place([0, 3, 1, 2, 6, 4, 5], 1), [0, 3, 3, 3, 3, 4, 5]);
});

Deno.test("DtsEstimator.estimate() starts again at a jump", () => {
  assertEquals(place([0, 2, 1, 4, 3, 104, 103, 106, 105]), [-1, 0, 1, 2, 3, 103, 103, 104, 105]);
  assertEquals(place([104, 103, 106, 105, 0, 2, 1, 4, 3]), [103, 103, 104, 105, -1, 0, 1, 2, 3]);
});
