/**
 * recoverClips() on files that are damaged other than by being cut off.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { basename } from "@std/path/basename";
import { recoverClips, type RecoveredClip, Standalone } from "../../mod.ts";
import { gstp } from "../helpers/cli.ts";
import { ffprobe } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { CLIP_EXTENSIONS, killAt } from "../helpers/killed.ts";
import { readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { randomNumbers } from "../helpers/random.ts";
import { recordParts } from "../helpers/own_clips.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 1);
const random = randomNumbers(SEED);
/** The number of damaged copies of each kind of file. */
const COPIES = 5;
/** The size of a disk's sector. */
const SECTOR_BYTES = 512;

/** The file of each kind that a killed process left, and the number of its frames. */
const wholes = await (async () => {
  await using dir = await tempDir();
  await writeNumbered(`${dir.path}/n.raw`, 600);
  await killAt(3000, dir.path, `${dir.path}/n.raw`);
  return await Promise.all(CLIP_EXTENSIONS.map(async (extension) => {
    const part = `${dir.path}/clip${extension}.part`;
    const frames = (await readNumbers(part, true)).length;
    return { extension, bytes: await Deno.readFile(part), frames };
  }));
})();

/** Writes copies of each kind of file, each damaged from a random offset on. */
async function writeDamaged(
  folder: string,
  damage: (bytes: Uint8Array<ArrayBuffer>, at: number) => Uint8Array,
): Promise<void> {
  for (const { extension, bytes } of wholes) {
    for (let copy = 0; copy < COPIES; copy++) {
      const at = Math.floor(bytes.length * (0.3 + random(200) / 1000));
      await Deno.writeFile(`${folder}/${copy}${extension}.part`, damage(bytes.slice(), at));
    }
  }
}

/** Returns a hash of each frame of a file, by ffprobe. */
async function frameHashes(path: string): Promise<string[]> {
  const { packets } = await ffprobe<{ packets: { data_hash: string }[] }>(
    path,
    "packet=data_hash",
    { args: ["-show_data_hash", "md5"], isDamaged: true },
  );
  return packets.map((packet) => packet.data_hash);
}

Deno.test("recoverClips() keeps a file that is damaged in its middle, beside the clip of the rest", async () => {
  await using dir = await tempDir();
  await writeDamaged(dir.path, (bytes, at) => {
    for (let i = 0; i < SECTOR_BYTES; i++) bytes[at + i] = random(256);
    return bytes;
  });
  const before = new Map(
    fileNames(dir.path).map((name) => [name, Deno.readFileSync(`${dir.path}/${name}`)]),
  );
  recordParts(dir.path);
  const { recovered, left } = await recoverClips(dir.path);
  // wrong times may keep a clip from being written: then the file stays as it is
  assert(left.length <= 2 && left.every(({ reason }) => reason === "failed"), `seed ${SEED}`);
  for (const clip of recovered) await checkDamaged(clip, before.get(basename(clip.partPath))!);
  // the others have a name that another run ignores
  const after = fileNames(dir.path);
  const parts = left.map(({ partPath }) => basename(partPath));
  assertEquals(after.filter((name) => name.endsWith(".part")), parts.sort());
  assertEquals((await recoverClips(dir.path)).recovered, []);
  assertEquals(fileNames(dir.path), after);
  addRow(import.meta.url, {
    fault: `a ${CLIP_EXTENSIONS.join(", ")} with a sector of wrong bytes in its middle`,
    tries: recovered.length,
    outcome: "a clip of what is before and behind them; the file is kept, too",
    lost: `${Math.max(...recovered.map(({ lostBytes }) => lostBytes))} bytes at most`,
  });
});

/** Checks that the file is kept as it was, and that the clip can be decoded. */
async function checkDamaged(clip: RecoveredClip, file: Uint8Array): Promise<void> {
  const { path, frames, damaged, originalPath, lostBytes } = clip;
  assertEquals(damaged, true, path);
  const isStream = path.endsWith(".ts");
  assertEquals(originalPath, isStream ? null : `${path}.damaged`);
  assertEquals(await Deno.readFile(originalPath ?? path), file);
  assert(
    lostBytes >= SECTOR_BYTES / 2 && lostBytes < 4 * SECTOR_BYTES,
    `${path}: ${lostBytes} bytes`,
  );
  // more than what is before the damage
  const whole = wholes.find(({ extension }) => path.endsWith(extension))!;
  assert(frames > 0.6 * whole.frames, `${path}: ${frames} of ${whole.frames} frames`);
  assert((await readNumbers(path, true)).length > 0.5 * whole.frames, path);
}

Deno.test("recoverClips() removes no file with wrong bytes if the clip lacks any of its frames", async () => {
  await using dir = await tempDir();
  await writeDamaged(dir.path, (bytes, at) => {
    bytes[at] = bytes[at]! ^ (1 + random(255));
    return bytes;
  });
  await Deno.mkdir(`${dir.path}/before`);
  for (const name of fileNames(dir.path).filter((name) => name !== "before")) {
    await Deno.copyFile(`${dir.path}/${name}`, `${dir.path}/before/${name.replace(/\.part$/, "")}`);
  }
  recordParts(dir.path);
  const { recovered, left } = await recoverClips(dir.path);
  const isGone = recovered.filter(({ damaged }) => !damaged);
  for (const { path } of isGone) {
    const hashes = await frameHashes(`${dir.path}/before/${basename(path)}`);
    assertEquals(await frameHashes(path), hashes, `${path}, seed ${SEED}`);
  }
  assertEquals(
    fileNames(dir.path).filter((name) => /\.(part|damaged)$/.test(name)).length,
    left.length + recovered.filter(({ originalPath }) => originalPath !== null).length,
  );
  addRow(import.meta.url, {
    fault: `a ${CLIP_EXTENSIONS.join(", ")} with one wrong byte`,
    tries: recovered.length + left.length,
    outcome: "a clip with every byte of every frame, or the file is kept",
    lost: "0 bytes",
  });
});

Deno.test("recoverClips() keeps a file if the clip lacks a frame of sound", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/a.webm`;
  await Standalone.buildAndRun(
    `webmmux name=mux ! filesink location=${path} videotestsrc num-buffers=60 ! ` +
      "video/x-raw,width=64,height=48,framerate=30/1 ! vp8enc deadline=1 ! mux. " +
      "audiotestsrc samplesperbuffer=960 num-buffers=100 ! audio/x-raw,rate=48000 ! opusenc ! opusparse ! mux.",
  );
  const whole = await Deno.readFile(path);
  await Deno.remove(path);
  const cut = whole.slice(0, whole.length * 0.7);
  await Deno.writeFile(`${path}.part`, cut);
  recordParts(dir.path);
  const [{ frames, damaged }] = (await recoverClips(dir.path)).recovered as [RecoveredClip];
  assertEquals(damaged, false);
  await Deno.remove(path);
  // a group with a duration of 20 ms, and a block of the second track: there is no fifth one
  const block = [0x9b, 0x81, 20, 0xa1, 0x40, null, 0x82];
  const at = cut.findLastIndex((_, i) =>
    block.every((byte, j) => byte === null || cut[i + j] === byte)
  );
  assert(at > cut.length / 2);
  cut[at + block.length - 1] = 0x85;
  await Deno.writeFile(`${path}.part`, cut);
  recordParts(dir.path);
  const { recovered: [clip], left } = await recoverClips(dir.path);
  assertEquals([clip!.frames, clip!.damaged, left], [frames - 1, true, []]);
  assertEquals(await Deno.readFile(clip!.originalPath!), cut);
});

Deno.test("recoverClips() ignores zeros at the end, which were not written", async () => {
  await using dir = await tempDir();
  await writeDamaged(dir.path, (bytes, at) => {
    const zeros = new Uint8Array(bytes.length + 10_000);
    zeros.set(bytes.subarray(0, at));
    return zeros;
  });
  recordParts(dir.path);
  const { recovered, left } = await recoverClips(dir.path);
  assertEquals(left, []);
  for (const { path, frames, damaged } of recovered) {
    assertEquals(damaged, false, path);
    // a .ts keeps the frame that it ends in
    const isStream = path.endsWith(".ts");
    const numbers = await readNumbers(path, true);
    const certain = isStream ? numbers.slice(0, -1) : numbers;
    assertEquals(certain, certain.map((_, i) => numbers[0]! + i), path);
    assert(
      numbers.length > 10 && (isStream || numbers.length === frames),
      `${path}: ${frames} frames`,
    );
  }
  assertEquals(fileNames(dir.path), recovered.map(({ path }) => basename(path)).sort());
  addRow(import.meta.url, {
    fault: `a ${CLIP_EXTENSIONS.join(", ")} that ends in zeros, as after a power cut`,
    tries: recovered.length,
    outcome: "recovered up to the last frame or fragment that was written",
    lost: "what was not written",
  });
});

Deno.test("recoverClips() keeps damaged files of long names, and overwrites none", async () => {
  await using dir = await tempDir();
  const damaged = wholes[0]!.bytes.slice();
  damaged.fill(0xff, damaged.length / 2, damaged.length / 2 + SECTOR_BYTES);
  const long = `${"a".repeat(246)}.mkv`;
  await Deno.writeFile(`${dir.path}/${long}.part`, damaged);
  await Deno.writeFile(`${dir.path}/b.mkv.part`, damaged);
  await Deno.writeTextFile(`${dir.path}/b.mkv.damaged`, "mine");
  recordParts(dir.path);
  const { recovered, left } = await recoverClips(dir.path);
  assertEquals(recovered.map(({ originalPath }) => originalPath), [`${dir.path}/.damaged/${long}`]);
  assertEquals(left.map(({ reason }) => reason), ["name-taken"]);
  assertEquals(fileNames(dir.path), [".damaged", long, "b.mkv.damaged", "b.mkv.part"]);
  assertEquals(await Deno.readTextFile(`${dir.path}/b.mkv.damaged`), "mine");
  await Deno.remove(`${dir.path}/b.mkv.damaged`);
  const { code, stdout, stderr } = await gstp(["recover", dir.path]);
  assertEquals(code, 1);
  assertStringIncludes(stdout, `${dir.path}/b.mkv: `);
  assertStringIncludes(stderr, `was damaged and is kept as ${dir.path}/b.mkv.damaged\n`);
  assertEquals((await gstp(["recover", dir.path])).code, 0);
});
