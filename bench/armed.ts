/**
 * The costs of armed recorders.
 *
 * @module
 */
import type { ArmedOptions } from "./children/armed.ts";
import type { Plot } from "./plot.ts";
import { memoryOf, threadNames } from "../scripts/lib/process_usage.ts";
import type { Subject } from "./subject.ts";
import { type Pass, type Passes, rowOf } from "./rounds.ts";
import { launched, type Playing, scripted, sideBySide } from "./side_by_side.ts";
import { growthOf, type Row, type Scale, type Section, type Table } from "./section.ts";
import { encoded, FPS, FULL_HD, raw, type Size, sizeText, SMALL } from "./sources.ts";
import { digits } from "./table.ts";

/** Seconds that each ring holds. */
const WINDOW_SEC = 2;
/** Seconds for processes to settle: their rings are full by then, and hot code is compiled. */
const SETTLE_SEC = 12;

const FAKESINK = "fakesink async=false";
/** A ring of raw frames. */
const APPSINK = `appsink drop=true max-buffers=${WINDOW_SEC * FPS + 4} wait-on-eos=false ` +
  "enable-last-sample=false emit-signals=false async=false sync=false";

const FLOOR = "gst-launch-1.0, fakesink";
const RECORDERS = "gstp, recorders";
/** Threads of a process that run no element of a pipeline: Deno's, GLib's and the main threads. */
const OTHER_THREADS = /^(deno|gst-launch|tokio|V8|gmain|gdbus|pool-)/;

/** Starts a pipeline with a branch in place of each recorder. */
function launch(source: string, branch: string, count: number): Playing {
  const branches = Array.from({ length: count }, () => `t. ! ${branch}`);
  return launched(`${source} ! tee name=t t. ! ${FAKESINK} ${branches.join(" ")}`);
}

function script(source: string, recorders: number, way: ArmedOptions["way"]): Playing {
  return scripted("armed.ts", { source, recorders, windowSec: WINDOW_SEC, way });
}

/** Starts the processes to compare: the floor, the same with the ring's elements, recorders, and polling loops. */
function processes(source: string, count: number, hasLoops: boolean): Record<string, Playing> {
  return {
    [FLOOR]: launch(source, FAKESINK, count),
    "gst-launch-1.0, appsink": launch(source, APPSINK, count),
    [RECORDERS]: script(source, count, "recorder"),
    ...(hasLoops && { "a loop that pulls": script(source, count, "pull") }),
  };
}

function observe(processes: Record<string, Playing>, scale: Scale): Promise<Passes> {
  return sideBySide(processes, {
    settleSec: scale.isQuick ? 1 : SETTLE_SEC,
    rounds: scale.rounds,
    measure: (process) => measure(process, scale.isQuick ? 0.7 : 2),
  });
}

async function measure(process: Subject, sec: number): Promise<Pass> {
  const cpu = await process.cpuRate(sec);
  const threads = threadNames(process.pid).filter((name) => !OTHER_THREADS.test(name)).length;
  return { cpu, threads, own: memoryOf(process.pid).own / 1e6 };
}

function rowsOf(passes: Map<number, Passes>, quantity: string): Row[] {
  return [...passes].map(([count, one]) => rowOf(one, quantity, String(count), count));
}

/** Measures growing numbers of recorders at a tee with 320x240 video. */
async function byCount(scale: Scale, source: string, isRaw: boolean): Promise<Map<number, Passes>> {
  const counts = scale.isQuick ? [16] : [1, 8, 32, 64];
  const passes = new Map<number, Passes>();
  for (const count of counts) {
    passes.set(count, await observe(processes(source, count, isRaw), scale));
  }
  return passes;
}

/** Measures 64 recorders of growing frame sizes. */
async function bySize(scale: Scale): Promise<Row[]> {
  const sizes: Size[] = scale.isQuick ? [] : [SMALL, [1280, 720], FULL_HD];
  const rows: Row[] = [];
  for (const size of sizes) {
    const passes = await observe(processes(raw(size), 64, false), scale);
    rows.push(rowOf(passes, "cpu", sizeText(size), size[0] * size[1]));
  }
  return rows;
}

/** Measures rings that encode beside the same encoder without a ring. */
async function encoding(scale: Scale): Promise<Row[]> {
  const rows: Row[] = [];
  const encoder = encoded(SMALL).slice(raw(SMALL).length + 3);
  for (const count of scale.isQuick ? [] : [1, 4]) {
    const branch = `queue ! videoconvert ! ${encoder} ! ${FAKESINK}`;
    const passes = await observe({
      "gst-launch-1.0, encoder and fakesink": launch(raw(SMALL), branch, count),
      "gstp, EncodedRingBuffer": script(raw(SMALL), count, "encoder"),
    }, scale);
    rows.push(rowOf(passes, "cpu", String(count), count));
  }
  return rows;
}

function withoutRatios(rows: Row[]): Row[] {
  return rows.map((row) => {
    const cells = Object.entries(row.cells).map(([name, { value }]) => [name, { value }]);
    return { ...row, cells: Object.fromEntries(cells) };
  });
}

function growth(kind: string, rows: Row[]): string[] {
  return Object.keys(rows[0]!.cells).map((subject) => {
    const { base, slope } = growthOf(rows, subject);
    return `${kind}, ${subject}: ${digits(base)} ms/s, plus ${slope.toFixed(3)} ms/s per recorder.`;
  });
}

/** Makes a plot of a table, with a curve for each subject. */
function plotOf(rows: Row[]): Plot {
  const curves = Object.keys(rows[0]!.cells).map((name) => ({
    name,
    points: rows.map(({ size, cells }) => ({ x: size, y: cells[name]!.value })),
  }));
  return {
    title: "CPU of armed recorders, by their number",
    xLabel: "recorders",
    yLabel: "CPU in ms per second, raw 320x240 video at 30 frames per second",
    curves,
  };
}

/** Measures armed recorders. */
export async function armed(scale: Scale): Promise<Section> {
  const rawPasses = await byCount(scale, raw(SMALL), true);
  const encodedPasses = await byCount(scale, encoded(SMALL), false);
  const sizeRows = await bySize(scale);
  const encodingRows = await encoding(scale);
  const of = "recorders";
  const cpu = "CPU, ms per second";
  const tables: Table[] = [
    { quantity: `${cpu}, raw 320x240 video`, of, rows: rowsOf(rawPasses, "cpu") },
    { quantity: `${cpu}, encoded 320x240 video`, of, rows: rowsOf(encodedPasses, "cpu") },
    { quantity: `${cpu}, 64 recorders of raw video`, of: "frame size", rows: sizeRows },
    { quantity: `${cpu}, rings that encode, 320x240`, of, rows: encodingRows },
    { quantity: "Streaming threads, raw", of, rows: withoutRatios(rowsOf(rawPasses, "threads")) },
    { quantity: "Memory written by the process, MB, raw", of, rows: rowsOf(rawPasses, "own") },
  ].filter(({ rows }) => rows.length > 0);
  const most = [...rawPasses.keys()].at(-1)!;
  const goals = [tables[0]!, tables[1]!].map(({ rows }, i) => ({
    what: `${most} armed recorders, ${["raw", "encoded"][i]} 320x240: CPU relative to fakesinks`,
    limit: 1.2,
    measured: rows.at(-1)!.cells[RECORDERS]!.ratio!.median,
    unit: "",
  }));
  const large = sizeRows.at(-1);
  if (large !== undefined) {
    goals.push({
      what: `64 armed recorders, raw ${large.label}: CPU relative to fakesinks`,
      limit: 1.2,
      measured: large.cells[RECORDERS]!.ratio!.median,
      unit: "",
    });
  }
  const threads = rowsOf(rawPasses, "threads").at(-1)!.cells;
  const added = threads[RECORDERS]!.value.median - threads[FLOOR]!.value.median;
  return {
    name: "armed",
    tables,
    plot: plotOf(tables[0]!.rows),
    notes: [
      ...growth("Raw", tables[0]!.rows),
      ...growth("Encoded", tables[1]!.rows),
    ],
    goals: [
      ...goals,
      { what: `Threads added by ${most} armed recorders`, limit: 0, measured: added, unit: "" },
    ],
  };
}
