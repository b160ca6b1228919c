/**
 * `gstp graph`: draws a pipeline.
 *
 * @module
 */
import { GstError, Pipeline, type State } from "../../mod.ts";
import { GRAPH_OPTIONS } from "../args/options.ts";
import { readPipelineArguments } from "../args/pipeline_arguments.ts";
import { LAZY_MODULES, loadLazyModule, SETUP_HINT } from "../npm/lazy_modules.ts";
import { layoutVertically } from "../graph/vertical_layout.ts";
import { pipelineText } from "../pipeline_file/pipeline_text.ts";
import type { CommandHelp } from "./help.ts";
import { printError, printRaw } from "../terminal/print.ts";

/** The prose of the help. */
export const help: CommandHelp = {
  usage: [
    "[OPTION]... FILE.gstp [--NAME=VALUE]...",
    "[OPTION]... ELEMENT [PROPERTY=VALUE]... ! ELEMENT ...",
  ],
  description: `
Draws the elements of a pipeline with the properties that it sets, their pads
and the links between them, as SVG. In the state null, nothing runs and nothing
is opened or written. paused and playing start the pipeline, which opens and
writes its files and devices, and add the negotiated caps. Live sources have
none before playing.

--NAME=VALUE sets the placeholder {NAME} of the file.`,
  exitStatus: `
0 the picture is written; 1 the pipeline cannot be parsed, does not reach the
state, or the picture cannot be written; 2 the command line or the file is
wrong.`,
  examples: [
    "gstp graph pipeline.gstp --pattern=ball --out=pipeline.svg",
    "gstp graph --state=playing --out=caps.svg videotestsrc ! tee ! fakesink",
    "gstp graph pipeline.gstp --pattern=ball --out=graph.dot",
  ],
};

/** Draws a pipeline. */
export async function run(args: string[]): Promise<number> {
  const { values, ...pipeline } = readPipelineArguments(args, GRAPH_OPTIONS);
  const { out, state = "null" } = values;
  const dot = await describe(await pipelineText(pipeline, GRAPH_OPTIONS), state);
  const text = out?.endsWith(".dot") ? dot : await draw(dot);
  if (out !== undefined) return await write(out, text);
  printRaw(text.trimEnd());
  return 0;
}

/** Returns a pipeline in a state, in Graphviz's language. */
async function describe(text: string, state: State): Promise<string> {
  await using pipeline = Pipeline.parse(text);
  if (state !== "null") await pipeline.setState(state);
  const dot = pipeline.toDot();
  await pipeline.stop();
  return dot;
}

/**
 * Draws Graphviz's text as SVG.
 *
 * @throws {GstError} If the library for it cannot be loaded.
 */
async function draw(dot: string): Promise<string> {
  const { drawSvg } = await loadDrawing();
  return drawSvg(layoutVertically(dot));
}

async function loadDrawing(): Promise<typeof import("../graph/svg.ts")> {
  try {
    return await loadLazyModule(LAZY_MODULES.svg);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const hint = `${SETUP_HINT}, or write --out=FILE.dot, which works without them`;
    throw new GstError((cause as Error).message, { cause, hint });
  }
}

async function write(path: string, text: string): Promise<number> {
  try {
    await Deno.writeTextFile(path, text);
    return 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    printError(`error: Cannot write ${path}: ${(error as Error).message}`);
    return 1;
  }
}
