/**
 * Streams whose caps change in the middle of a clip: the clip continues where its container allows that, otherwise it is
 * finished with that reason. The next clip is complete.
 */
import { assert, assertEquals } from "@std/assert";
import { RecordBin } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { probeClip } from "../helpers/ffprobe.ts";
import { checkFile, newPaths, recorderOf, reportOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor } from "../helpers/wait.ts";
import { recorderAt, recordNext, VIDEO, WINDOW_SEC } from "./streams.ts";
import { addRow } from "./table.ts";

/** The caps that a stream changes to. */
const CHANGES = {
  size: "video/x-raw,format=I420,width=96,height=64,framerate=30/1",
  "frame rate": "video/x-raw,format=I420,width=64,height=48,framerate=15/1",
  format: "video/x-raw,format=RGB,width=64,height=48,framerate=30/1",
};
/** Streams: the encoder, and whether a file of each container continues when the frame size changes. */
const STREAMS: [name: string, encoder: string, files: Record<string, boolean>][] = [
  ["raw", "", { ".webm": true, ".mkv": true, ".mp4": true, ".mov": true, ".ts": true }],
  [
    "H.264",
    "! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! h264parse",
    { ".mkv": false, ".mp4": false, ".mov": false, ".ts": true },
  ],
  ["VP8", "! vp8enc deadline=1 keyframe-max-dist=10", { ".webm": false, ".mkv": false }],
  ["JPEG", "! jpegenc", { ".mkv": false }],
];

/** Changes the caps in the middle of a clip in each container; returns the reports of these clips and of the next ones. */
async function changeCaps(folder: string, encoder: string, extensions: string[], caps: string) {
  await using app = await runLive(
    `videotestsrc is-live=true ! capsfilter name=filter caps=${VIDEO} ${encoder} ! tee name=t t. ! fakesink`,
  );
  const recorders = extensions.map((extension) => recorderAt(app, folder, extension));
  await playFor(app.pipeline, 2 * WINDOW_SEC);
  // so long that the change is in the clip, however busy the machine
  const calls = recorders.map((recorder) =>
    recorder.record({ afterSec: 4 * WINDOW_SEC, maxDelaySec: 10 })
  );
  const recordings = await Promise.all(calls);
  await playFor(app.pipeline, WINDOW_SEC / 2);
  app.pipeline.element("filter").setProperty("caps", caps);
  const reports = await Promise.all(recordings.map(reportOf));
  await playFor(app.pipeline, 2 * WINDOW_SEC);
  return { reports, next: await Promise.all(recorders.map((recorder) => recordNext(recorder))) };
}

/** Checks clips in which the caps change, and the clips after them. */
async function checkChange(
  [name, encoder, files]: typeof STREAMS[number],
  change: keyof typeof CHANGES,
) {
  await using dir = await tempDir();
  const extensions = Object.keys(files);
  const { reports, next } = await changeCaps(dir.path, encoder, extensions, CHANGES[change]);
  for (const [i, report] of reports.entries()) {
    const text = Deno.inspect({ change, report });
    const goesOn = files[extensions[i]!]! || name === "JPEG" && change !== "size";
    assertEquals(report.shortfalls, goesOn ? [] : ["caps-changed"], text);
    assertEquals(report.dropped, 0, text);
    assertEquals(report.end >= report.requested.end, goesOn, text);
    // the change is half a window after the call
    assert(report.end > report.calls[0]!, text);
    assertEquals((await probeClip(report.path)).frames, report.frames, text);
  }
  for (const report of next) {
    assertEquals([report.shortfalls, report.dropped], [[], 0], Deno.inspect(report));
    assertEquals((await probeClip(report.path)).frames, report.frames);
  }
  addRow(import.meta.url, {
    fault: `another ${change} of ${name} video in mid-clip`,
    tries: extensions.length,
    outcome: name === "raw"
      ? "the clip continues"
      : "the clip continues, or is finished with caps-changed",
    lost: name === "raw" ? "0 frames" : "0 frames before the change",
  });
}

for (const stream of STREAMS) {
  Deno.test(`record() continues or finishes a clip of ${stream[0]} video when its caps change`, async () => {
    // encoders only take one format
    const changes = stream[0] === "raw"
      ? ["size", "frame rate", "format"] as const
      : ["size", "frame rate"] as const;
    await Promise.all(changes.map((change) => checkChange(stream, change)));
  });
}

Deno.test("record() finishes a clip of a custom bin when the caps change", async () => {
  await using dir = await tempDir();
  class PlainBin extends RecordBin {
    static override readonly binString: string =
      "appsrc name=appsrc ! videoconvert ! vp8enc deadline=1 ! webmmux ! filesink name=filesink";
  }
  await using app = await runLive(
    `videotestsrc is-live=true ! capsfilter name=filter caps=${VIDEO} ! tee name=t t. ! fakesink`,
  );
  const recorder = recorderOf(app.pipeline, newPaths(dir.path), {
    ...{ windowSizeSec: WINDOW_SEC, recordBinClass: PlainBin },
  });
  await playFor(app.pipeline, 2 * WINDOW_SEC);
  const recording = await recorder.record();
  app.pipeline.element("filter").setProperty("caps", CHANGES["frame rate"]);
  const report = await reportOf(recording);
  assertEquals([report.shortfalls, report.dropped], [["caps-changed"], 0], Deno.inspect(report));
  await checkFile(report);
  await playFor(app.pipeline, 2 * WINDOW_SEC);
  const next = await recordNext(recorder);
  assertEquals([next.shortfalls, next.dropped], [[], 0], Deno.inspect(next));
});

Deno.test("record() after a change of the caps of encoded video starts the clip with the change", async () => {
  await using dir = await tempDir();
  await using app = await runLive(
    `videotestsrc is-live=true ! capsfilter name=filter caps=${VIDEO} ! ` +
      "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! h264parse ! tee name=t t. ! fakesink",
  );
  const recorder = recorderAt(app, dir.path, ".mp4");
  await playFor(app.pipeline, 2 * WINDOW_SEC);
  app.pipeline.element("filter").setProperty("caps", CHANGES.size);
  await playFor(app.pipeline, WINDOW_SEC / 2);
  const report = await recordNext(recorder);
  assertEquals(report.shortfalls, ["caps-changed"], Deno.inspect(report));
  assert(report.start > report.requested.start && report.start <= report.calls[0]!);
  assert(report.end >= report.requested.end);
  assertEquals((await probeClip(report.path)).frames, report.frames);
});
