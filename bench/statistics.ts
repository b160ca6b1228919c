/**
 * Medians, spreads, ratios and fits.
 *
 * @module
 */

/** One quantity, measured in several passes. */
export interface Figure {
  median: number;
  /** The minimum. */
  low: number;
  /** The maximum. */
  high: number;
}

/** A point of a curve. */
export interface Point {
  x: number;
  y: number;
}

/** A straight line. */
export interface Line {
  /** The value at x = 0. */
  base: number;
  /** The increase per unit of x. */
  slope: number;
}

/**
 * Returns the median; of an even number of values, the upper one of the two in the middle.
 *
 * @throws {RangeError} If there are no values.
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Cannot take the median of no values");
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Returns the median and the spread of the passes. */
export function figure(values: readonly number[]): Figure {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** Returns the ratios of two subjects, pass by pass: other load on the machine affected both. */
export function ratio(values: readonly number[], bases: readonly number[]): Figure {
  return figure(values.map((value, i) => value / bases[i]!));
}

/** Fits a line by least squares; it is level where all points have the same x. */
export function fitLine(points: readonly Point[]): Line {
  const mean = (pick: (point: Point) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const x = mean((point) => point.x);
  const y = mean((point) => point.y);
  const square = mean((point) => (point.x - x) ** 2);
  const slope = square === 0 ? 0 : mean((point) => (point.x - x) * (point.y - y)) / square;
  return { base: y - slope * x, slope };
}
