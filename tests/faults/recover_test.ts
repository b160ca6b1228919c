/**
 * The files that recoverClips() leaves alone, and the faults that it meets.
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { basename } from "@std/path/basename";
import { readClip, recoverClips, Standalone } from "../../mod.ts";
import { PartFile } from "../../src/storage/part_file.ts";
import { gstp } from "../helpers/cli.ts";
import { ffprobe, probeClip } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { interrupt } from "../helpers/interrupt.ts";
import { runTraced } from "../helpers/leaks.ts";
import { checkComplete, recorderOf, ringFull, runLive } from "../helpers/recording.ts";
import { canMountDisk, smallDisk } from "../helpers/small_disk.ts";
import { recordParts, writeRecord } from "../helpers/own_clips.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

/** The start of a .mkv with two streams of 60 frames each at 30 frames/s. */
const cut = await cutClip();

async function cutClip(): Promise<Uint8Array> {
  await using dir = await tempDir();
  const path = `${dir.path}/a.mkv`;
  const source = "videotestsrc num-buffers=60 pattern=snow ! " +
    "video/x-raw,width=64,height=48,framerate=30/1 ! jpegenc ! mux.";
  await Standalone.buildAndRun(
    `matroskamux name=mux ! filesink location=${path} ${source} ${source}`,
  );
  const whole = await Deno.readFile(path);
  return whole.subarray(0, whole.length * 0.7);
}

Deno.test("recoverClips() leaves a clip alone that a recorder of this process is writing", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const paths = ["a.webm", `${"b".repeat(250)}.mkv`].map((name) => `${dir.path}/${name}`);
  const recorders = paths.map((path) => recorderOf(app.pipeline, path));
  await ringFull(app.pipeline);
  const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
  let tries = 0;
  let isOver = false;
  const reports = Promise.all(recordings.map(({ finished }) => finished))
    .finally(() => isOver = true);
  while (!isOver) {
    const { recovered, left } = await recoverClips(dir.path);
    assertEquals(recovered, []);
    for (const { reason } of left) assertEquals(reason, "in-use");
    tries += left.length;
  }
  for (const report of await reports) await checkComplete(report);
  assert(tries > 10);
  assertEquals(fileNames(dir.path), paths.map((path) => basename(path)));
  assertEquals(await recoverClips(dir.path), { recovered: [], left: [] });
  addRow(import.meta.url, {
    fault: "recoverClips() while a recorder of the same process is writing",
    tries,
    outcome: "the clip is left alone",
    lost: "0 frames",
  });
});

Deno.test("recoverClips() leaves a clip alone that is being created", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/a.webm`;
  for (let i = 0; i < 300; i++) {
    writeRecord(path);
    // one of them comes between the file's creation and its lock now and then
    let isMade = false;
    const reserving = PartFile.reserve(path).finally(() => isMade = true);
    const recovering = Array.from({ length: 4 }, async () => {
      while (!isMade) await recoverClips(dir.path);
    });
    const [file] = await Promise.all([reserving, ...recovering]);
    assertEquals(fileNames(dir.path), ["a.webm.part"]);
    writeRecord(path);
    assertEquals((await recoverClips(dir.path)).left.map(({ reason }) => reason), ["in-use"]);
    await file.remove();
  }
});

Deno.test("recoverClips() leaves a clip alone that another process is writing, until that is dead", async () => {
  await using dir = await tempDir();
  let tries = 0;
  const recover = async () => {
    for (let i = 0; i < 10; i++) {
      const { recovered, left } = await recoverClips(dir.path);
      assertEquals([recovered, left.map(({ reason }) => reason)], [[], ["in-use"]]);
      tries++;
    }
  };
  await interrupt("SIGKILL", dir.path, 1, { before: recover });
  const { recovered: [clip], left } = await recoverClips(dir.path);
  assertEquals([left, fileNames(dir.path)], [[], ["SIGKILL-0.webm"]]);
  assertEquals((await probeClip(clip!.path)).frames, clip!.frames);
  addRow(import.meta.url, {
    fault: "recoverClips() while another process is writing",
    tries,
    outcome: "the clip is left alone, and recovered once that is killed",
    lost: "0 frames",
  });
});

Deno.test("recoverClips() overwrites nothing, and reports what it cannot read", async () => {
  await using dir = await tempDir();
  const write = (name: string, data: Uint8Array) => Deno.writeFile(`${dir.path}/${name}`, data);
  const noise = crypto.getRandomValues(new Uint8Array(5000));
  await write("a.mkv", new Uint8Array(1));
  await write("a.mkv.part", cut);
  await write("b.mkv.part", new Uint8Array());
  await write("c.mp4.part", noise);
  await write("d.webm.part", noise);
  await write("e.avi.part", cut);
  await write("f.mkv.part", cut.subarray(0, 200));
  await write("g.ts.part", noise);
  await write("h.txt", noise);
  await Deno.mkdir(`${dir.path}/i.mkv.part`);
  await Deno.symlink(`${dir.path}/a.mkv.part`, `${dir.path}/j.mkv.part`);
  await Deno.mkdir(`${dir.path}/folder`);
  await write("folder/k.mkv.part", cut);
  const before = fileNames(dir.path);
  recordParts(dir.path);
  const { recovered, left } = await recoverClips(dir.path);
  assertEquals(recovered, []);
  assertEquals(left.map(({ partPath, reason }) => `${basename(partPath)} ${reason}`), [
    "a.mkv.part name-taken",
    "c.mp4.part unreadable",
    "d.webm.part unreadable",
    "f.mkv.part unreadable",
    "g.ts.part unreadable",
  ]);
  assertEquals(left.map(({ bytes }) => bytes), [cut.length, 5000, 5000, 200, 5000]);
  // an empty one is no loss
  assertEquals(fileNames(dir.path), before.filter((name) => name !== "b.mkv.part"));
  assertEquals(await Deno.readFile(`${dir.path}/c.mp4.part`), noise);
  addRow(import.meta.url, {
    fault: "recoverClips() on noise, other files and names that are taken",
    tries: left.length,
    outcome: "left alone and named",
    lost: "0 bytes",
  });
});

Deno.test("recoverClips() keeps all streams, any name, and the modification time", async () => {
  await using dir = await tempDir();
  const odd = ["a b.mkv", 'it\'s "q" !\n.mkv', "ä €.MKV", "c".repeat(251) + ".mkv"];
  const parts = odd.map((name) => name.length > 250 ? `.part/${name}` : `${name}.part`);
  await Deno.mkdir(`${dir.path}/.part`);
  const written = new Date("2026-01-02T03:04:05Z");
  for (const part of parts) {
    await Deno.writeFile(`${dir.path}/${part}`, cut);
    await Deno.utime(`${dir.path}/${part}`, written, written);
  }
  recordParts(dir.path);
  const { recovered, left } = await recoverClips(dir.path);
  assertEquals(left, []);
  assertEquals(recovered.map(({ path }) => basename(path)).sort(), odd.toSorted());
  assertEquals(fileNames(dir.path), odd.toSorted());
  for (const { path, frames } of recovered) {
    const { streams } = await ffprobe<{ streams: { nb_read_frames: string }[] }>(
      path,
      "stream=nb_read_frames",
      { args: ["-count_frames"], isDamaged: true },
    );
    const [first, second] = streams.map((stream) => Number(stream.nb_read_frames));
    assertEquals(first! + second!, frames);
    assert(Math.abs(first! - second!) < 10 && frames > 60, `${first} ${second}`);
    assertEquals((await Deno.stat(path)).mtime, written);
  }
});

Deno.test("recoverClips() makes each clip once if called twice at once, or after a killed call", async () => {
  await using dir = await tempDir();
  for (const name of ["a", "b", "c"]) await Deno.writeFile(`${dir.path}/${name}.mkv.part`, cut);
  const { ino } = await Deno.stat(`${dir.path}/a.mkv.part`);
  const left = await Deno.makeTempDir({ dir: dir.path, prefix: `.gstp-recovery-${ino}-` });
  await Deno.writeFile(`${left}/a.mkv`, cut.subarray(0, 100));
  recordParts(dir.path);
  const results = await Promise.all([recoverClips(dir.path), recoverClips(dir.path)]);
  const paths = results.flatMap(({ recovered }) => recovered.map(({ path }) => basename(path)));
  assertEquals(paths.sort(), ["a.mkv", "b.mkv", "c.mkv"]);
  for (const { reason } of results.flatMap(({ left }) => left)) assertEquals(reason, "in-use");
  assertEquals(fileNames(dir.path), ["a.mkv", "b.mkv", "c.mkv"]);
});

Deno.test({
  name: "recoverClips() leaves the .part file if there is no room for the clip",
  ignore: !await canMountDisk(),
  fn: async () => {
    await using disk = await smallDisk(Math.ceil(cut.length / 1024) + 24);
    const part = `${disk.path}/a.mkv.part`;
    await Deno.writeFile(part, cut);
    recordParts(disk.path);
    const { left } = await recoverClips(disk.path);
    assertEquals(left.map(({ reason }) => reason), ["failed"]);
    assertMatch(left[0]!.error.message, /No space left|space/);
    assertEquals(fileNames(disk.path), ["a.mkv.part"]);
    assertEquals(await Deno.readFile(part), cut);
    await disk.makeReadOnly();
    assertEquals((await recoverClips(disk.path)).left.map(({ reason }) => reason), ["failed"]);
    addRow(import.meta.url, {
      fault: "recoverClips() on a full disk, and on a read-only one",
      tries: 2,
      outcome: "left alone and named",
      lost: "0 bytes",
    });
  },
});

Deno.test("recoverClips() leaves no GStreamer object alive, whether it succeeds or fails", async () => {
  await using dir = await tempDir();
  for (let i = 0; i < 5; i++) {
    await Deno.writeFile(`${dir.path}/${i}.mkv.part`, cut);
    await Deno.writeFile(`${dir.path}/${i}.webm.part`, cut.subarray(0, 400 * i));
    await Deno.writeFile(`${dir.path}/${i}.mp4.part`, cut);
  }
  recordParts(dir.path);
  const { stdout, alive } = await runTraced("recoveries.ts", [dir.path]);
  // one .webm is empty, the others have no frame; an .mkv is no .mp4
  assertEquals([stdout.trim(), alive], ["5 9", []]);
});

Deno.test("recoverClips() rejects what is not a path, and accepts a directory that does not exist", async () => {
  for (const path of [undefined, null, 1, "", "a\0b"]) {
    await assertRejects(() => recoverClips(path as string), TypeError, "path must be");
  }
  await using dir = await tempDir();
  assertEquals(await recoverClips(`${dir.path}/none`), { recovered: [], left: [] });
  await Deno.writeTextFile(`${dir.path}/file`, "");
  await assertRejects(() => recoverClips(`${dir.path}/file`), TypeError, "ends in .part");
});

Deno.test("recoverClips() touches no file of another program, unless it is named", async () => {
  await using dir = await tempDir();
  // of a browser, of yt-dlp, of another recorder, and of one whose JSON file is no clip record
  const foreign = [
    "movie.webm.part",
    "talk.f137.mp4.part",
    "2026-11-26_14-03.mkv.part",
    "a.mkv.part",
  ];
  for (const name of foreign) await Deno.writeFile(`${dir.path}/${name}`, cut);
  await Deno.writeFile(`${dir.path}/empty.mp4.part`, new Uint8Array());
  await Deno.writeTextFile(`${dir.path}/a.mkv.json`, '{"title":"a","clip":"a.mkv"}');
  const own = "2026-11-26T14-03-12.345Z_yard.mkv";
  await Deno.writeFile(`${dir.path}/${own}.part`, cut);
  const { recovered, left } = await recoverClips(dir.path);
  assertEquals(left, []);
  assertEquals(recovered.map(({ path }) => basename(path)), [own]);
  assertEquals(fileNames(dir.path), [...foreign, "empty.mp4.part", own].sort());
  const named = await recoverClips(`${dir.path}/a.mkv.part`);
  assertEquals(named.recovered.map(({ path }) => basename(path)), ["a.mkv"]);
  await Deno.writeFile(`${dir.path}/video.avi.part`, cut);
  const unknown = await recoverClips(`${dir.path}/video.avi.part`);
  assertEquals(unknown.left.map(({ reason }) => reason), ["unreadable"]);
});

Deno.test("recoverClips() notes in the clip's record that it was recovered", async () => {
  await using dir = await tempDir();
  await Deno.writeFile(`${dir.path}/a.mkv.part`, cut);
  recordParts(dir.path);
  const { recovered: [clip] } = await recoverClips(dir.path);
  const { record } = (await readClip(clip!.path))!;
  assertEquals([record?.state, record?.bytes], ["recovered", clip!.bytes]);
});

Deno.test("cli() recover exits with 1 unless all clips are recovered", async () => {
  await using dir = await tempDir();
  const [first, second] = ["a", "b c"].map((name) => `${dir.path}/${name}.mkv`);
  await Deno.writeFile(`${first}.part`, cut);
  await Deno.writeFile(`${second}.part`, cut);
  const open = await PartFile.reserve(`${dir.path}/open.webm`);
  recordParts(dir.path);
  const { code, stdout, stderr } = await gstp(["recover", dir.path]);
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /a\.mkv: 1\.\d s, \d+ frames, \d+ bytes; \d+ bytes lost\n/);
  assertStringIncludes(stdout, `${second}: `);
  assertStringIncludes(stderr, `${open.partPath}: left alone (0 bytes, in-use)`);
  await open.remove();
  await Deno.writeTextFile(`${dir.path}/d.mkv.part`, "text");
  recordParts(dir.path);
  const failed = await gstp(["recover", "--json", dir.path, dir.path]);
  assertEquals(failed.code, 1);
  const { recovered, left } = JSON.parse(failed.stdout);
  assertEquals([recovered.length, left.length, left[0].reason], [0, 2, "unreadable"]);
  assertEquals((await gstp(["recover"])).code, 2);
  const missing = await gstp(["recover", `${dir.path}/none`]);
  assertEquals(missing.code, 2);
  assertStringIncludes(missing.stderr, "No such directory or file");
  await Deno.writeFile(`${dir.path}/foreign.mkv.part`, cut);
  const named = await gstp(["recover", `${dir.path}/foreign.mkv.part`]);
  assertEquals([named.code, named.stderr], [0, ""]);
  assertStringIncludes(named.stdout, "foreign.mkv: 1.");
  assertEquals((await gstp(["recover", `${dir.path}/foreign.mkv`])).code, 2);
  // a link to itself
  await Deno.symlink("loop", `${dir.path}/loop`);
  const unread = await gstp(["recover", `${dir.path}/loop`]);
  assertEquals(unread.code, 2);
  assertStringIncludes(unread.stderr, `error: Cannot read ${dir.path}/loop: `);
});
