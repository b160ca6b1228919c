/**
 * Rings that encode video.
 */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { EncodedRingBuffer, GstError } from "../../mod.ts";
import { chooseDecoder, chooseEncoder } from "../../src/ringbuffer/encoded_ring_buffer.ts";
import { codecOf, ffprobe } from "../helpers/ffprobe.ts";
import { FPS } from "../helpers/fps.ts";
import { numberedSource, readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { range } from "../helpers/range.ts";
import { newPaths, recordClip, recordClips, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

Deno.test("chooseEncoder() returns the first encoder that is installed", () => {
  const among = (...names: string[]) => (name: string) => names.includes(name);
  assertMatch(chooseEncoder(() => true).text, /^nvh264enc ! h264parse/);
  assertMatch(
    chooseEncoder(among("x264enc", "vp8enc", "h264parse")).text,
    /^x264enc .* ! h264parse/,
  );
  assertMatch(chooseEncoder(among("x264enc", "vp8enc")).text, /^vp8enc/);
  const { message } = assertThrows(() => chooseEncoder(() => false), GstError);
  assertMatch(message, /apt-get install gstreamer1\.0-plugins-ugly/);
});

Deno.test("EncodedRingBuffer keeps every frame from a keyframe before the window", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/numbered.raw`;
  await writeNumbered(path, 20 * FPS);
  for (const live of [true, false]) {
    const source = numberedSource({ path, live });
    await using app = await runLive(`${source} t. ! fakesink`);
    const options = { windowSizeSec: 1, ringBufferClass: EncodedRingBuffer, onWarning: () => {} };
    const recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mp4"), options);
    await reached(app.pipeline, 3);
    for (let clip = 0; clip < 2; clip++) {
      const report = await recordClip(recorder);
      const expected = range(report.frames, Math.round(report.start * FPS));
      assertEquals(await readNumbers(report.path), expected);
      assert(report.start < report.requested.start + 1 / FPS, Deno.inspect(report));
      assert(report.end >= report.requested.end - 1e-6, Deno.inspect(report));
      assertEquals(report.shortfalls, []);
    }
  }
});

Deno.test("EncodedRingBuffer encodes video of any format and size so that all players can play it", async () => {
  await using dir = await tempDir();
  await Promise.all(
    ["RGB,width=65,height=49", "I420_10LE,width=64,height=48"].map(async (format) => {
      await using app = await runLive(
        `videotestsrc is-live=true ! video/x-raw,format=${format},framerate=30/1 ! tee name=t t. ! fakesink`,
      );
      const options = {
        windowSizeSec: 0.3,
        ringBufferClass: EncodedRingBuffer,
        onWarning: () => {},
      };
      await using recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mp4"), options);
      await reached(app.pipeline, 0.8);
      const { path } = await recordClip(recorder);
      const { streams } = await ffprobe<{ streams: unknown[] }>(
        path,
        "stream=width,height,pix_fmt",
      );
      assertEquals(streams, [{ width: 64, height: 48, pix_fmt: "yuv420p" }]);
    }),
  );
});

Deno.test("EncodedRingBuffer.encoderString sets another encoder", async () => {
  class Vp8RingBuffer extends EncodedRingBuffer {
    static override readonly encoderString: string = "vp8enc deadline=1 keyframe-max-dist=15";
  }
  await using dir = await tempDir();
  await using app = await runLive();
  const options = { windowSizeSec: 1, ringBufferClass: Vp8RingBuffer };
  const recorder = recorderOf(app.pipeline, newPaths(dir.path), options);
  await reached(app.pipeline, 2.5);
  const report = await recordClip(recorder, { afterSec: 0.2 });
  assertEquals(report.shortfalls, []);
});

Deno.test("EncodedRingBuffer decodes what browsers do not play", async () => {
  assert(!EncodedRingBuffer.takes("video/x-h264"));
  await using dir = await tempDir();
  const path = `${dir.path}/numbered.raw`;
  await writeNumbered(path, 20 * FPS);
  const source = numberedSource({ path, teeName: "raw" });
  await using app = await runLive(
    `${source} raw. ! videoconvert ! jpegenc quality=95 ! tee name=t t. ! fakesink`,
  );
  const options = { windowSizeSec: 1, onWarning: () => {} };
  const encoded = { ...options, ringBufferClass: EncodedRingBuffer };
  const recorders = [
    recorderOf(app.pipeline, newPaths(dir.path, ".mp4"), encoded),
    recorderOf(app.pipeline, newPaths(dir.path, ".mkv"), options),
  ];
  await reached(app.pipeline, 3);
  const reports = await recordClips(recorders);
  for (const { path, start, frames, shortfalls } of reports) {
    assertEquals(await readNumbers(path), range(frames, Math.round(start * FPS)));
    assertEquals(shortfalls, []);
  }
  const codecs = await Promise.all(reports.map(({ path }) => codecOf(path)));
  assertEquals(codecs, ["h264", "mjpeg"]);
});

Deno.test("chooseDecoder() names what is missing", () => {
  assertEquals(chooseDecoder("video/x-raw", () => false), undefined);
  assertEquals(chooseDecoder("image/jpeg", () => true), "jpegparse ! jpegdec");
  const { message } = assertThrows(() => chooseDecoder("image/jpeg", () => false), GstError);
  assertMatch(message, /not installed: jpegparse, jpegdec\n.*apt-get install/);
});
