/**
 * What recorders cost that wait.
 *
 * @module
 */
import type { ArmedOptions } from "./children/armed.ts";
import type { Plot } from "./plot.ts";
import { memoryMb, streamingThreads, type Subject } from "./process.ts";
import { type Pass, type Passes, rowOf } from "./rounds.ts";
import { launched, type Playing, scripted, sideBySide } from "./side_by_side.ts";
import { growthOf, type Row, type Scale, type Section, type Table } from "./section.ts";
import { encoded, FPS, FULL_HD, raw, type Size, sizeText, SMALL } from "./sources.ts";
import { digits } from "./table.ts";

/** Seconds that each ring holds. */
const WINDOW_SEC = 2;
/** Seconds for processes to come to rest: their rings are full then, and what they run often is compiled. */
const SETTLE_SEC = 12;

const FAKESINK = "fakesink async=false";
/** What a ring of raw frames consists of. */
const APPSINK = `appsink drop=true max-buffers=${WINDOW_SEC * FPS + 4} wait-on-eos=false ` +
  "enable-last-sample=false emit-signals=false async=false sync=false";

const FLOOR = "gst-launch-1.0, fakesink";
const RECORDERS = "gstp, recorders";

/** A pipeline with as many legs as there would be recorders. */
function launch(source: string, leg: string, count: number): Playing {
  const legs = Array.from({ length: count }, () => `t. ! ${leg}`);
  return launched(`${source} ! tee name=t t. ! ${FAKESINK} ${legs.join(" ")}`);
}

function script(source: string, recorders: number, way: ArmedOptions["way"]): Playing {
  return scripted("armed.ts", { source, recorders, windowSec: WINDOW_SEC, way });
}

/** A pipeline's processes at a number of recorders: the floor, the same with the ring's elements, recorders, and loops. */
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
    look: (process) => look(process, scale.isQuick ? 0.7 : 2),
  });
}

async function look(process: Subject, sec: number): Promise<Pass> {
  const cpu = await process.cpuRate(sec);
  const { resident, own } = memoryMb(process.pid);
  return { cpu, threads: streamingThreads(process.pid), resident, own };
}

function rowsOf(passes: Map<number, Passes>, quantity: string): Row[] {
  return [...passes].map(([count, one]) => rowOf(one, quantity, String(count), count));
}

/** Recorders at a tee of 320x240: more and more of them. */
async function byCount(scale: Scale, source: string, isRaw: boolean): Promise<Map<number, Passes>> {
  const counts = scale.isQuick ? [16] : [1, 8, 32, 64];
  const passes = new Map<number, Passes>();
  for (const count of counts) {
    passes.set(count, await observe(processes(source, count, isRaw), scale));
  }
  return passes;
}

/** 64 recorders: larger and larger pictures. */
async function bySize(scale: Scale): Promise<Row[]> {
  const sizes: Size[] = scale.isQuick ? [] : [SMALL, [1280, 720], FULL_HD];
  const rows: Row[] = [];
  for (const size of sizes) {
    const passes = await observe(processes(raw(size), 64, false), scale);
    rows.push(rowOf(passes, "cpu", sizeText(size), size[0] * size[1]));
  }
  return rows;
}

/** Rings that encode, beside the same encoder without a ring. */
async function encoding(scale: Scale): Promise<Row[]> {
  const rows: Row[] = [];
  const encoder = encoded(SMALL).slice(raw(SMALL).length + 3);
  for (const count of scale.isQuick ? [] : [1, 4]) {
    const leg = `queue ! videoconvert ! ${encoder} ! ${FAKESINK}`;
    const passes = await observe({
      "gst-launch-1.0, encoder and fakesink": launch(raw(SMALL), leg, count),
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
    return `${kind}, ${subject}: ${digits(base)} ms/s, and ${slope.toFixed(3)} ms/s more for each.`;
  });
}

/** A table as curves, one for each subject. */
function plotOf(rows: Row[]): Plot {
  const curves = Object.keys(rows[0]!.cells).map((name) => ({
    name,
    points: rows.map(({ size, cells }) => ({ x: size, y: cells[name]!.value })),
  }));
  return {
    title: "What recorders cost that wait, by their number",
    xLabel: "recorders",
    yLabel: "CPU, milliseconds a second, raw 320x240 pictures at 30 frames a second",
    curves,
  };
}

/** Measures recorders that wait. */
export async function armed(scale: Scale): Promise<Section> {
  const rawPasses = await byCount(scale, raw(SMALL), true);
  const encodedPasses = await byCount(scale, encoded(SMALL), false);
  const sizeRows = await bySize(scale);
  const encodingRows = await encoding(scale);
  const of = "recorders";
  const cpu = "CPU, milliseconds a second";
  const tables: Table[] = [
    { quantity: `${cpu}, raw 320x240 pictures`, of, rows: rowsOf(rawPasses, "cpu") },
    { quantity: `${cpu}, encoded 320x240 pictures`, of, rows: rowsOf(encodedPasses, "cpu") },
    { quantity: `${cpu}, 64 recorders of raw pictures`, of: "picture", rows: sizeRows },
    { quantity: `${cpu}, rings that encode, 320x240`, of, rows: encodingRows },
    { quantity: "Streaming threads, raw", of, rows: withoutRatios(rowsOf(rawPasses, "threads")) },
    { quantity: "Memory that the process wrote, MB, raw", of, rows: rowsOf(rawPasses, "own") },
  ].filter(({ rows }) => rows.length > 0);
  const most = [...rawPasses.keys()].at(-1)!;
  const goals = [tables[0]!, tables[1]!].map(({ rows }, i) => ({
    what: `${most} recorders that wait, ${
      ["raw", "encoded"][i]
    }, 320x240: CPU to that of fakesinks`,
    limit: 1.2,
    measured: rows.at(-1)!.cells[RECORDERS]!.ratio!.median,
    unit: "",
  }));
  const large = sizeRows.at(-1);
  if (large !== undefined) {
    goals.push({
      what: `64 recorders that wait, raw, ${large.label}: CPU to that of fakesinks`,
      limit: 1.2,
      measured: large.cells[RECORDERS]!.ratio!.median,
      unit: "",
    });
  }
  const threads = rowsOf(rawPasses, "threads").at(-1)!.cells;
  const beyond = threads[RECORDERS]!.value.median - threads[FLOOR]!.value.median;
  return {
    name: "armed",
    tables,
    plot: plotOf(tables[0]!.rows),
    words: [
      ...growth("Raw", tables[0]!.rows),
      ...growth("Encoded", tables[1]!.rows),
    ],
    goals: [
      ...goals,
      { what: `Threads that ${most} recorders add`, limit: 0, measured: beyond, unit: "" },
    ],
  };
}
