/**
 * Numbered video with beeps, which show whether video and sound are in step.
 *
 * @module
 */
import { assert } from "@std/assert";
import { type Pipeline, VideoRecorder, type VideoRecorderOptions } from "../../mod.ts";
import { readTimes } from "./ffprobe.ts";
import { FPS } from "./fps.ts";
import { numberedSource, readNumbers, writeNumbered } from "./numbered.ts";
import { BEEP_SEC, beepSource, readBeeps, writeBeeps } from "./sound.ts";

/** Writes the files of {@link scene}. */
export async function writeScene(folder: string, seconds: number): Promise<void> {
  await writeNumbered(`${folder}/numbered.raw`, seconds * FPS);
  await writeBeeps(`${folder}/beeps.raw`, seconds);
}

/**
 * Returns a pipeline's text: numbered video into tee `v`, beeps into tee `a`, each through a valve.
 *
 * @param encoder Elements that encode the sound. Defaults to none.
 */
export function scene(folder: string, live: boolean, encoder?: string): string {
  const video = numberedSource({ path: `${folder}/numbered.raw`, live, teeName: "raw" });
  return `${video} raw. ! valve name=v_valve ! tee name=v v. ! fakesink sync=true ` +
    `${beepSource(`${folder}/beeps.raw`, "a", encoder)} a. ! fakesink`;
}

/** Attaches a recorder to the tees of a {@link scene}. */
export function sceneRecorder(
  pipeline: Pipeline,
  filenameGenerator: () => string,
  options: Partial<VideoRecorderOptions> & Pick<VideoRecorderOptions, "windowSizeSec">,
): VideoRecorder {
  return new VideoRecorder({
    pipeline,
    tracks: [{ tee: "v" }, { tee: "a" }],
    filenameGenerator,
    onWarning: () => {},
    ...options,
  });
}

/** Checks that each beep comes with the first frame of a second. */
export async function checkStep(path: string, beeps: number): Promise<void> {
  const [numbers, times, sound] = await Promise.all([
    readNumbers(path),
    readTimes(path),
    readBeeps(path),
  ]);
  const flashes = times.filter((_, i) => numbers[i]! % FPS === 0);
  // the clip may start in the middle of a beep
  const inside = sound.filter((time) => time >= times[0]! + BEEP_SEC && time < times.at(-1)!);
  const offsets = inside.map((time) => Math.min(...flashes.map((flash) => Math.abs(flash - time))));
  assert(offsets.length >= beeps, `${path} has ${offsets.length} beeps`);
  for (const offset of offsets) assert(offset < 1 / FPS, `${path}: ${offset} s`);
}
