/**
 * Sound of several channels, each with a tone of its own.
 *
 * @module
 */
import { decode } from "./ffmpeg.ts";
import { range } from "./range.ts";

const RATE = 48_000;
/** Samples that are examined: each tone has a whole number of waves in them. */
const WINDOW = RATE / 10;

/** The frequency of a channel's tone. */
function frequency(channel: number): number {
  return 300 + 170 * channel;
}

/** Writes seconds of 16-bit samples in which each channel has a tone. */
export async function writeTones(path: string, channels: number, seconds: number): Promise<void> {
  const samples = new Int16Array(seconds * RATE * channels);
  for (let i = 0; i < samples.length; i++) {
    const [at, channel] = [Math.floor(i / channels), i % channels];
    samples[i] = Math.round(8000 * Math.sin(2 * Math.PI * frequency(channel) * at / RATE));
  }
  await Deno.writeFile(path, new Uint8Array(samples.buffer));
}

/** Returns a live source of tones as pipeline text; `caps` are further fields of its caps, such as the channel mask. */
export function toneSource(path: string, channels: number, caps: string): string {
  return `filesrc location="${path}" ! rawaudioparse format=pcm pcm-format=s16le ` +
    `sample-rate=${RATE} num-channels=${channels} ! capssetter caps="audio/x-raw${caps}" ` +
    "! audiobuffersplit output-buffer-duration=1/50 ! identity sync=true";
}

/**
 * Reads which tones each channel of a clip has.
 *
 * @param count The number of the clip's channels.
 * @param channels The number of the source's channels.
 * @returns For each channel of the clip, the numbers of the source's channels.
 */
export async function readTones(
  clip: string,
  count: number,
  channels: number,
): Promise<number[][]> {
  const format = ["-map", "0:a", "-f", "s16le", "-ar", String(RATE)];
  const { bytes, complaints } = await decode(clip, format);
  if (complaints !== "") throw new Error(`ffmpeg on ${clip}: ${complaints}`);
  const samples = new Int16Array(bytes.buffer);
  const start = Math.floor(samples.length / count / 2) - WINDOW / 2;
  const levels = range(count).map((channel) => {
    const part = range(WINDOW).map((i) => samples[(start + i) * count + channel]!);
    return range(channels).map((tone) => level(part, frequency(tone)));
  });
  // encoders of AAC let channels share what they have in common
  const least = Math.max(...levels.flat()) / 4;
  return levels.map((each) => range(channels).filter((tone) => each[tone]! > least));
}

/** Returns the amplitude of a frequency in samples. */
function level(samples: readonly number[], hertz: number): number {
  let [re, im] = [0, 0];
  for (const [i, sample] of samples.entries()) {
    re += sample * Math.cos(2 * Math.PI * hertz * i / RATE);
    im += sample * Math.sin(2 * Math.PI * hertz * i / RATE);
  }
  return 2 * Math.hypot(re, im) / samples.length;
}
