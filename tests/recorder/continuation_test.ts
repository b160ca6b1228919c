/**
 * Events during which the stream changes: they go on in another file.
 */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { FPS } from "../helpers/fps.ts";
import { checkFile, newPaths, recorderOf, reportOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor } from "../helpers/wait.ts";

const WINDOW_SEC = 2;
/** Video whose size changes with the caps of the element `size`, and sound. */
const SOURCE = `videotestsrc is-live=true ! video/x-raw,framerate=${FPS}/1 ! videoscale ! ` +
  "capsfilter name=size caps=video/x-raw,width=64,height=48,pixel-aspect-ratio=1/1 ! " +
  "x264enc tune=zerolatency key-int-max=10 ! h264parse ! tee name=t t. ! fakesink " +
  "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=1 ! tee name=a a. ! fakesink";

Deno.test("record() goes on in another file where the caps change, and reports both", async () => {
  await using dir = await tempDir();
  await using app = await runLive(SOURCE);
  const options = { windowSizeSec: WINDOW_SEC, onWarning: () => {} };
  const plain = recorderOf(app.pipeline, newPaths(dir.path, ".mp4"), options);
  const { srcTeeName: _, ...both } = {
    ...{ ...options, srcTeeName: undefined, tracks: [{ tee: "t" }, { tee: "a" }] },
  };
  const withSound = recorderOf(app.pipeline, newPaths(dir.path, ".mkv"), {
    ...both,
    srcTeeName: undefined!,
  });
  await playFor(app.pipeline, 1.5 * WINDOW_SEC);
  const recordings = await Promise.all([plain, withSound].map((recorder) => recorder.record()));
  await playFor(app.pipeline, WINDOW_SEC / 4);
  app.pipeline.element("size").setProperty(
    "caps",
    "video/x-raw,width=96,height=64,pixel-aspect-ratio=1/1",
  );
  await playFor(app.pipeline, WINDOW_SEC / 4);
  // a call that falls into the event extends its second file
  assertEquals(await plain.record(), recordings[0]);
  const [first, other] = await Promise.all(recordings.map(reportOf));
  for (const report of [first!, other!]) {
    const text = Deno.inspect(report);
    const [second, ...more] = report.continuations;
    assert(second !== undefined && more.length === 0, text);
    assertEquals(second.eventId, report.eventId);
    assertNotEquals(second.path, report.path);
    assertEquals(report.shortfalls, ["caps-changed"], text);
    assertEquals(second.shortfalls, [], text);
    assertAlmostEquals(second.start, report.end, 1e-6, text);
    assert(second.end >= second.requested.end, text);
    const frames = Math.round((second.end - report.start) * FPS);
    assertEquals(report.frames + second.frames, frames, text);
    const record = JSON.parse(await Deno.readTextFile(`${second.path}.json`));
    assertEquals([record.eventId, record.state], [report.eventId, "finished"]);
  }
  for (const report of [first!, ...first!.continuations]) await checkFile(report);
  assertEquals(first!.continuations[0]!.calls.length, 2);
  const [video, sound] = other!.continuations[0]!.tracks!;
  assertAlmostEquals(video!.start, sound!.start, 0.05);
});
