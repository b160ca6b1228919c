/**
 * The table of docs/reliability.md.
 *
 * A test adds its row after its last assertion, so that each row stands for a guarantee that was kept:
 *
 *     addRow(import.meta.url, { fault: "SIGKILL, 4 clips open", tries: 4, outcome: "recovered", lost: "0.4 s at most" });
 *
 * @module
 */
import { fromFileUrl } from "@std/path/from-file-url";
import { relative } from "@std/path/relative";
import { type Fault, type FaultRow, TABLE_VARIABLE } from "../../scripts/lib/fault_table.ts";
import { ROOT } from "../../scripts/lib/paths.ts";

/**
 * Prints a fault, and adds it to the table where that is being collected.
 *
 * @param url The test's `import.meta.url`.
 */
export function addRow(url: string, fault: Fault): void {
  const test = relative(ROOT, fromFileUrl(url)).replaceAll("\\", "/");
  const row: FaultRow = { ...fault, test };
  console.log(`${row.fault}: ${row.outcome}, ${row.lost} lost (${row.tries} tries)`);
  const file = Deno.env.get(TABLE_VARIABLE);
  if (file) Deno.writeTextFileSync(file, `${JSON.stringify(row)}\n`, { append: true });
}
