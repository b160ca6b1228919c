/**
 * `.part` files that were made to keep a recorder from recording.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeBox } from "../../../src/media/mp4.ts";
import { gstp } from "../../helpers/cli.ts";
import { fileNames } from "../../helpers/file_names.ts";
import {
  checkExact,
  eventsOf,
  postRecord,
  readStatus,
  reportsOf,
  startRecording,
} from "../../helpers/recording_command.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

/** The size of files of a pattern: enough for each to take seconds. */
const PATTERN_BYTES = 4e6;
const FTYP = makeBox("ftyp", [new TextEncoder().encode("isom\0\0\x02\0")]);
/** Boxes in boxes: a demuxer that follows them runs out of stack. */
const DEPTH = 50_000;

function nested(type: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 * DEPTH);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += 8) {
    view.setUint32(at, bytes.length - at);
    bytes.set(new TextEncoder().encode(type), at + 4);
  }
  return bytes;
}

/** A box that states a size that it does not have. */
function sized(type: string, bytes: number): Uint8Array<ArrayBuffer> {
  const header = makeBox(type, [new Uint8Array(8)]);
  new DataView(header.buffer).setUint32(0, bytes);
  return header;
}

function repeated(...pattern: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: PATTERN_BYTES }, (_, i) => pattern[i % pattern.length]!);
}

/** What an attacker writes, by the ends of the files' names. */
const FILES: Record<string, Uint8Array<ArrayBuffer>[]> = {
  "blocks.webm": [repeated(0xa3)],
  "short-blocks.webm": [repeated(0xa3, 0x84, 0x81, 0, 0, 0, 0x99, 0x99)],
  "voids.webm": [repeated(0xec, 0x80)],
  "deep-moov.mp4": [FTYP, nested("moov")],
  "deep-trak.mp4": [FTYP, makeBox("moov", [nested("trak")])],
  "deep-moof.mp4": [FTYP, nested("moof")],
  "deep-meta.mp4": [FTYP, makeBox("moov", [makeBox("udta", [nested("meta")])])],
  "large-moof.mp4": [FTYP, sized("moof", 3e9)],
  "large-moov.mov": [FTYP, sized("moov", 4e9)],
  "text.mkv": [new TextEncoder().encode("no film")],
};
const SPARSE = ["sparse.mp4", "sparse.mkv", "sparse.ts"];

function partOf(name: string): string {
  return `2026-11-26T14-03-12.345Z_${name}.part`;
}

async function writeHostileFiles(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, parts] of Object.entries(FILES)) {
    await Deno.writeFile(`${folder}/${partOf(name)}`, new Blob(parts).stream());
  }
  for (const name of SPARSE) {
    await Deno.writeFile(`${folder}/${partOf(name)}`, FTYP);
    await Deno.truncate(`${folder}/${partOf(name)}`, 8e9);
  }
}

Deno.test("gstp record records at once, whatever it has to recover, and names what it cannot", async () => {
  await using dir = await tempDir();
  await writeHostileFiles(`${dir.path}/clips`);
  const names = [...Object.keys(FILES), ...SPARSE].map(partOf);
  const { url, child, folder, stop } = await startRecording(dir.path, [
    ...["--window=0.4", "--before=0.2", "--after=0.2"],
  ]);
  // while the files are examined
  await postRecord(url);
  const last = names.toSorted().at(-1);
  const output = await child.until(`"unrecovered","name":"${last}"`);
  for (const name of names) assertStringIncludes(output, `"unrecovered","name":"${name}"`);
  await postRecord(url);
  await until(
    "both clips are complete",
    async () => (await readStatus(url)).tees[0]!.totals.finished === 2,
  );
  const { code, stdout } = await stop();
  assertEquals(code, 0);
  const reports = reportsOf(stdout);
  assertEquals(reports.length, 2);
  for (const report of reports) await checkExact(report);
  assertEquals(fileNames(folder).filter((name) => name.endsWith(".part")), names.toSorted());
  const reasons = eventsOf(stdout).filter((event) => event.type === "unrecovered")
    .map(({ reason }) => reason);
  assert(reasons.every((reason) => reason === "unreadable" || reason === "failed"), `${reasons}`);
});

Deno.test("gstp record ends at SIGTERM while it examines a file", async () => {
  await using dir = await tempDir();
  await Deno.mkdir(`${dir.path}/clips`);
  for (let i = 0; i < 20; i++) {
    const parts = [repeated(0xa3, 0x84, 0x81, 0, 0, 0, 0x99, 0x99)];
    await Deno.writeFile(`${dir.path}/clips/${partOf(`${i}.webm`)}`, new Blob(parts).stream());
  }
  const { stop } = await startRecording(dir.path, ["--window=0.2"]);
  const { code, stdout } = await stop();
  assertEquals(code, 0);
  const unrecovered = eventsOf(stdout).filter(({ type }) => type === "unrecovered");
  assert(unrecovered.length < 20, `${unrecovered.length}`);
});

Deno.test("gstp verify and gstp recover survive files that crash a demuxer", async () => {
  await using dir = await tempDir();
  await Deno.writeFile(`${dir.path}/deep.mp4`, new Blob(FILES["deep-moov.mp4"]).stream());
  await Deno.writeTextFile(`${dir.path}/text.mp4`, "no film");
  const deep = `${dir.path}/deep.mp4`;
  const verified = await gstp(["verify", "--json", deep, `${dir.path}/text.mp4`]);
  assertEquals(verified.code, 1, verified.stderr);
  const reports = JSON.parse(verified.stdout);
  assertEquals(reports.map(({ ok }: { ok: boolean }) => ok), [false, false]);
  assertStringIncludes(reports[0].faults[0].message, "ended with SIGSEGV");

  await Deno.mkdir(`${dir.path}/clips`);
  for (const name of ["deep-meta.mp4", "deep-moov.mp4", "text.mkv"]) {
    await Deno.writeFile(`${dir.path}/clips/${partOf(name)}`, new Blob(FILES[name]).stream());
  }
  const recovered = await gstp(["recover", "--json", `${dir.path}/clips`]);
  assertEquals(recovered.code, 1, recovered.stderr);
  assertEquals(JSON.parse(recovered.stdout).left.length, 3);
});
