/**
 * Encoded sound of each codec in each container: recorded as it is, or refused with advice.
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CLIP_EXTENSIONS, Pipeline, RecordingError, verifyClip } from "../../mod.ts";
import { decode } from "../helpers/ffmpeg.ts";
import { newPaths, recordClip, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached, until } from "../helpers/wait.ts";

const ALL = [".mkv", ".mp4", ".mov", ".ts"];
/** Encoders, and the containers that take what they make. */
const CODECS: [string, string[]][] = [
  ["avenc_aac ! aacparse ! audio/mpeg,stream-format=raw", ALL],
  ["voaacenc ! aacparse ! audio/mpeg,stream-format=adts", ALL],
  ["lamemp3enc ! mpegaudioparse", ALL],
  ["twolamemp2enc ! mpegaudioparse", ALL],
  ["avenc_ac3 ! ac3parse", ALL],
  ["opusenc", [".webm", ".mkv", ".mp4", ".ts"]],
  ["audio/x-raw,rate=8000 ! alawenc", [".mkv", ".mov"]],
  ["audio/x-raw,rate=8000,channels=2 ! mulawenc", [".mkv", ".mov"]],
];
const RATE = 8000;
/** What decoders leave out at the start, where they lack a packet before it. */
const MAX_LOST_SEC = 0.06;

Deno.test("record() writes encoded sound as it is into each container that takes it", async () => {
  await using dir = await tempDir();
  const text = CODECS.map(([encoder], index) =>
    `audiotestsrc is-live=true ! audioconvert ! audioresample ! ${encoder} ! tee name=t${index} ` +
    "! fakesink async=false"
  );
  await using app = await runLive(text.join(" "));
  await reached(app.pipeline, 1);
  for (const extension of CLIP_EXTENSIONS) {
    await Promise.all(CODECS.map(async ([encoder, extensions], index) => {
      await using recorder = recorderOf(app.pipeline, newPaths(dir.path, extension), {
        srcTeeName: `t${index}`,
      });
      const clip = recordClip(recorder, { beforeSec: 0.1, maxDelaySec: 15 });
      if (!extensions.includes(extension)) {
        await assertRejects(() => clip, RecordingError, "end the clips' names in");
        return;
      }
      const { path, duration } = await clip;
      const { faults } = await verifyClip(path);
      assertEquals(faults, [], encoder + extension);
      const { bytes } = await decode(path, ["-f", "s16le", "-ac", "1", "-ar", String(RATE)]);
      const samples = new Int16Array(bytes.buffer);
      const sec = samples.length / RATE;
      const what = `${encoder}${extension}: ${sec} of ${duration} s`;
      assert(sec > duration - MAX_LOST_SEC && sec < duration + 0.03, what);
      assert(samples.some((sample) => sample > 15_000), what);
    }));
  }
});

Deno.test("VideoRecorder() refuses sound that no container takes, or warns once it is known", async () => {
  const text =
    "audiotestsrc is-live=true ! audio/x-raw,rate=16000 ! speexenc ! tee name=t ! fakesink";
  await using pipeline = Pipeline.parse(text);
  const warnings: string[] = [];
  const message = 'No file takes audio/x-speex, which tee "t" carries: decode it before the tee';
  const make = () =>
    recorderOf(pipeline, () => "", { onWarning: (warning) => void warnings.push(warning) });
  await using _recorder = make();
  assertEquals(warnings, []);
  await pipeline.play();
  await until("the caps are known", () => warnings.length > 0);
  assertEquals(warnings, [message]);
  const before = pipeline.elementNames().length;
  assertThrows(make, RangeError, message);
  assertEquals(pipeline.elementNames().length, before);
});
