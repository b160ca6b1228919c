/**
 * Measures gstp beside the alternatives, in turn, and writes the tables of docs/performance.md and the README.
 *
 *     deno task bench [--quick] [--json] [MEASUREMENT ...]
 *
 * `--quick` measures little, in less than a minute, and `--json` prints the results as JSON. Files are written only by a
 * run of all measurements without these options.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ROOT } from "../scripts/lib/paths.ts";
import { armed } from "./armed.ts";
import { command } from "./command.ts";
import { replaceMarked } from "./document.ts";
import { frames } from "./frames.ts";
import { latency } from "./latency.ts";
import { machineText } from "./machine.ts";
import { memory } from "./memory.ts";
import { plotText } from "./plot.ts";
import { recording } from "./recording.ts";
import type { Scale, Section } from "./section.ts";
import { goalsText, sectionText } from "./table.ts";

const MEASUREMENTS: Record<string, (scale: Scale) => Promise<Section>> = {
  command,
  armed,
  recording,
  latency,
  memory,
  frames,
};

/** Runs the measurements in this order. */
async function measure(names: string[], scale: Scale): Promise<Section[]> {
  const sections: Section[] = [];
  for (const name of names) {
    console.error(`measuring: ${name}`);
    sections.push(await MEASUREMENTS[name]!(scale));
  }
  return sections;
}

/** Writes the results between the markers of the documents, and draws the plots. */
async function write(sections: Section[]): Promise<void> {
  const goals = goalsText(sections.flatMap(({ goals }) => goals));
  const texts = Object.fromEntries(sections.map((section) => [section.name, sectionText(section)]));
  await rewrite("docs/performance.md", { machine: machineText(), goals, ...texts });
  await rewrite("README.md", { goals });
  for (const { name, plot } of sections) {
    if (plot === undefined) continue;
    await Deno.writeTextFile(`${ROOT}docs/images/${name}.svg`, plotText(plot));
  }
  await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "README.md", "docs"],
    cwd: ROOT,
  }).output();
}

async function rewrite(file: string, texts: Record<string, string>): Promise<void> {
  const path = ROOT + file;
  let document = await Deno.readTextFile(path);
  for (const [name, text] of Object.entries(texts)) document = replaceMarked(document, name, text);
  await Deno.writeTextFile(path, document);
}

if (import.meta.main) {
  const { quick, json, _: given } = parseArgs(Deno.args, { boolean: ["quick", "json"] });
  const all = Object.keys(MEASUREMENTS);
  const names = given.length > 0 ? given.map(String) : all;
  const unknown = names.find((name) => !all.includes(name));
  if (Deno.build.os !== "linux" || unknown !== undefined) {
    const reason = unknown === undefined
      ? "measuring needs Linux"
      : `unknown measurement "${unknown}" (there are: ${all.join(", ")})`;
    console.error(`error: ${reason}`);
    Deno.exit(2);
  }
  const sections = await measure(names, { isQuick: quick, rounds: quick ? 1 : 3 });
  if (json) console.log(JSON.stringify(sections));
  else {
    console.log(sections.map(sectionText).join("\n\n"));
    console.log(`\n${goalsText(sections.flatMap(({ goals }) => goals))}`);
  }
  if (!quick && !json && given.length === 0) await write(sections);
}
