/**
 * Files of all containers, as a killed process leaves them.
 *
 * @module
 */
import { sleep } from "../../scripts/lib/sleep.ts";
import { startChild } from "./script.ts";

/** The extensions of the files that {@link killAt} leaves, sorted. */
export const CLIP_EXTENSIONS = [".mkv", ".mov", ".mp4", ".ts", ".webm"];

/**
 * Kills a process that records into each container: `clip.mkv.part` and so on in a folder.
 *
 * @param ms How long it records before.
 * @param numbered A file of writeNumbered().
 * @returns The last position of the stream that it printed, in seconds.
 */
export async function killAt(ms: number, folder: string, numbered: string): Promise<number> {
  const child = startChild("killed.ts", [folder, numbered]);
  await child.until("at ");
  await sleep(ms / 1000);
  child.kill("SIGKILL");
  const { stdout } = await child.result;
  return Number([...stdout.matchAll(/^at ([\d.]+)\n/gm)].at(-1)![1]);
}
