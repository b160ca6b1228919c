/**
 * Sound with a beep at the start of each second, when numbered video shows a multiple of its frame rate.
 *
 * @module
 */
import { decode } from "./ffmpeg.ts";
import { ffprobe } from "./ffprobe.ts";

/** Samples per second. */
const RATE = 48_000;
/** Duration of a beep, in seconds. */
export const BEEP_SEC = 0.05;

/** Writes seconds of sound, each with a beep at its start: 16-bit samples, one channel. */
export async function writeBeeps(path: string, seconds: number): Promise<void> {
  const samples = new Int16Array(seconds * RATE);
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < BEEP_SEC * RATE; i++) {
      samples[second * RATE + i] = Math.round(20_000 * Math.sin(2 * Math.PI * 1000 * i / RATE));
    }
  }
  await Deno.writeFile(path, new Uint8Array(samples.buffer));
}

/** Returns a source as pipeline text: the beeps of a file in buffers of 20 ms, through a valve to a tee. */
export function beepSource(path: string, teeName: string, encoder = "identity"): string {
  return `filesrc location="${path}" ! rawaudioparse format=pcm pcm-format=s16le ` +
    `sample-rate=${RATE} num-channels=1 ! audiobuffersplit output-buffer-duration=1/50 ` +
    `! identity sync=true ! valve name=${teeName}_valve ! audioconvert ! ${encoder} ! tee name=${teeName}`;
}

/** Reads when a clip's beeps begin, in seconds. */
export async function readBeeps(clip: string): Promise<number[]> {
  const first = await firstTime(clip);
  const format = ["-map", "0:a", "-f", "s16le", "-ar", String(RATE), "-ac", "1"];
  const { bytes, complaints } = await decode(clip, format);
  if (complaints !== "") throw new Error(`ffmpeg on ${clip}: ${complaints}`);
  return onsets(new Int16Array(bytes.buffer)).map((index) => first + index / RATE);
}

/** Reads the PTS of the first decoded sample. */
async function firstTime(clip: string): Promise<number> {
  const { frames } = await ffprobe<{ frames: { pts_time: string }[] }>(
    clip,
    "frame=pts_time",
    { args: ["-select_streams", "a:0"] },
  );
  return Number(frames[0]!.pts_time);
}

/** Finds the indices at which sound begins after silence. */
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
