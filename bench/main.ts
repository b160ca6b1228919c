/**
 * Measures gstp beside what one would run otherwise, in turn, and writes what docs/performance.md and the README show.
 *
 *     deno task bench [--quick] [--json] [MEASUREMENT ...]
 *
 * `--quick` measures little, in less than a minute; `--json` prints the results as JSON. With either, or with the names
 * of measurements, no file is written.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
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

const ROOT = new URL("../", import.meta.url);

/** Takes the measurements, in their order. */
async function measure(names: string[], scale: Scale): Promise<Section[]> {
  const sections: Section[] = [];
  for (const name of names) {
    console.error(`measuring: ${name}`);
    sections.push(await MEASUREMENTS[name]!(scale));
  }
  return sections;
}

/** Puts results between the markers of the documents, and draws. */
async function write(sections: Section[]): Promise<void> {
  const goals = goalsText(sections.flatMap(({ goals }) => goals));
  const texts = Object.fromEntries(sections.map((section) => [section.name, sectionText(section)]));
  await rewrite("docs/performance.md", { machine: machineText(), goals, ...texts });
  await rewrite("README.md", { goals });
  for (const { name, plot } of sections) {
    if (plot === undefined) continue;
    await Deno.writeTextFile(new URL(`docs/images/${name}.svg`, ROOT), plotText(plot));
  }
  await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "README.md", "docs"],
    cwd: ROOT,
  }).output();
}

async function rewrite(file: string, texts: Record<string, string>): Promise<void> {
  const url = new URL(file, ROOT);
  let document = await Deno.readTextFile(url);
  for (const [name, text] of Object.entries(texts)) document = replaceMarked(document, name, text);
  await Deno.writeTextFile(url, document);
}

if (import.meta.main) {
  const { quick, json, _: given } = parseArgs(Deno.args, { boolean: ["quick", "json"] });
  const all = Object.keys(MEASUREMENTS);
  const names = given.length > 0 ? given.map(String) : all;
  const unknown = names.find((name) => !all.includes(name));
  if (Deno.build.os !== "linux" || unknown !== undefined) {
    const reason = unknown === undefined ? "this needs Linux" : `there is no "${unknown}"`;
    console.error(`error: ${reason}; the measurements are ${all.join(", ")}`);
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
