/**
 * Measures gstp beside what one would run otherwise, in turn, and writes what docs/performance.md shows.
 *
 *     deno task bench [--quick] [--json] [MEASUREMENT ...]
 *
 * `--quick` measures little, in less than a minute; `--json` prints the results as JSON. With either, or with the names
 * of measurements, no file is written.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { armed } from "./armed.ts";
import { command } from "./command.ts";
import { recording } from "./recording.ts";
import type { Scale, Section } from "./section.ts";
import { goalsText, sectionText } from "./table.ts";

const MEASUREMENTS: Record<string, (scale: Scale) => Promise<Section>> = {
  command,
  armed,
  recording,
};

const args = parseArgs(Deno.args, { boolean: ["quick", "json"] });
const names = args._.length > 0 ? args._.map(String) : Object.keys(MEASUREMENTS);
const scale: Scale = args.quick ? { isQuick: true, rounds: 1 } : { isQuick: false, rounds: 3 };
const sections: Section[] = [];
for (const name of names) {
  const measure = MEASUREMENTS[name];
  if (measure === undefined) throw new Error(`There is no measurement "${name}"`);
  console.error(`measuring: ${name}`);
  sections.push(await measure(scale));
}
if (args.json) console.log(JSON.stringify(sections));
else {
  for (const section of sections) console.log(`${sectionText(section)}\n`);
  console.log(goalsText(sections.flatMap(({ goals }) => goals)));
}
