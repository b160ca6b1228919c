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

/** The later of two times. */
export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** The earlier of two times. */
export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** Nanoseconds as seconds. */
export function nsToSec(ns: bigint): number {
  return Number(ns) / 1e9;
}
