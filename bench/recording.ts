/**
 * The costs of writing clips, beside gst-launch-1.0 that writes the same files.
 *
 * @module
 */
import { cpuMs } from "../scripts/lib/process_usage.ts";
import { alternate, type Pass, rowOf } from "./rounds.ts";
import { growthOf, type Row, type Scale, type Section } from "./section.ts";
import { encoded, FPS, raw, SMALL } from "./sources.ts";
import { LAUNCHED, Subject } from "./subject.ts";
import { digits } from "./table.ts";

const LAUNCH = "gst-launch-1.0";
const GSTP = "gstp";

/** A kind of video to record. */
interface Kind {
  name: string;
  source: string;
  /** Elements between the source and the file, in both programs. */
  elements: string;
}

const MUXER = "h264parse config-interval=-1 ! " +
  "mp4mux fragment-duration=100 fragment-mode=first-moov-then-finalise";
const ENCODER = "videoconvert ! x264enc speed-preset=superfast pass=quant quantizer=20 " +
  "key-int-max=60 bframes=0";

const KINDS: Kind[] = [
  {
    name: "raw video, encoded for the clip",
    source: raw(SMALL),
    elements: `${ENCODER} ! ${MUXER}`,
  },
  {
    name: "encoded video, written as it is",
    source: encoded(SMALL),
    elements: MUXER,
  },
];

/** Measures the CPU time, in ms, between two texts that a process writes; returns all its text, too. */
async function between(
  process: Subject,
  from: string,
  to: string,
): Promise<[ms: number, text: string]> {
  await process.until(from);
  const before = cpuMs(process.pid);
  const text = await process.until(to);
  return [cpuMs(process.pid) - before, text];
}

/** Records with gst-launch-1.0, which gets the elements of a record bin for each file. */
async function launch(kind: Kind, clips: number, sec: number, folder: string): Promise<Pass> {
  const branches = Array.from(
    { length: clips },
    (_, i) =>
      `t. ! queue ! ${kind.elements} ! filesink buffer-mode=unbuffered location=${folder}/${i}.mp4`,
  );
  const source = kind.source.replace("videotestsrc", `videotestsrc num-buffers=${FPS * sec}`);
  await using process = Subject.launch(
    `${source} ! tee name=t t. ! fakesink async=false ${branches.join(" ")}`,
  );
  const [ms] = await between(process, LAUNCHED, "Got EOS");
  return { cpu: ms / (FPS * sec * clips) };
}

async function record(kind: Kind, clips: number, sec: number, folder: string): Promise<Pass> {
  await using process = Subject.script("recording.ts", { ...kind, clips, sec, folder });
  const [ms, text] = await between(process, "ready", ".\n");
  return { cpu: ms / Number(/finished (\d+)/.exec(text)![1]) };
}

async function measure(kind: Kind, clips: number, scale: Scale): Promise<Row> {
  const folder = await Deno.makeTempDir({ prefix: "gstp-" });
  const sec = scale.isQuick ? 1 : 3;
  try {
    const passes = await alternate({
      [LAUNCH]: () => launch(kind, clips, sec, folder),
      [GSTP]: () => record(kind, clips, sec, folder),
    }, scale.rounds);
    return rowOf(passes, "cpu", String(clips), clips);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Measures the writing of clips. */
export async function recording(scale: Scale): Promise<Section> {
  const section: Section = { name: "recording", tables: [], notes: [], goals: [] };
  for (const kind of KINDS) {
    const rows: Row[] = [];
    for (const clips of scale.isQuick ? [2] : [1, 4, 8]) {
      rows.push(await measure(kind, clips, scale));
    }
    const last = rows.at(-1)!;
    section.tables.push({
      quantity: `CPU, ms per frame in a file, 320x240, ${kind.name}`,
      of: "clips",
      rows,
    });
    section.goals.push({
      what: `${last.label} clips, ${kind.name}: CPU relative to gst-launch-1.0`,
      limit: 1.15,
      measured: last.cells[GSTP]!.ratio!.median,
      unit: "",
    });
    for (const subject of scale.isQuick ? [] : [LAUNCH, GSTP]) {
      const total = rows.map(({ label, size, cells }) => {
        const { median } = cells[subject]!.value;
        const value = { median: median * size, low: 0, high: 0 };
        return { label, size, cells: { [subject]: { value } } };
      });
      const { base, slope } = growthOf(total, subject);
      section.notes.push(
        `${kind.name}, ${subject}: ${digits(base)} ms per frame of the stream, ` +
          `plus ${digits(slope)} ms per clip.`,
      );
    }
  }
  return section;
}
