/**
 * The costs of the command beside gst-launch-1.0.
 *
 * @module
 */
import { ROOT } from "../scripts/lib/paths.ts";
import { cpuMs } from "../scripts/lib/process_usage.ts";
import { words } from "../scripts/lib/run.ts";
import { alternate, type Pass, type Passes, rowOf } from "./rounds.ts";
import type { Row, Scale, Section } from "./section.ts";
import { launched, sideBySide } from "./side_by_side.ts";
import { FULL_HD, raw, type Size, sizeText, SMALL } from "./sources.ts";
import { median } from "./statistics.ts";
import { Subject } from "./subject.ts";

const CLI = `${ROOT}cli.ts`;
const SCRIPT_FILE = `${ROOT}bench/children/play.ts`;
const LAUNCH = "gst-launch-1.0";
const COMMAND = "gstp, command";
const SCRIPT = "gstp, script";

/** A pipeline that plays once its first frame is on standard output. */
const FIRST_FRAME =
  "videotestsrc is-live=true ! video/x-raw,format=GRAY8,width=16,height=16 ! fdsink";

/** Measures time and CPU time from a process's start to its first frame. */
async function firstFrame(command: string, args: string[]): Promise<Pass> {
  const startMs = performance.now();
  const child = new Deno.Command(command, {
    args,
    env: { DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error(`${command} ended without a frame`);
  const pass = { wall: performance.now() - startMs, cpu: cpuMs(child.pid) };
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
  return pass;
}

/** Measures starts up to the first frame. */
async function starts(rounds: number): Promise<Passes> {
  const deno = (...args: string[]) => () => firstFrame(Deno.execPath(), ["run", "-A", ...args]);
  const subjects = {
    [LAUNCH]: () => firstFrame("gst-launch-1.0", ["-q", ...words(FIRST_FRAME)]),
    [COMMAND]: deno(CLI, "-q", ...words(FIRST_FRAME)),
    [SCRIPT]: deno(SCRIPT_FILE, FIRST_FRAME),
  };
  await alternate(subjects, 1); // fills the caches
  return await alternate(subjects, rounds);
}

/** Measures CPU while a live source plays. */
async function running(size: Size, scale: Scale): Promise<Row> {
  const pipeline = `${raw(size)} ! fakesink`;
  const process = new Subject(Deno.execPath(), ["run", "-A", CLI, ...words(pipeline)]);
  const passes = await sideBySide({
    [LAUNCH]: launched(pipeline),
    [COMMAND]: [process, "playing"],
  }, {
    settleSec: scale.isQuick ? 0.5 : 2,
    rounds: scale.rounds,
    measure: async (process) => ({ cpu: await process.cpuRate(scale.isQuick ? 1 : 3) }),
  });
  return rowOf(passes, "cpu", sizeText(size), size[0] * size[1]);
}

/** Measures the command. */
export async function command(scale: Scale): Promise<Section> {
  const start = await starts(scale.isQuick ? 3 : 15);
  const startRows = [rowOf(start, "wall", "time", 0), rowOf(start, "cpu", "CPU", 1)];
  const beyondMs = start[SCRIPT]!.map(({ wall }, i) => wall! - start[LAUNCH]![i]!.wall!);
  const runningRows: Row[] = [];
  for (const size of [SMALL, FULL_HD]) runningRows.push(await running(size, scale));
  return {
    name: "command",
    tables: [
      { quantity: "From the start to the first frame, ms", of: "", rows: startRows },
      { quantity: "CPU of a live source, ms per second", of: "frame size", rows: runningRows },
    ],
    notes: [],
    goals: [{
      what: "Import of mod.ts and start to PLAYING, beyond gst-launch-1.0",
      limit: 250,
      measured: median(beyondMs),
      unit: " ms",
    }],
  };
}
