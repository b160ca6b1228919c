/**
 * Measures subjects in turn, so that other load on the machine affects all of them alike.
 *
 * @module
 */
import type { Row } from "./section.ts";
import { figure, ratio } from "./statistics.ts";

/** The results of one pass, by quantity. */
export type Pass = Record<string, number>;

/** The subjects to compare, by name; each call is one pass. */
export type Subjects = Record<string, () => Promise<Pass>>;

/** The passes of each subject, in the order of the rounds. */
export type Passes = Record<string, Pass[]>;

/** Measures the subjects in turn: A, B, A, B, ... */
export async function alternate(subjects: Subjects, rounds: number): Promise<Passes> {
  const passes: Passes = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(subjects)) passes[name]!.push(await measure());
  }
  return passes;
}

/** Makes a row of a table from a quantity of all subjects, with the ratios to the first one. */
export function rowOf(passes: Passes, quantity: string, label: string, size: number): Row {
  const valuesOf = (name: string) => passes[name]!.map((pass) => pass[quantity]!);
  const names = Object.keys(passes);
  const bases = valuesOf(names[0]!);
  const cells = names.map((name, i) => {
    const value = figure(valuesOf(name));
    return [name, i === 0 ? { value } : { value, ratio: ratio(valuesOf(name), bases) }];
  });
  return { label, size, cells: Object.fromEntries(cells) };
}
