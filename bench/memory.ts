/**
 * Memory of rings, and of a process without any.
 *
 * @module
 */
import type { ArmedOptions } from "./children/armed.ts";
import { memoryOf } from "../scripts/lib/process_usage.ts";
import { type Passes, rowOf } from "./rounds.ts";
import { growthOf, type Row, type Scale, type Section } from "./section.ts";
import { launched, type Playing, scripted, sideBySide } from "./side_by_side.ts";
import { encoded, FULL_HD, raw, type Size, sizeText, SMALL } from "./sources.ts";
import { digits } from "./table.ts";

/** Frames per second: few, so that large frames need little CPU. */
const FPS = 5;
/** Bit rate of encoded video, in Mbit/s. */
const MBIT = 8;
/** Frames of a ring beyond its window. */
const MARGIN = 4;

const LARGEST: Size = [3840, 2160];

const LAUNCH = "gst-launch-1.0, appsink";
const GSTP = "gstp";

/** Returns encoded video that needs all of the bit rate. */
function noise(size: Size): string {
  return encoded(size, FPS).replace("is-live=true", "is-live=true pattern=snow")
    .replace("x264enc", `x264enc bitrate=${MBIT * 1000}`);
}

/** Starts a process whose ring holds `frames` frames; without a ring where that is 0. */
function launch(source: string, frames: number): Playing {
  const sink = "appsink drop=true async=false sync=false enable-last-sample=false";
  const branch = frames > 0 ? `t. ! ${sink} max-buffers=${frames}` : "";
  return launched(`${source} ! tee name=t t. ! fakesink async=false ${branch}`);
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

/** Measures rings of a frame size, a row for each window: memory beyond that of the same process without a ring. */
async function ofSize(size: Size, isRaw: boolean, windowsSec: number[]): Promise<Row[]> {
  const source = isRaw ? raw(size, FPS) : noise(size);
  // an encoded ring holds two GOPs more, of a second each
  const framesOf = (sec: number) => FPS * (isRaw ? sec : sec + 2) + MARGIN;
  const processes: Record<string, Playing> = {};
  for (const sec of [0, ...windowsSec]) {
    processes[`${LAUNCH} ${sec}`] = launch(source, sec > 0 ? framesOf(sec) : 0);
    processes[`${GSTP} ${sec}`] = record(source, sec);
  }
  const passes = await sideBySide(processes, {
    settleSec: framesOf(windowsSec.at(-1)!) / FPS + 1,
    rounds: 1,
    measure: (process) => Promise.resolve({ mb: memoryOf(process.pid).resident / 1e6 }),
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

/** Measures a process before it has a ring. */
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
    measure: (process) => Promise.resolve({ ...memoryOf(process.pid) }),
  });
  return Object.entries(passes).map(([label, [pass]], size) => {
    const cell = (bytes: number) => {
      const mb = bytes / 1e6;
      return { value: { median: mb, low: mb, high: mb } };
    };
    const { resident, own } = pass!;
    return {
      label,
      size,
      cells: {
        "resident": cell(resident!),
        "written by the process": cell(own!),
        "mapped from files": cell(resident! - own!),
      },
    };
  });
}

/** Describes how a ring's memory grows; empty where only one window was measured. */
function growth(size: Size, isRaw: boolean, rows: Row[]): string[] {
  if (rows.length === 1) return [];
  const { slope } = growthOf(rows, GSTP);
  const amount = isRaw
    ? `${digits(slope / FPS)} MB per frame in the ring, or ` +
      `${digits(slope / FPS * 300)} MB for 10 s at 30 frames per second`
    : `${digits(slope)} MB per second in the ring`;
  return [`${sizeText(size)}, ${isRaw ? "raw" : `${MBIT} Mbit/s`}: ${amount}.`];
}

/** Measures memory. */
export async function memory({ isQuick }: Scale): Promise<Section> {
  const sizes: Size[] = isQuick ? [SMALL] : [SMALL, [640, 480], [1280, 720], FULL_HD, LARGEST];
  const section: Section = { name: "memory", tables: [], notes: [], goals: [] };
  const quantity = "Memory beyond that of the process without a ring, MB";
  section.tables.push({
    quantity: "Memory of a process without a ring, MB",
    of: "",
    rows: await ofStages(),
  });
  for (const isRaw of [true, false]) {
    const all: Row[] = [];
    for (const size of sizes) {
      // noise of that size takes much CPU to encode
      const isHard = !isRaw && size === LARGEST;
      const windowsSec = isQuick ? [1] : isHard ? [8] : [2, 4, 8];
      const rows = await ofSize(size, isRaw, windowsSec);
      all.push(...rows);
      section.notes.push(...growth(size, isRaw, rows));
    }
    const kind = isRaw ? `raw video, ${FPS} frames per second` : `encoded at ${MBIT} Mbit/s`;
    section.tables.push({ quantity: `${quantity}, ${kind}`, of: "frame size, window", rows: all });
  }
  return section;
}
