/**
 * Medians, spreads, ratios and fits: pure arithmetic.
 *
 * @module
 */

/** What several passes say of one quantity. */
export interface Figure {
  median: number;
  /** The least of the passes. */
  low: number;
  /** The greatest. */
  high: number;
}

/** A point of a curve. */
export interface Point {
  x: number;
  y: number;
}

/** A straight line. */
export interface Line {
  /** Its value at 0. */
  base: number;
  /** What one more of x adds. */
  slope: number;
}

/** The value in the middle; of an even number of values the upper one of the two. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("There is no median of nothing");
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** The median and the spread of what the passes measured. */
export function figure(values: readonly number[]): Figure {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** The ratios of two subjects, pass by pass: what else the machine did in a round met both. */
export function ratio(values: readonly number[], bases: readonly number[]): Figure {
  return figure(values.map((value, i) => value / bases[i]!));
}

/** The line with the least squares; with a single x it is level. */
export function fitLine(points: readonly Point[]): Line {
  const mean = (pick: (point: Point) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const x = mean((point) => point.x);
  const y = mean((point) => point.y);
  const square = mean((point) => (point.x - x) ** 2);
  const slope = square === 0 ? 0 : mean((point) => (point.x - x) * (point.y - y)) / square;
  return { base: y - slope * x, slope };
}
