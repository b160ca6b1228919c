/**
 * GStreamer's time (integer nanoseconds, `GstClockTime`) and JavaScript's seconds.
 *
 * @module
 */

/** Nanoseconds in a second. */
export const NS_PER_SEC = 1_000_000_000n;

/**
 * Seconds as nanoseconds, rounded.
 *
 * @throws {RangeError} if `sec` is not finite.
 */
export function secToNs(sec: number): bigint {
  return BigInt(Math.round(sec * 1e9));
}

/** Nanoseconds as seconds. */
export function nsToSec(ns: bigint): number {
  return Number(ns) / 1e9;
}
