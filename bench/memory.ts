/**
 * What rings hold in memory, and what a process holds without them.
 *
 * @module
 */
import type { ArmedOptions } from "./children/armed.ts";
import { memoryMb } from "./process.ts";
import { type Passes, rowOf } from "./rounds.ts";
import { growthOf, type Row, type Scale, type Section } from "./section.ts";
import { launched, type Playing, scripted, sideBySide } from "./side_by_side.ts";
import { encoded, FULL_HD, raw, type Size, sizeText, SMALL } from "./sources.ts";
import { digits } from "./table.ts";

/** Frames a second: few, that large pictures need not much of a processor. */
const FPS = 5;
/** Megabits a second of encoded pictures. */
const MBIT = 8;
/** Frames of a ring beyond its window. */
const MARGIN = 4;

const LARGEST: Size = [3840, 2160];

const LAUNCH = "gst-launch-1.0, appsink";
const GSTP = "gstp";

/** Encoded pictures that need all of the bit rate. */
function noise(size: Size): string {
  return encoded(size, FPS).replace("is-live=true", "is-live=true pattern=snow")
    .replace("x264enc", `x264enc bitrate=${MBIT * 1000}`);
}

/** A process whose ring holds so many frames; with none, it has no ring. */
function launch(source: string, frames: number): Playing {
  const sink = "appsink drop=true async=false sync=false enable-last-sample=false";
  const leg = frames > 0 ? `t. ! ${sink} max-buffers=${frames}` : "";
  return launched(`${source} ! tee name=t t. ! fakesink async=false ${leg}`);
}

function record(source: string, windowSec: number): Playing {
  const options: ArmedOptions = {
    source,
    recorders: windowSec > 0 ? 1 : 0,
    windowSec,
    way: "recorder",
  };
  return scripted("armed.ts", options);
}

/** The rings of a picture, one row for each window: memory beyond that of the same process without a ring. */
async function ofPicture(size: Size, isRaw: boolean, windowsSec: number[]): Promise<Row[]> {
  const source = isRaw ? raw(size, FPS) : noise(size);
  // an encoded ring holds two groups of pictures more, of a second each
  const framesOf = (sec: number) => FPS * (isRaw ? sec : sec + 2) + MARGIN;
  const processes: Record<string, Playing> = {};
  for (const sec of [0, ...windowsSec]) {
    processes[`${LAUNCH} ${sec}`] = launch(source, sec > 0 ? framesOf(sec) : 0);
    processes[`${GSTP} ${sec}`] = record(source, sec);
  }
  const passes = await sideBySide(processes, {
    settleSec: framesOf(windowsSec.at(-1)!) / FPS + 1,
    rounds: 1,
    look: (process) => Promise.resolve({ mb: memoryMb(process.pid).resident }),
  });
  return windowsSec.map((sec) => {
    const beyond = (name: string) => [{
      mb: passes[`${name} ${sec}`]![0]!.mb! - passes[`${name} 0`]![0]!.mb!,
    }];
    const data = size[0] * size[1] * 1.5 * framesOf(sec) / 1e6;
    const all: Passes = {
      ...(isRaw && { "data of the frames": [{ mb: data }] }),
      [LAUNCH]: beyond(LAUNCH),
      [GSTP]: beyond(GSTP),
    };
    return rowOf(all, "mb", `${sizeText(size)}, ${sec} s`, sec);
  });
}

/** What a process holds before there is a ring. */
async function ofStages(): Promise<Row[]> {
  const pipeline = `${raw(SMALL)} ! fakesink`;
  const stages: Record<string, Playing> = {
    "gst-launch-1.0, playing": launched(pipeline),
    "Deno, an empty script": scripted("stages.ts", "empty"),
    "and mod.ts imported": scripted("stages.ts", "import"),
    "and GStreamer started": scripted("stages.ts", "start"),
    "and a pipeline playing": scripted("stages.ts", "play"),
  };
  const passes = await sideBySide(stages, {
    settleSec: 1.5,
    rounds: 1,
    look: (process) => Promise.resolve({ ...memoryMb(process.pid) }),
  });
  return Object.entries(passes).map(([label, [pass]], size) => {
    const cell = (mb: number) => ({ value: { median: mb, low: mb, high: mb } });
    const { resident, own } = pass!;
    return {
      label,
      size,
      cells: {
        "in memory": cell(resident!),
        "written by the process": cell(own!),
        "of files (code, data)": cell(resident! - own!),
      },
    };
  });
}

/** How a ring's memory grows, in a sentence; none where there is one window only. */
function growth(size: Size, isRaw: boolean, rows: Row[]): string[] {
  if (rows.length === 1) return [];
  const { slope } = growthOf(rows, GSTP);
  const amount = isRaw
    ? `${digits(slope / FPS)} MB for each frame in the ring, so ` +
      `${digits(slope / FPS * 300)} MB for 10 s at 30 frames a second`
    : `${digits(slope)} MB for each second in the ring`;
  return [`${sizeText(size)}, ${isRaw ? "raw" : `${MBIT} Mbit/s`}: ${amount}.`];
}

/** Measures memory. */
export async function memory({ isQuick }: Scale): Promise<Section> {
  const sizes: Size[] = isQuick ? [SMALL] : [SMALL, [640, 480], [1280, 720], FULL_HD, LARGEST];
  const section: Section = { name: "memory", tables: [], words: [], goals: [] };
  const quantity = "Memory beyond that of the process without a ring, MB";
  section.tables.push({
    quantity: "Memory of a process without a ring, MB",
    of: "",
    rows: await ofStages(),
  });
  for (const isRaw of [true, false]) {
    const all: Row[] = [];
    for (const size of sizes) {
      // to encode noise of that size takes much of a processor
      const isHard = !isRaw && size === LARGEST;
      const windowsSec = isQuick ? [1] : isHard ? [8] : [2, 4, 8];
      const rows = await ofPicture(size, isRaw, windowsSec);
      all.push(...rows);
      section.words.push(...growth(size, isRaw, rows));
    }
    const kind = isRaw ? `raw pictures, ${FPS} frames a second` : `encoded with ${MBIT} Mbit/s`;
    section.tables.push({ quantity: `${quantity}, ${kind}`, of: "picture and window", rows: all });
  }
  return section;
}
