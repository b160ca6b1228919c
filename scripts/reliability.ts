/**
 * Runs the tests of tests/faults and writes their table into docs/reliability.md.
 *
 *     deno task faults:table
 *
 * @module
 */
import { basename } from "@std/path/basename";
import { type FaultRow, TABLE_VARIABLE } from "./lib/fault_table.ts";
import { markdownTable, replaceBetween } from "./lib/markdown.ts";
import { ROOT } from "./lib/paths.ts";

const PAGE = `${ROOT}docs/reliability.md`;
const BEGIN = "<!-- table: deno task faults:table -->";
const END = "<!-- end of table -->";

/** Formats the table: by file, then in the order in which the tests ran. */
export function tableText(rows: FaultRow[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const lines = rows.toSorted((a, b) => a.test < b.test ? -1 : Number(a.test > b.test)).map(
    ({ fault, tries, outcome, lost, test }) => [
      ...[cell(fault), String(tries), cell(outcome), cell(lost)],
      `[${basename(test)}](../${test})`,
    ],
  );
  return markdownTable(["fault", "tries", "outcome", "lost", "test"], lines);
}

async function deno(args: string[], env: Record<string, string> = {}): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), { args, env }).spawn().status;
  if (code !== 0) Deno.exit(code);
}

if (import.meta.main) {
  const file = await Deno.makeTempFile();
  await deno(["task", "test:faults"], { [TABLE_VARIABLE]: file });
  const lines = (await Deno.readTextFile(file)).trim().split("\n");
  await Deno.remove(file);
  const table = tableText(lines.map((line) => JSON.parse(line)));
  const page = await Deno.readTextFile(PAGE);
  await Deno.writeTextFile(PAGE, replaceBetween(page, BEGIN, END, table));
  await deno(["fmt", "--quiet", PAGE]);
}
