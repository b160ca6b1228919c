/**
 * Clips and snapshots of interlaced video.
 */
import { assert, assertEquals } from "@std/assert";
import { EncodedRingBuffer } from "../../mod.ts";
import { decode, ffmpeg } from "../helpers/ffmpeg.ts";
import { ffprobe } from "../helpers/ffprobe.ts";
import { recordClips, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

const SIZE = { width: 64, height: 48 };

/** Live interlaced video at 25 frames a second: the lines of the first field are white, those of the second one black. */
async function interlacedSource(folder: string): Promise<string> {
  const path = `${folder}/fields.raw`;
  const line = (y: number) => new Array(SIZE.width).fill(y % 2 === 0 ? 235 : 16);
  const luma = Array.from({ length: SIZE.height }, (_, y) => line(y)).flat();
  const chroma = new Array(SIZE.width * SIZE.height / 2).fill(128);
  await Deno.writeFile(path, Uint8Array.from([...luma, ...chroma]));
  return `filesrc location="${path}" ! rawvideoparse format=i420 width=${SIZE.width} ` +
    `height=${SIZE.height} framerate=1/1 interlaced=true top-field-first=true ! ` +
    "imagefreeze is-live=true ! video/x-raw,framerate=25/1 ! tee name=t t. ! fakesink";
}

/** Returns the darkest value of a picture that should be white, away from its edges. */
async function darkest(path: string): Promise<number> {
  const { bytes } = await decode(path, ["-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo"]);
  return bytes.subarray(3 * 8 * SIZE.width, -3 * 8 * SIZE.width).reduce((a, b) => Math.min(a, b));
}

Deno.test("interlaced raw video becomes progressive, one frame of each, and a warning says so once", async () => {
  await using dir = await tempDir();
  await using app = await runLive(await interlacedSource(dir.path));
  await reached(app.pipeline, 0.1);
  const warnings: string[] = [];
  const options = { onWarning: (text: string) => warnings.push(text) };
  const rings = [{}, { ringBufferClass: EncodedRingBuffer }];
  const recorders = [
    ...[".webm", ".mp4"].map((extension) =>
      recorderOf(app.pipeline, `${dir.path}/clip${extension}`, options)
    ),
    recorderOf(app.pipeline, `${dir.path}/ring.mp4`, { ...options, ...rings[1] }),
  ];
  await reached(app.pipeline, 1.5);
  assertEquals(
    warnings.filter((text) => /^The video at tee "t" is interlaced/.test(text)).length,
    recorders.length,
  );
  const [recorder] = recorders;
  await recorder!.snapshot(`${dir.path}/now.png`);
  assert(await darkest(`${dir.path}/now.png`) > 220);
  for (
    const { path, frames, shortfalls, dropped } of await recordClips(recorders, { maxDelaySec: 20 })
  ) {
    assertEquals({ shortfalls, dropped }, { shortfalls: [], dropped: 0 });
    const { streams: [stream] } = await ffprobe<{ streams: Record<string, string>[] }>(
      path,
      "stream=field_order,nb_read_frames",
      { args: ["-count_frames"] },
    );
    assertEquals(Number(stream!.nb_read_frames), frames, path);
    assert(["progressive", undefined].includes(stream!.field_order), path);
    assert(await darkest(path) > 200, path);
  }
});

Deno.test("encoded interlaced video is written as it is, each frame once", async () => {
  await using dir = await tempDir();
  const file = `${dir.path}/interlaced.mkv`;
  await ffmpeg([
    ...["-f", "lavfi", "-i", "testsrc=size=64x48:rate=50", "-vf", "interlace,format=yuv420p"],
    ...["-t", "4", "-c:v", "libx264", "-flags", "+ildct+ilme"],
    ...["-x264opts", "tff=1:keyint=10:bframes=0", file],
  ]);
  await using app = await runLive(
    `filesrc location="${file}" ! matroskademux ! h264parse ! tee name=t t. ! fakesink sync=true`,
  );
  const warnings: string[] = [];
  const recorders = [".mp4", ".mkv", ".ts"].map((extension) =>
    recorderOf(app.pipeline, `${dir.path}/clip${extension}`, {
      windowSizeSec: 1,
      onWarning: (text) => warnings.push(text),
    })
  );
  await reached(app.pipeline, 1.5);
  for (const { path, frames, duration } of await recordClips(recorders, { maxDelaySec: 20 })) {
    const { streams: [stream] } = await ffprobe<{ streams: Record<string, string>[] }>(
      path,
      "stream=field_order,nb_read_frames",
      { args: ["-count_frames"] },
    );
    assertEquals(Number(stream!.nb_read_frames), frames, path);
    assertEquals(Math.round(duration * 25), frames, path);
    assert(["tt", "tb"].includes(stream!.field_order!), `${path}: ${stream!.field_order}`);
  }
  assertEquals(warnings, []);
});
