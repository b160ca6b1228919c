/**
 * Sound that beeps when a second begins, as numbered video shows a frame that is a multiple of its rate.
 *
 * @module
 */
import { run } from "./run.ts";

/** Samples per second. */
const RATE = 48_000;
/** Seconds that a beep lasts. */
export const BEEP_SEC = 0.05;

/** Writes seconds of sound that begin with a beep each: 16-bit samples, one channel. */
export async function writeBeeps(path: string, seconds: number): Promise<void> {
  const samples = new Int16Array(seconds * RATE);
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < BEEP_SEC * RATE; i++) {
      samples[second * RATE + i] = Math.round(20_000 * Math.sin(2 * Math.PI * 1000 * i / RATE));
    }
  }
  await Deno.writeFile(path, new Uint8Array(samples.buffer));
}

/** Pipeline text: the beeps of a file in pieces of 20 ms, up to a tee. */
export function beepSource(path: string, teeName: string, encoder = "identity"): string {
  return `filesrc location="${path}" ! rawaudioparse format=pcm pcm-format=s16le ` +
    `sample-rate=${RATE} num-channels=1 ! audiobuffersplit output-buffer-duration=1/50 ` +
    `! identity sync=true ! valve name=${teeName}_valve ! audioconvert ! ${encoder} ! tee name=${teeName}`;
}

/** When a clip's beeps begin, in seconds, decoded by ffmpeg. */
export async function readBeeps(clip: string): Promise<number[]> {
  const first = await firstTime(clip);
  const raw = await Deno.makeTempFile();
  try {
    const { stderr } = await run("ffmpeg", [
      ...["-v", "error", "-i", clip, "-map", "0:a", "-f", "s16le", "-ar", String(RATE), "-ac", "1"],
      ...["-y", raw],
    ]);
    if (stderr !== "") throw new Error(`ffmpeg on ${clip}: ${stderr}`);
    const samples = new Int16Array((await Deno.readFile(raw)).buffer);
    return onsets(samples).map((index) => first + index / RATE);
  } finally {
    await Deno.remove(raw);
  }
}

/** The time of the first sample that a decoder gives. */
async function firstTime(clip: string): Promise<number> {
  const { stdout } = await run("ffprobe", [
    ...["-v", "error", "-select_streams", "a:0", "-show_entries", "frame=pts_time"],
    ...["-of", "json", clip],
  ]);
  const { frames } = JSON.parse(stdout) as { frames: { pts_time: string }[] };
  return Number(frames[0]!.pts_time);
}

/** Where sound begins after silence. */
function onsets(samples: Int16Array): number[] {
  const found: number[] = [];
  let lastLoud = -Infinity;
  for (const [index, sample] of samples.entries()) {
    if (Math.abs(sample) < 4000) continue;
    if (index - lastLoud > RATE / 2) found.push(index);
    lastLoud = index;
  }
  return found;
}
