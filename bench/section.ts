/**
 * The results of a measurement.
 *
 * @module
 */
import type { Plot } from "./plot.ts";
import type { Figure, Line } from "./statistics.ts";
import { fitLine } from "./statistics.ts";

/** How much to measure. */
export interface Scale {
  /** Whether to measure only as much as shows that everything works. */
  isQuick: boolean;
  /** How often to measure each subject. */
  rounds: number;
}

/** The results of a measurement. */
export interface Section {
  /** Name of the measurement. */
  name: string;
  tables: Table[];
  /** A plot of one of the tables. */
  plot?: Plot;
  /** Sentences on how the costs grow, and the like. */
  notes: string[];
  /** The limits to keep. */
  goals: Goal[];
}

/** A quantity of several subjects. */
export interface Table {
  /** The quantity, with its unit. */
  quantity: string;
  /** The title of the column of labels: what the rows differ in. */
  of: string;
  rows: Row[];
}

/** A quantity of several subjects at one size. */
export interface Row {
  label: string;
  /** The label as a number, for fits and plots. */
  size: number;
  /** The cells by subject; the first one is the base of the ratios. */
  cells: Record<string, Cell>;
}

/** A quantity of one subject. */
export interface Cell {
  value: Figure;
  /** The ratio to the first subject of the row. */
  ratio?: Figure;
}

/** A limit to keep. */
export interface Goal {
  what: string;
  limit: number;
  measured: number;
  /** The unit of both numbers; empty for ratios. */
  unit: string;
}

/** Fits how a subject's quantity grows with the size of the rows. */
export function growthOf(rows: readonly Row[], subject: string): Line {
  return fitLine(rows.map(({ size, cells }) => ({ x: size, y: cells[subject]!.value.median })));
}
