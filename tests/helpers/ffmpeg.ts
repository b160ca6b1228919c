/**
 * Files as ffmpeg makes and decodes them.
 *
 * @module
 */
import { outputOf, run } from "../../scripts/lib/run.ts";

/** Runs ffmpeg, which must succeed; it may overwrite a file. */
export async function ffmpeg(args: string[]): Promise<void> {
  await outputOf("ffmpeg", ["-v", "error", "-y", ...args]);
}

/** A decoded file. */
export interface Decoded {
  bytes: Uint8Array<ArrayBuffer>;
  /** What ffmpeg printed about the file. */
  complaints: string;
}

/**
 * Decodes a file into raw data.
 *
 * @param format Arguments for the data, such as `["-f", "rawvideo", "-pix_fmt", "gray"]`.
 * @param level What ffmpeg prints: errors, unless `warning` is given.
 * @throws {Error} If ffmpeg fails.
 */
export async function decode(path: string, format: string[], level = "error"): Promise<Decoded> {
  const raw = await Deno.makeTempFile();
  try {
    const args = ["-v", level, "-i", path, ...format, "-y", raw];
    const { code, stderr } = await run("ffmpeg", args);
    if (code !== 0) throw new Error(`ffmpeg cannot decode ${path}: ${stderr}`);
    return { bytes: await Deno.readFile(raw), complaints: stderr };
  } finally {
    await Deno.remove(raw);
  }
}
