/**
 * The index of Matroska files with sound.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Standalone } from "../../mod.ts";
import { outputOf } from "../../scripts/lib/run.ts";
import { indexSound } from "../../src/storage/matroska_index.ts";
import { ffprobe } from "../helpers/ffprobe.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const VIDEO = "videotestsrc num-buffers=60 ! video/x-raw,width=64,height=48,framerate=30/1 " +
  "! vp8enc deadline=1 keyframe-max-dist=60 ! muxer. ";
const SOUND = "audiotestsrc num-buffers=86 ! audio/x-raw,rate=44100,channels=1 ! mulawenc ! muxer.";
/** The track of an added entry (CueTrack, 0xf7), up to its number: it has a size of 8 bytes, unlike the muxer's. */
const SOUND_ENTRY = [0xf7, 1, 0, 0, 0, 0, 0, 0, 1];

async function writeFile(path: string, text: string): Promise<Uint8Array> {
  await Standalone.buildAndRun(`matroskamux name=muxer ! filesink location="${path}" ${text}`);
  return await Deno.readFile(path);
}

/** Returns what the file has, without where. */
async function packetsOf(path: string): Promise<string> {
  const args = ["-v", "warning", "-i", path, "-map", "0", "-c", "copy", "-f", "framemd5", "-"];
  return await outputOf("ffmpeg", args);
}

async function soundFlags(path: string): Promise<Set<string>> {
  const args = ["-select_streams", "a"];
  type Packets = { packets: { flags: string }[] };
  const { packets } = await ffprobe<Packets>(path, "packet=flags", { args });
  return new Set(packets.map(({ flags }) => flags));
}

function countEntries(bytes: Uint8Array): number {
  return [...bytes.keys()].filter((at) => SOUND_ENTRY.every((byte, i) => bytes[at + i] === byte))
    .length;
}

Deno.test("indexSound() marks the sound as keyframes and adds it to the index", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/clip.mkv`;
  const before = await writeFile(path, VIDEO + SOUND);
  const packets = await packetsOf(path);
  await indexSound(path);
  const after = await Deno.readFile(path);
  assertEquals(await soundFlags(path), new Set(["K_"]));
  assertEquals(await packetsOf(path), packets);
  // each half second of two
  assertEquals([countEntries(before), countEntries(after)], [0, 4]);
  assert(after.length > before.length);
});

Deno.test("indexSound() leaves files without sound as they are, and those that end too early", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/clip.mkv`;
  const silent = await writeFile(path, VIDEO);
  await indexSound(path);
  assertEquals(await Deno.readFile(path), silent);
  const whole = await writeFile(path, VIDEO + SOUND);
  const cut = whole.slice(0, whole.length - 10);
  await Deno.writeFile(path, cut);
  await assertRejects(() => indexSound(path), RangeError);
  assertEquals(await Deno.readFile(path), cut);
});
