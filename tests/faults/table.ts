/**
 * The table of docs/reliability.md: what was done to recorders, how often, and what came of it.
 *
 * A test adds its row after its last assertion: what has a row has been kept.
 *
 *     addRow(import.meta.url, { fault: "SIGKILL, 4 clips open", tries: 4, outcome: "recovered", lost: "0.4 s at most" });
 */
import { fromFileUrl, relative } from "@std/path";
import { ROOT } from "../helpers/script.ts";

/** Environment variable that names the file to collect rows in, one of JSON a line. */
export const TABLE_VARIABLE = "GSTP_FAULTS_TABLE";

/** A fault that was survived. */
export interface Fault {
  /** What was done, such as `disk full, 3 containers`. */
  fault: string;
  /** How often. */
  tries: number;
  /** What came of it, every time. */
  outcome: string;
  /** What of the clips was lost, with its unit, such as `0 frames`. */
  lost: string;
}

/** A line of the table. */
export interface Row extends Fault {
  /** Path of the test's file, from the repository's root. */
  test: string;
}

/**
 * Prints a fault, and adds it to the table where that is being collected.
 *
 * @param url The test's `import.meta.url`.
 */
export function addRow(url: string, fault: Fault): void {
  const row: Row = { ...fault, test: relative(ROOT, fromFileUrl(url)).replaceAll("\\", "/") };
  console.log(`${row.fault}: ${row.outcome}, ${row.lost} lost (${row.tries} tries)`);
  const file = Deno.env.get(TABLE_VARIABLE);
  if (file) Deno.writeTextFileSync(file, `${JSON.stringify(row)}\n`, { append: true });
}
