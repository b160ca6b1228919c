/**
 * What a measurement brings home.
 *
 * @module
 */
import type { Plot } from "./plot.ts";
import type { Figure, Line } from "./statistics.ts";
import { fitLine } from "./statistics.ts";

/** How much to measure. */
export interface Scale {
  /** Whether to measure little, to see that all works. */
  isQuick: boolean;
  /** How often to measure each subject. */
  rounds: number;
}

/** What a measurement found. */
export interface Section {
  /** Of the measurement. */
  name: string;
  tables: Table[];
  /** A picture of one of them. */
  plot?: Plot;
  /** How the costs grow, and what else there is to say, in sentences. */
  words: string[];
  /** What is to be reached, and whether it is. */
  goals: Goal[];
}

/** A quantity of several subjects. */
export interface Table {
  /** What is measured, with its unit. */
  quantity: string;
  /** What the rows differ in. */
  of: string;
  rows: Row[];
}

/** A quantity of several subjects at one size. */
export interface Row {
  label: string;
  /** For fits and plots. */
  size: number;
  /** By subject; the first one is what the others are compared with. */
  cells: Record<string, Cell>;
}

/** A quantity of one subject. */
export interface Cell {
  value: Figure;
  /** To the first subject of the row. */
  ratio?: Figure;
}

/** Something to be reached. */
export interface Goal {
  what: string;
  limit: number;
  measured: number;
  /** Of both numbers: empty for ratios. */
  unit: string;
}

/** How a subject's quantity grows with the size of the rows. */
export function growthOf(rows: readonly Row[], subject: string): Line {
  return fitLine(rows.map(({ size, cells }) => ({ x: size, y: cells[subject]!.value.median })));
}
