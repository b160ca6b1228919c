/**
 * Processes that end in the middle of recordings.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { readTimes } from "./ffprobe.ts";
import { FPS } from "./fps.ts";
import { range } from "./range.ts";
import { startChild } from "./script.ts";

/** How a process ended. */
export interface Interrupted {
  code: number;
  stderr: string;
  /** Number of frames that had arrived by then, as far as it could print that. */
  frames: number;
}

/** How to interrupt a process. */
export interface InterruptOptions {
  /** `exitTimeoutSec` of the recorders; the first of their encoders hangs then. */
  exitSec?: number;
  /** What to do before the signal, while the clips are open. */
  before?: () => Promise<void>;
}

/**
 * Runs a process that opens clips, and ends it in the middle of them.
 *
 * @param end A signal to send, or what interrupted.ts does by itself.
 */
export async function interrupt(
  end: string,
  folder: string,
  recorders: number,
  options: InterruptOptions = {},
): Promise<Interrupted> {
  const { exitSec, before } = options;
  const args = [end, folder, recorders, ...(exitSec === undefined ? [] : [exitSec])].map(String);
  const child = startChild("interrupted.ts", args);
  await child.until("recording");
  await before?.();
  if (end.startsWith("SIG")) child.kill(end as Deno.Signal);
  const { code, stdout, stderr } = await child.result;
  const [, frames] = [...stdout.matchAll(/^frames (\d+)$/gm)].at(-1)!;
  return { code, stderr, frames: Number(frames) };
}

/** Returns how many frames a clip of {@link interrupt} lacks at its end; none may be missing before. */
export async function lostFrames(path: string, frames: number): Promise<number> {
  const numbers = (await readTimes(path)).map((sec) => Math.round(sec * FPS));
  assertEquals(numbers, range(numbers.length, numbers[0]!), path);
  // the last frame may not have arrived at the ring
  return Math.max(0, frames - 2 - numbers.at(-1)!);
}
