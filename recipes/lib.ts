/**
 * What the recipes share.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { join } from "@std/path";

/** The folder for the clips: `--out=FOLDER`, or a new temporary one. */
export async function clipFolder(): Promise<string> {
  const { out } = parseArgs(Deno.args, { string: ["out"] });
  if (out === undefined) return await Deno.makeTempDir({ prefix: "gstp-" });
  await Deno.mkdir(out, { recursive: true });
  return out;
}

/** Waits for some seconds. */
export function sleep(sec: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, sec * 1000));
}

/** Prints what ffprobe says of each clip in a folder: its name, start, duration and bit rate. */
export async function probe(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const ffprobe = new Deno.Command("ffprobe", { args: [join(folder, name)], stderr: "piped" });
    const { stderr } = await ffprobe.output();
    const lines = new TextDecoder().decode(stderr).split("\n");
    console.log(lines.filter((line) => /Input|Duration|start/.test(line)).join("\n"));
  }
}
