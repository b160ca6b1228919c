/**
 * Helpers of the recipes.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path/join";
import { hasElement, Standalone } from "../mod.ts";

/**
 * Returns the folder for the clips: `--out=FOLDER`, or a new temporary one. Asks for all permissions that recording needs,
 * so that no question interrupts a clip.
 */
export async function clipFolder(): Promise<string> {
  const { out } = parseArgs(Deno.args, { string: ["out"] });
  const folder = out ?? await Deno.makeTempDir({ prefix: "gstp-" });
  await permit({ name: "write", path: folder }, "clips are written there");
  await permit({ name: "read", path: folder }, "clips are listed there");
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Ends the recipe with status 1 if `ffprobe` is not installed, and asks for the permission to run it: {@link probe} uses it
 * when all clips are recorded.
 */
export async function requireFfprobe(): Promise<void> {
  const command = new Deno.Command("ffprobe", {
    args: ["-version"],
    stdout: "null",
    stderr: "null",
  });
  try {
    await command.output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      console.error(
        "error: Cannot find ffprobe, which prints the times of the clips. " +
          "Install ffmpeg: `sudo apt-get install ffmpeg` or `brew install ffmpeg`.",
      );
      Deno.exit(1);
    }
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
  await permit({ name: "run", command: "ffprobe" }, "it prints the times of the clips");
}

async function permit(what: Deno.PermissionDescriptor, why: string): Promise<void> {
  const { state } = await Deno.permissions.request(what);
  if (state === "granted") return;
  const { name, ...rest } = what;
  const flag = [`--allow-${name}`, ...Object.values(rest)].join("=");
  throw new Deno.errors.NotCapable(`Missing permission ${flag}: ${why}`);
}

/** Resolves after some seconds. */
export function sleep(sec: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, sec * 1000));
}

/** Prints the name, duration and start of each clip in a folder, in the order in which they were finished. */
export async function probe(folder: string): Promise<void> {
  const paths = [...Deno.readDirSync(folder)].filter(({ name }) => !name.endsWith(".json"))
    .map(({ name }) => join(folder, name));
  const age = (path: string) => Deno.statSync(path).mtime!.getTime();
  for (const path of paths.sort((a, b) => age(a) - age(b))) {
    const { stderr } = await new Deno.Command("ffprobe", { args: [path] }).output();
    const lines = new TextDecoder().decode(stderr).split("\n");
    console.log(lines.filter((line) => /Input|Duration|start/.test(line)).join("\n"));
  }
}

/** Returns the path of `sample_720p.mp4` in the working directory, or else makes one of 15 s in a temporary folder. */
export async function sampleVideo(): Promise<string> {
  const name = "sample_720p.mp4";
  try {
    await Deno.stat(name);
    return name;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const path = join(await Deno.makeTempDir({ prefix: "gstp-" }), name);
  const encoder = hasElement("x264enc") ? "x264enc speed-preset=superfast" : "openh264enc";
  await Standalone.buildAndRun(`
    videotestsrc
      num-buffers=450
      pattern=ball
    ! video/x-raw,width=1280,height=720,framerate=30/1
    ! ${encoder}
    ! h264parse
    ! mp4mux
    ! filesink
      location=${path}
  `);
  return path;
}
