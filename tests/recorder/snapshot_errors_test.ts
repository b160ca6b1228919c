/**
 * Snapshots that fail, and that they leave nothing behind.
 */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { GstClosedError, GstError } from "../../mod.ts";
import { imageBinText } from "../../src/recorder/snapshot.ts";
import { fileNames } from "../helpers/file_names.ts";
import { runTraced } from "../helpers/leaks.ts";
import { recorderOf, runLive, SOURCE } from "../helpers/recording.ts";
import { canMountDisk, smallDisk } from "../helpers/small_disk.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

Deno.test("snapshot() rejects wrong paths, instants and states", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorder = recorderOf(app.pipeline, `${dir.path}/a.webm`);
  const path = `${dir.path}/a.png`;
  await reached(app.pipeline, 1);
  for (const wrong of ["a.gif", "a", ".png", "a.png ", "a.toString"]) {
    const { message } = await assertRejects(() => recorder.snapshot(wrong), RangeError);
    assertMatch(message, /must end in one of \.jpg, \.jpeg, \.png/);
  }
  for (const at of [0.1, 1000, Infinity]) {
    const { message } = await assertRejects(() => recorder.snapshot(path, { at }), RangeError);
    const [, first, last] = /from ([\d.]+) to ([\d.]+) s, got/.exec(message)!;
    assert(Number(first) > 0.5 && Number(last) > Number(first) + 0.2, message);
  }
  for (const at of [-1, NaN]) {
    await assertRejects(() => recorder.snapshot(path, { at }), RangeError);
  }
  // deno-lint-ignore no-explicit-any
  const at = "1" as any;
  await assertRejects(() => recorder.snapshot(path, { at }), TypeError);
  assertEquals(fileNames(dir.path), []);

  await Deno.writeTextFile(path, "mine");
  await assertRejects(() => recorder.snapshot(path), Deno.errors.AlreadyExists, path);
  assertEquals(await Deno.readTextFile(path), "mine");
  await assertRejects(() => recorder.snapshot(`${path}/b.png`), Error);
  assertEquals(fileNames(dir.path).length, 1);

  await recorder.close();
  await assertRejects(() => recorder.snapshot(`${dir.path}/b.png`), GstClosedError);
});

Deno.test({
  name: "snapshot() rejects when the disk is full, and leaves no file behind",
  ignore: !await canMountDisk(),
  async fn() {
    await using disk = await smallDisk(4);
    await using app = await runLive(
      "videotestsrc pattern=snow is-live=true ! video/x-raw,width=320,height=240 ! tee name=t t. ! fakesink",
    );
    const recorder = recorderOf(app.pipeline, "/never.mkv");
    await reached(app.pipeline, 0.5);
    const snapshot = () => recorder.snapshot(`${disk.path}/a.png`);
    assertMatch((await assertRejects(snapshot, GstError)).message, /filesink/);
    assertEquals(fileNames(disk.path), []);
  },
});

Deno.test("snapshot() rejects for a tee with sound", async () => {
  await using dir = await tempDir();
  await using app = await runLive("audiotestsrc is-live=true ! tee name=t t. ! fakesink");
  const recorder = recorderOf(app.pipeline, `${dir.path}/a.mkv`);
  await reached(app.pipeline, 0.5);
  const snapshot = () => recorder.snapshot(`${dir.path}/a.png`);
  assertMatch((await assertRejects(snapshot, GstError)).message, /snapshot of audio\/x-raw/);
});

Deno.test("snapshot() rejects where no frame, or no keyframe, has arrived", async () => {
  await using dir = await tempDir();
  await using silent = await runLive(
    `${SOURCE.replace("! tee", "! valve drop=true ! tee")} t. ! fakesink async=false`,
  );
  const empty = recorderOf(silent.pipeline, `${dir.path}/a.mkv`);
  for (const options of [{}, { at: 0 }]) {
    const snapshot = () => empty.snapshot(`${dir.path}/a.png`, options);
    assertMatch((await assertRejects(snapshot, GstError)).message, /has no frame yet/);
  }
  // attached after the only keyframe
  const encoder = "x264enc tune=zerolatency key-int-max=10000 ! h264parse";
  await using app = await runLive(
    `${SOURCE.replace("name=t", "name=raw")} raw. ! queue ! ` +
      `${encoder} ! tee name=t t. ! fakesink`,
  );
  await reached(app.pipeline, 0.5);
  const recorder = recorderOf(app.pipeline, `${dir.path}/a.mkv`);
  await reached(app.pipeline, 1);
  const snapshot = () => recorder.snapshot(`${dir.path}/a.png`);
  assertMatch((await assertRejects(snapshot, GstError)).message, /has no frame yet/);
});

Deno.test("imageBinText() names a missing encoder and its package", () => {
  const { message } = assertThrows(() => imageBinText("a.png", () => false), GstError);
  assertEquals(
    message,
    "A .png file needs elements that are not installed: pngenc\n" +
      "pngenc is in Debian's package gstreamer1.0-plugins-good: " +
      "sudo apt-get install gstreamer1.0-plugins-good",
  );
  assertMatch(imageBinText("a.Jpeg", () => true), /! jpegenc /);
});

Deno.test("snapshot() leaves no GStreamer object alive", async () => {
  await using dir = await tempDir();
  const { stdout, stderr, alive } = await runTraced("many_snapshots.ts", [dir.path]);
  assertEquals([stdout, stderr, alive], ["12 snapshots\n", "", []]);
});
