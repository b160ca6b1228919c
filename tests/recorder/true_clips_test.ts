/**
 * Clips of streams as cameras send them: in every container, however the stream was cut into buffers on its way, each picture
 * of the report is that of the whole stream at its time.
 *
 * With `GSTP_MATRIX=long`, all combinations are tested instead of some dozens.
 */
import { assert, assertEquals } from "@std/assert";
import {
  containersFor,
  type Pipeline,
  type RecordingReport,
  type VideoRecorder,
} from "../../mod.ts";
import { newPaths, recordClips, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, until } from "../helpers/wait.ts";
import { type ClipKind, MOVING_PICTURES, WholePictures } from "../helpers/whole_stream.ts";

const WINDOW_SEC = 1;
const isLong = Deno.env.get("GSTP_MATRIX") === "long";

/** A stream of an encoder. */
interface Stream {
  name: string;
  mediaType: "video/x-h264" | "video/x-h265";
  encoder: string;
  /** The ways in which it comes to the tee, unless all are tested. */
  packagings: string[];
  /** The pictures that clips may have before those of the report. */
  lead?: number;
  /** Why a smart cut may be none; by default, it is exact. An encoder may send IDR pictures only, for reasons of its own. */
  exactShortfall?: "start-not-exact";
}

const X264 = "x264enc speed-preset=ultrafast rc-lookahead=10";
const X265 = "x265enc speed-preset=ultrafast";

const STREAMS: Stream[] = [
  {
    name: "IDR pictures in slices",
    mediaType: "video/x-h264",
    encoder: `${X264} tune=zerolatency key-int-max=20 sliced-threads=true threads=2`,
    packagings: ["parsebin", "nal", "rtp"],
  },
  {
    name: "intra pictures that are no IDR pictures",
    mediaType: "video/x-h264",
    encoder: "x264enc speed-preset=veryfast rc-lookahead=10 key-int-max=30 " +
      "option-string=min-keyint=30:keyint=30:scenecut=80:ref=4:bframes=0",
    packagings: ["parser", "nal"],
  },
  {
    name: "intra refresh",
    mediaType: "video/x-h264",
    encoder: `${X264} tune=zerolatency intra-refresh=true key-int-max=12`,
    packagings: ["parser", "rtp"],
    lead: 40,
    exactShortfall: "start-not-exact",
  },
  {
    name: "B-frames and several references",
    mediaType: "video/x-h264",
    encoder:
      "x264enc speed-preset=veryfast rc-lookahead=10 bframes=3 b-adapt=false key-int-max=16 ref=4 b-pyramid=true",
    packagings: ["parser", "matroska"],
  },
  {
    name: "open GOPs",
    mediaType: "video/x-h264",
    encoder: `${X264} bframes=3 b-adapt=false key-int-max=16 option-string=open-gop=1`,
    packagings: ["parser", "nal"],
    exactShortfall: "start-not-exact",
  },
  {
    name: "parameter sets that come once",
    mediaType: "video/x-h264",
    encoder: `${X264} tune=zerolatency key-int-max=16 option-string=repeat-headers=0`,
    packagings: ["encoder"],
  },
  {
    name: "CRA pictures with leading pictures",
    mediaType: "video/x-h265",
    encoder: `${X265} key-int-max=16 option-string=open-gop=1:bframes=3:b-adapt=0:rc-lookahead=8`,
    packagings: ["parser", "nal"],
  },
  {
    name: "IDR pictures with RADL pictures",
    mediaType: "video/x-h265",
    encoder:
      `${X265} key-int-max=16 option-string=open-gop=0:radl=2:bframes=3:b-adapt=0:rc-lookahead=8`,
    packagings: ["parser"],
  },
  {
    name: "slices, and parameter sets that come once",
    mediaType: "video/x-h265",
    encoder: `${X265} tune=zerolatency key-int-max=16 option-string=slices=2:repeat-headers=0`,
    packagings: ["encoder", "parsebin", "nal"],
  },
];

/** What cuts a stream into other buffers, or other formats, before it comes to a tee. */
function packagingText(name: string, mediaType: Stream["mediaType"]): string {
  const short = mediaType.slice("video/x-".length);
  const texts: Record<string, string> = {
    encoder: "identity",
    parser: `${short}parse`,
    nal: `${short}parse ! ${mediaType},alignment=nal,stream-format=byte-stream`,
    rtp: `rtp${short}pay config-interval=-1 ! rtp${short}depay`,
    parsebin: `rtp${short}pay config-interval=-1 ! parsebin`,
    matroska: `${short}parse ! matroskamux streamable=true ! matroskademux ! ${short}parse`,
  };
  return texts[name]!;
}

const PACKAGINGS = ["encoder", "parser", "nal", "rtp", "parsebin", "matroska"];

/** A recorder, and what differs in its clips. */
interface Cell {
  recorder: VideoRecorder;
  kind: ClipKind;
  exactStart: boolean;
  /** What its report may have. */
  shortfalls: string[];
}

/** Attaches a recorder for each way, container and start. */
function cellsOf(pipeline: Pipeline, folder: string, stream: Stream, ways: string[]): Cell[] {
  const containers = containersFor([stream.mediaType]);
  return ways.flatMap((way, index) => {
    const extensions = isLong ? containers : [".mkv", index % 2 === 0 ? ".mp4" : ".ts"];
    return extensions.flatMap((extension) =>
      [false, true].map((exactStart): Cell => ({
        recorder: recorderOf(pipeline, newPaths(folder, extension), {
          ...{ srcTeeName: way, windowSizeSec: WINDOW_SEC, exactStart, onWarning: () => {} },
        }),
        kind: {
          way: exactStart ? `${way}, exact start` : way,
          lead: stream.lead ?? 0,
          isMixed: stream.exactShortfall !== undefined,
          isShifted: way === "matroska",
        },
        exactStart,
        shortfalls: exactStart && stream.exactShortfall !== undefined
          ? [stream.exactShortfall]
          : [],
      }))
    );
  });
}

/** Records clips of a stream, and checks them against the whole of it. */
async function checkStream(stream: Stream): Promise<void> {
  await using dir = await tempDir();
  const ways = isLong ? PACKAGINGS : stream.packagings;
  const whole = `${dir.path}/whole.mkv`;
  const parser = packagingText("parser", stream.mediaType);
  await using app = await runLive(
    `${MOVING_PICTURES} ! ${stream.encoder} ! tee name=whole whole. ! queue ! ${parser} ! ` +
      `matroskamux ! filesink location="${whole}" async=false buffer-mode=unbuffered ` +
      ways.map((way) =>
        `whole. ! queue ! ${packagingText(way, stream.mediaType)} ! tee name=${way} ` +
        `${way}. ! fakesink async=false`
      ).join(" "),
  );
  const cells = cellsOf(app.pipeline, dir.path, stream, ways);
  await playFor(app.pipeline, 4);
  await until("the rings are full", () => cells.every(({ recorder }) => isFull(recorder)));
  const recorders = cells.map(({ recorder }) => recorder);
  const reports = await recordClips(recorders, { afterSec: 0.5, maxDelaySec: 30 });
  await Promise.all(recorders.map((recorder) => recorder.close()));
  // the whole stream has what the clips have
  await playFor(app.pipeline, 1);
  await app.stop();
  const pictures = await WholePictures.of(whole);
  for (const [index, report] of reports.entries()) {
    const { kind, exactStart, shortfalls } = cells[index]!;
    const isSmartCut = exactStart && !report.shortfalls.includes("start-not-exact");
    checkReport(report, { ...kind, isSmartCut }, shortfalls);
    await pictures.check(report, { ...kind, isSmartCut });
  }
}

function isFull(recorder: VideoRecorder): boolean {
  const { fillSec, gopSec } = recorder.stats();
  return gopSec !== null && fillSec >= WINDOW_SEC;
}

/** Checks that a clip has its window, from the frame on with which it must begin. */
function checkReport(report: RecordingReport, kind: ClipKind, shortfalls: string[]): void {
  const text = Deno.inspect({ report, kind });
  assertEquals(report.shortfalls.filter((one) => !shortfalls.includes(one)), [], text);
  assertEquals(report.dropped, 0, text);
  assert(report.start < report.requested.start + 0.041, text);
  if (kind.isSmartCut) assert(report.start >= report.requested.start - 1e-6, text);
  assert(report.end >= report.requested.end, text);
}

for (const stream of STREAMS) {
  Deno.test(`record() is true to ${stream.mediaType} with ${stream.name}`, () =>
    checkStream(stream));
}
