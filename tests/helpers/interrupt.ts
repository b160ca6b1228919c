/**
 * Processes that end in the middle of recordings.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readTimes } from "./numbered.ts";
import { start } from "./run.ts";

const SCRIPT = fromFileUrl(new URL("../children/interrupted.ts", import.meta.url));
const FPS = 30;

/** How a process ended. */
export interface Interrupted {
  code: number;
  stderr: string;
  /** Frames that had come by then, as far as it could tell. */
  frames: number;
}

/** How to interrupt. */
export interface InterruptOptions {
  /** The recorders' exitTimeoutSec; the first of their encoders hangs then. */
  exitSec?: number;
  /** What to do while the clips are open, before the signal. */
  before?: () => Promise<void>;
}

/**
 * Has a process open clips, and end in the middle of them.
 *
 * @param end A signal, or what interrupted.ts does by itself.
 */
export async function interrupt(
  end: string,
  folder: string,
  recorders: number,
  options: InterruptOptions = {},
): Promise<Interrupted> {
  const { exitSec, before } = options;
  const args = [end, folder, recorders, ...(exitSec === undefined ? [] : [exitSec])].map(String);
  const child = start(Deno.execPath(), ["run", "-A", SCRIPT, ...args], { timeoutSec: 30 });
  await child.until("recording");
  await before?.();
  if (end.startsWith("SIG")) child.kill(end as Deno.Signal);
  const { code, stdout, stderr } = await child.result;
  const [, frames] = [...stdout.matchAll(/^rendered=\(guint64\)(\d+);?$/gm)].at(-1)!;
  return { code, stderr, frames: Number(frames) };
}

/** Frames that a clip of {@link interrupt} lacks at its end; none may be missing before. */
export async function lostFrames(path: string, frames: number): Promise<number> {
  const numbers = (await readTimes(path)).map((sec) => Math.round(sec * FPS));
  assertEquals(numbers, numbers.map((_, i) => numbers[0]! + i), path);
  // the last one may not have come to the ring
  return Math.max(0, frames - 2 - numbers.at(-1)!);
}
