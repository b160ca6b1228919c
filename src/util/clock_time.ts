/**
 * GStreamer's times (`GstClockTime`, integer nanoseconds) and JavaScript's seconds.
 *
 * @module
 */

/**
 * Converts seconds to nanoseconds, rounded.
 *
 * @throws {RangeError} If `sec` is not finite.
 */
export function secToNs(sec: number): bigint {
  return BigInt(Math.round(sec * 1e9));
}

/** Converts nanoseconds to seconds. */
export function nsToSec(ns: bigint): number {
  return Number(ns) / 1e9;
}

/** Returns the later of two times. */
export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** Returns the earlier of two times. */
export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
