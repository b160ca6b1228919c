/**
 * Draws a pipeline.
 *
 * @module
 */
import { GstError, Pipeline, type State } from "../../mod.ts";
import { isOption, readArguments } from "../args/run_arguments.ts";
import { UsageError } from "../args/usage_error.ts";
import { readOptions } from "../args/options.ts";
import { pipelineText } from "../pipeline_file/pipeline_file.ts";

/** What `gstp graph --help` prints. */
export const help = `NAME
  gstp graph - a pipeline as a picture

USAGE
  gstp graph [OPTION]... FILE.gstp [--NAME=VALUE]...
  gstp graph [OPTION]... ELEMENT [PROPERTY=VALUE]... ! ELEMENT ...

DESCRIPTION
  Draws the elements of a pipeline with the properties that it sets, their pads
  and the links between them. In the state null, nothing runs and nothing is
  opened or written. paused and playing start the pipeline, with all that this
  does to files and devices, and draw it once the state is reached, with the
  caps that were negotiated; live sources give none before playing.

  --NAME=VALUE sets the placeholder {NAME} of the file. The picture is SVG.

OPTIONS
      --out=FILE     where to write it, to standard output unless told: a name
                     that ends in .svg, or in .dot for Graphviz's text instead
      --state=STATE  null (unless told), ready, paused or playing
  -h, --help         print this
      --             what follows belongs to the file: -- --state=5 sets its
                     placeholder {state}

EXIT STATUS
  0 it is drawn; 1 the pipeline cannot be parsed, does not get to the state, or
  the picture cannot be written; 2 the command line or the file is wrong.

EXAMPLES
  gstp graph pipeline.gstp --pattern=ball --out=pipeline.svg
  gstp graph --state=playing --out=caps.svg videotestsrc ! tee ! fakesink
  gstp graph pipeline.gstp --pattern=ball --out=graph.dot
`;

const SETTINGS = ["out", "state"] as const;
const STATES: readonly State[] = ["null", "ready", "paused", "playing"];

/** Runs `gstp graph`. */
export async function run(args: string[]): Promise<number> {
  const { own, others } = sort(args);
  const { values } = readOptions(own, { switches: [], settings: SETTINGS });
  const { out, state: stateText = "null" } = values;
  const state = STATES.find((state) => state === stateText);
  if (state === undefined) {
    throw new UsageError(`--state is one of ${STATES.join(", ")}, not "${stateText}"`);
  }
  if (out !== undefined && !/\.(svg|dot)$/.test(out)) {
    throw new UsageError(`--out is a name that ends in .svg or .dot, not "${out}"`);
  }
  const { source, flags } = readArguments(others);
  if (source === undefined) throw new UsageError("No pipeline is given");
  const dot = await describe(await pipelineText(source, flags, isOwn), state);
  const text = out?.endsWith(".dot") ? dot : await draw(dot);
  if (out === undefined) console.log(text.trimEnd());
  else return await write(out, text);
  return 0;
}

function isSetting(name: string): boolean {
  return SETTINGS.some((setting) => setting === name);
}

/** Whether a placeholder's flag would be taken for an option: such a flag goes after `--`. */
function isOwn(name: string): boolean {
  return isSetting(name) || isOption(name);
}

/** Parts the command's own options from what names the pipeline. */
function sort(args: readonly string[]): { own: string[]; others: string[] } {
  const own: string[] = [];
  const others: string[] = [];
  const rest = [...args];
  for (let arg; (arg = rest.shift()) !== undefined;) {
    const [, name = "", value] = /^--([^=]+)(?:=([^]*))?$/.exec(arg) ?? [];
    if (!isSetting(name)) others.push(arg);
    else own.push(value === undefined ? `${arg}=${rest.shift() ?? ""}` : arg);
    if (arg === "--") others.push(...rest.splice(0));
  }
  return { own, others };
}

async function describe(text: string, state: State): Promise<string> {
  await using pipeline = Pipeline.parse(text);
  if (state !== "null") await pipeline.setState(state);
  const dot = pipeline.toDot();
  await pipeline.stop();
  return dot;
}

/** Named here, so that Deno fetches it for this command only, and not whatever is run first. */
const LIBRARY: string = "npm:@viz-js/viz@^3";

/**
 * Draws a picture of Graphviz's text.
 *
 * @throws {GstError} if the library for it cannot be had.
 */
async function draw(dot: string): Promise<string> {
  const viz = await loadLibrary();
  return viz.renderString(prepare(dot), { format: "svg" });
}

/** GStreamer's legend, a box as wide as all elements at the left together. */
const LEGEND = /\n *legend \[[^\]]*?label="((?:\\.|[^"\\])*)"[^]*?\n *\];/;

/** Makes the picture narrower, and its boxes wide enough for their text. */
function prepare(dot: string): string {
  const legend = LEGEND.exec(dot)?.[1] ?? "";
  return dot.replace(LEGEND, "")
    .replace(/^ {2}label="(.*)";$/m, (_, title) => `  label="${title}\\n\\n${legend}";`)
    // there are no fonts to measure text by, but the widths of Courier are known, and those of fixed-width fonts like it
    .replaceAll(/fontname="[^"]*"/g, 'fontname="Courier"');
}

async function loadLibrary() {
  try {
    const { instance }: typeof import("npm:@viz-js/viz@^3") = await import(LIBRARY);
    return await instance();
  } catch (cause) {
    throw new GstError(`Cannot load ${LIBRARY}, which draws: ${(cause as Error).message}`, {
      cause,
      hint: "--out=FILE.dot does without it",
    });
  }
}

async function write(path: string, text: string): Promise<number> {
  try {
    await Deno.writeTextFile(path, text);
    return 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    console.error(`error: Cannot write ${path}: ${(error as Error).message}`);
    return 1;
  }
}
