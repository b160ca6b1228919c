/**
 * What clips cost while they are written, beside gst-launch-1.0 that writes the same files.
 *
 * @module
 */
import { cpuMs, LAUNCHED, Subject } from "./process.ts";
import { alternate, type Pass, rowOf } from "./rounds.ts";
import { growthOf, type Row, type Scale, type Section } from "./section.ts";
import { encoded, FPS, raw, SMALL } from "./sources.ts";
import { digits } from "./table.ts";

const LAUNCH = "gst-launch-1.0";
const GSTP = "gstp";

/** What is recorded. */
interface Kind {
  name: string;
  source: string;
  /** Elements of both between the source and the file. */
  elements: string;
}

const MUXER = "h264parse config-interval=-1 ! " +
  "mp4mux fragment-duration=100 fragment-mode=first-moov-then-finalise";
const ENCODER = "videoconvert ! x264enc speed-preset=superfast pass=quant quantizer=20 " +
  "key-int-max=60 bframes=0";

const KINDS: Kind[] = [
  {
    name: "raw pictures, encoded on the way",
    source: raw(SMALL),
    elements: `${ENCODER} ! ${MUXER}`,
  },
  {
    name: "encoded pictures, written as they are",
    source: encoded(SMALL),
    elements: MUXER,
  },
];

/** Milliseconds of processor time from one text of a process to another, and all its text. */
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

/** gst-launch-1.0 with the elements of a record bin for each file. */
async function launch(kind: Kind, clips: number, sec: number, folder: string): Promise<Pass> {
  const legs = Array.from(
    { length: clips },
    (_, i) =>
      `t. ! queue ! ${kind.elements} ! filesink buffer-mode=unbuffered location=${folder}/${i}.mp4`,
  );
  const source = kind.source.replace("videotestsrc", `videotestsrc num-buffers=${FPS * sec}`);
  await using process = Subject.launch(
    `${source} ! tee name=t t. ! fakesink async=false ${legs.join(" ")}`,
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

/** Measures clips on their way. */
export async function recording(scale: Scale): Promise<Section> {
  const section: Section = { name: "recording", tables: [], words: [], goals: [] };
  for (const kind of KINDS) {
    const rows: Row[] = [];
    for (const clips of scale.isQuick ? [2] : [1, 4, 8]) {
      rows.push(await measure(kind, clips, scale));
    }
    const last = rows.at(-1)!;
    section.tables.push({
      quantity: `CPU, milliseconds for each frame in a file, 320x240, ${kind.name}`,
      of: "clips",
      rows,
    });
    section.goals.push({
      what: `${last.label} clips, ${kind.name}: CPU to that of gst-launch-1.0`,
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
      section.words.push(
        `${kind.name}, ${subject}: ${digits(base)} ms for each frame of the stream, ` +
          `and ${digits(slope)} ms more for each clip.`,
      );
    }
  }
  return section;
}
