/**
 * Runs the tests of tests/faults and writes their table into docs/reliability.md.
 *
 *     deno task faults:table
 *
 * @module
 */
import { basename, fromFileUrl } from "@std/path";
import { type Row, TABLE_VARIABLE } from "../tests/faults/table.ts";

const PAGE = fromFileUrl(new URL("../docs/reliability.md", import.meta.url));
const BEGIN = "<!-- table: deno task faults:table -->";
const END = "<!-- end of table -->";

/** The table in Markdown, by file. */
export function tableText(rows: Row[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const lines = rows.toSorted((a, b) => a.test < b.test ? -1 : Number(a.test > b.test)).map(
    ({ fault, tries, outcome, lost, test }) =>
      [cell(fault), tries, cell(outcome), cell(lost), `[${basename(test)}](../${test})`].join(
        " | ",
      ),
  );
  const head = ["fault | tries | outcome | lost | test", "--- | --- | --- | --- | ---"];
  return [...head, ...lines].map((line) => `| ${line} |`).join("\n");
}

/**
 * A page with another text between the table's marks.
 *
 * @throws {Error} if the page has no such marks.
 */
export function withTable(page: string, table: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The page lacks "${BEGIN}" and "${END}"`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${page.slice(end)}`;
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
  await Deno.writeTextFile(PAGE, withTable(await Deno.readTextFile(PAGE), table));
  await deno(["fmt", "--quiet", PAGE]);
}
