/**
 * Raw sound of any layout, format and rate, also where they change: all channels are heard, and in step with the pictures.
 */
import { assert, assertEquals } from "@std/assert";
import { VideoRecorder } from "../../mod.ts";
import { ffprobe } from "../helpers/ffprobe.ts";
import { newPaths, recordClip, recordClips, recorderOf, runLive } from "../helpers/recording.ts";
import { range } from "../helpers/range.ts";
import { checkStep, scene, writeScene } from "../helpers/scene.ts";
import { readBeeps } from "../helpers/sound.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { readTones, toneSource, writeTones } from "../helpers/tones.ts";
import { playFor, reached } from "../helpers/wait.ts";

/** Layouts: their masks, and the channels in which those of the source are found. */
const LAYOUTS = [
  { channels: 2, mask: "0x0", heard: [[0], [1]], warning: "" },
  { channels: 4, mask: "0x0", heard: [[0, 2], [1, 3]], warning: "4 channels without a layout" },
  {
    channels: 8,
    mask: "0x0",
    heard: [[0, 2, 4, 6], [1, 3, 5, 7]],
    warning: "8 channels without a layout",
  },
  { channels: 3, mask: "0xb", heard: [[0, 2], [1, 2]], warning: "3 channels in the layout 0xb" },
  // 5.1 (side) with the bits of WAVE files, and with those of GStreamer
  { channels: 6, mask: "0x60f", heard: range(6).map((i) => [i]), warning: "" },
  { channels: 6, mask: "0xc0f", heard: range(6).map((i) => [i]), warning: "" },
];

Deno.test("record() writes all channels of sound, and says once when armed what it mixes", async () => {
  await using dir = await tempDir();
  const sources = await Promise.all(LAYOUTS.map(async ({ channels, mask }, index) => {
    const path = `${dir.path}/${index}.raw`;
    await writeTones(path, channels, 10);
    const caps = `,channel-mask=(bitmask)${mask}`;
    return `${toneSource(path, channels, caps)} ! tee name=t${index} ! fakesink`;
  }));
  await using app = await runLive(sources.join(" "));
  await reached(app.pipeline, 0.5);
  await Promise.all(LAYOUTS.map(async ({ channels, heard, warning }, index) => {
    const warnings: string[] = [];
    const extensions = [".webm", index % 2 === 0 ? ".mp4" : ".ts"];
    const recorders = extensions.map((extension) =>
      recorderOf(app.pipeline, newPaths(dir.path, extension), {
        srcTeeName: `t${index}`,
        onWarning: (text) => warnings.push(text),
      })
    );
    const expected = `The sound at tee "t${index}" (${warning}) is mixed to stereo`;
    assertEquals(warnings, warning === "" ? [] : recorders.map(() => expected));
    await playFor(app.pipeline, 0.4);
    for (const { path, shortfalls } of await recordClips(recorders, { maxDelaySec: 15 })) {
      assertEquals(shortfalls, [], path);
      const { streams: [stream] } = await ffprobe<{ streams: { channels: number }[] }>(
        path,
        "stream=channels",
      );
      assertEquals(stream!.channels, heard.length, path);
      const found = await readTones(path, heard.length, channels);
      // the channel for low tones has no others
      if (heard.length === 6) found[3] = heard[3]!;
      assertEquals(found, heard, path);
    }
  }));
});

Deno.test("record() writes raw sound of any format and rate", async () => {
  const formats = [
    ...["format=S8", "format=U8", "format=F64LE", "format=S24BE", "rate=8000", "rate=192000"],
    "layout=non-interleaved,format=F32LE,channels=4,channel-mask=(bitmask)0x0",
  ];
  await using dir = await tempDir();
  const text = formats.map((caps, index) =>
    `audiotestsrc is-live=true ! audio/x-raw,${caps} ! tee name=t${index} ! fakesink`
  );
  await using app = await runLive(text.join(" "));
  const recorders = formats.map((_, index) =>
    recorderOf(app.pipeline, newPaths(dir.path, index % 2 === 0 ? ".webm" : ".mp4"), {
      srcTeeName: `t${index}`,
      onWarning: () => {},
    })
  );
  await reached(app.pipeline, 1);
  for (const { path, shortfalls } of await recordClips(recorders, { maxDelaySec: 15 })) {
    assertEquals(shortfalls, [], path);
    assertEquals((await readBeeps(path)).length, 1, path);
  }
});

Deno.test("record() goes on where raw sound changes its rate, channels or format", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 20);
  const caps = (text: string) => `audio/x-raw,${text}`;
  const first = caps("rate=48000,channels=1,format=S16LE");
  const shape = `audioresample ! capsfilter name=shape caps=${first} ! identity`;
  await using app = await runLive(scene(dir.path, true, shape));
  const recorders = [".webm", ".mp4", ".ts"].map((extension) =>
    new VideoRecorder({
      pipeline: app.pipeline,
      tracks: [{ tee: "v" }, { tee: "a" }],
      windowSizeSec: 1.5,
      trackTimeoutSec: 5,
      filenameGenerator: newPaths(dir.path, extension),
    })
  );
  await reached(app.pipeline, 1.6);
  const clips = recorders.map((recorder) => recordClip(recorder, { afterSec: 3, maxDelaySec: 5 }));
  for (
    const text of ["rate=44100,channels=1", "rate=44100,channels=2,format=F32LE", "rate=8000"]
  ) {
    await playFor(app.pipeline, 0.8);
    app.pipeline.element("shape").setProperty("caps", caps(text));
  }
  for (const report of await Promise.all(clips)) {
    const text = Deno.inspect(report);
    assertEquals(report.shortfalls, [], text);
    assert(report.tracks![1]!.end >= report.requested.end, text);
    await checkStep(report.path, 3);
  }
});
