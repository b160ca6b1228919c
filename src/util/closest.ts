/**
 * Names that are misspelled.
 *
 * @module
 */

/** The part of a name's letters that may be wrong. */
const MAX_WRONG = 1 / 3;

/** Returns how many letters must be added, removed, replaced or swapped with their neighbour to turn `a` into `b`. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? before[j - 2]! + 1 : Infinity;
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, replaced, swapped);
    }
    [before, above] = [above, row];
  }
  return above[b.length]!;
}

/** Returns the name that a misspelled one may stand for; undefined if none is close. */
export function closestName(name: string, names: Iterable<string>): string | undefined {
  const lower = name.toLowerCase();
  let closest: string | undefined;
  let least = Math.floor(name.length * MAX_WRONG) + 1;
  for (const other of names) {
    if (Math.abs(other.length - name.length) >= least) continue;
    const wrong = distance(lower, other.toLowerCase());
    if (wrong < least) [closest, least] = [other, wrong];
  }
  return closest;
}

/**
 * Returns a question to append to a message about a misspelled name; empty if no name is close.
 *
 * @example
 * ```ts
 * import { didYouMean } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const question = didYouMean("recrod", ["record", "recover"]);
 * assertEquals(`Unknown command "recrod"${question}`, 'Unknown command "recrod". Did you mean record?');
 * ```
 *
 * @param names The names that there are.
 * @param prefix What to put in front of the name, such as `--`. Defaults to an empty string.
 */
export function didYouMean(name: string, names: Iterable<string>, prefix = ""): string {
  const closest = closestName(name, names);
  return closest === undefined ? "" : `. Did you mean ${prefix}${closest}?`;
}
