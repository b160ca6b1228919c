/**
 * The files of every kind that a killed process leaves.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { start } from "./run.ts";

const SCRIPT = fromFileUrl(new URL("../children/killed.ts", import.meta.url));

/** The extensions of the files that {@link killAt} leaves, sorted. */
export const CLIP_EXTENSIONS = [".mkv", ".mov", ".mp4", ".ts", ".webm"];

/**
 * Kills a process that records into every kind of file, `clip.mkv.part` and so on in a folder.
 *
 * @param numbered A file of writeNumbered().
 * @returns The last position of the stream that it printed, in seconds.
 */
export async function killAt(ms: number, folder: string, numbered: string): Promise<number> {
  const child = start(Deno.execPath(), ["run", "-A", SCRIPT, folder, numbered]);
  await child.until("at ");
  await new Promise((resolve) => setTimeout(resolve, ms));
  child.kill("SIGKILL");
  const { stdout } = await child.result;
  return Number([...stdout.matchAll(/^at ([\d.]+)\n/gm)].at(-1)![1]);
}
