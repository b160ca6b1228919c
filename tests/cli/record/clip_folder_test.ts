/**
 * The folder of clips, without recording any.
 */
import { join } from "@std/path/join";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { ClipFolder } from "../../../cli/record/clip_folder.ts";
import { Events, type TimedEvent } from "../../../cli/record/events.ts";
import type { ClipReport } from "../../../cli/record/clip_report.ts";
import { fileNames } from "../../helpers/file_names.ts";
import { readForeignFiles, writeForeignFiles } from "../../helpers/foreign_files.ts";
import { writeRecord } from "../../helpers/own_clips.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

const NO_LIMITS = { maxFiles: Infinity, maxBytes: Infinity, maxAgeSec: Infinity, minAgeSec: 0 };
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

Deno.test("ClipFolder.open() opens clips of the folder only", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(`${dir.path}/secret.mp4`, "secret");
  await Deno.mkdir(`${dir.path}/clips/sub.mp4`, { recursive: true });
  const inside = `${dir.path}/clips`;
  await Deno.writeTextFile(`${inside}/sub.mp4/b.mp4`, "video");
  await Deno.writeTextFile(`${inside}/open.mp4.part`, "video");
  await Deno.writeTextFile(`${inside}/script.ts`, "export {};");
  await Deno.writeTextFile(`${inside}/notes.txt`, "text");
  await Deno.symlink(`${dir.path}/secret.mp4`, `${inside}/link.mp4`);
  await Deno.symlink("/etc/passwd", `${inside}/passwd.mp4`);
  await Deno.writeTextFile(`${inside}/film.mp4`, "not a clip of gstp");
  await Deno.writeTextFile(`${inside}/a.mp4`, "0123456789");
  for (const name of ["a.mp4", "link.mp4", "passwd.mp4", "sub.mp4"]) {
    writeRecord(join(inside, name));
  }
  using folder = await ClipFolder.create(inside, undefined, new Events());
  const clip = await folder.open("a.mp4");
  assertEquals(clip!.bytes, 10);
  clip!.file.close();
  const others = [
    ...["", ".", "..", "../secret.mp4", "..\\secret.mp4", "/etc/passwd", `${dir.path}/secret.mp4`],
    ...["sub.mp4", "sub.mp4/b.mp4", "./a.mp4", "a.mp4/", "a.mp4\0", "a.mp4\0.txt", "\0"],
    ...[
      "open.mp4.part",
      "script.ts",
      "notes.txt",
      "link.mp4",
      "passwd.mp4",
      "none.mp4",
      "film.mp4",
    ],
    ...["%2e%2e%2fsecret.mp4", `${"x".repeat(300)}.mp4`, "A.mp4"],
  ];
  for (const name of others) assertEquals(await folder.open(name), null, name);
});

/** A report of a clip of three bytes. */
function reportOf(path: string): ClipReport {
  return {
    path,
    ...{ start: 0, end: 1, duration: 1, frames: 30, dropped: 0, bytes: 3 },
    ...{
      calls: [],
      callCount: 0,
      requested: { start: 0, end: 1 },
      startedAt: new Date(0),
      shortfalls: [],
    },
  };
}

Deno.test("ClipFolder.newest() lists clips, those of this run at once and with their reports", async () => {
  await using dir = await tempDir();
  for (const [i, name] of ["b.webm", "c.mkv", "a.mp4"].entries()) {
    await Deno.writeTextFile(`${dir.path}/${name}`, "x".repeat(i + 1));
    await Deno.utime(`${dir.path}/${name}`, 1000 + i, 1000 + i);
    writeRecord(`${dir.path}/${name}`);
  }
  await Deno.writeTextFile(`${dir.path}/open.mp4.part`, "");
  using folder = await ClipFolder.create(dir.path, undefined, new Events());
  const names = async (limit: number) => (await folder.newest(limit)).map(({ name }) => name);
  assertEquals(await names(9), ["a.mp4", "c.mkv", "b.webm"]);
  assertEquals(await names(2), ["a.mp4", "c.mkv"]);
  const [first] = await folder.newest(1);
  assertEquals(first, {
    name: "a.mp4",
    bytes: 3,
    modifiedAt: new Date(1002e3),
    report: null,
    mediaTypes: ["video/x-raw"],
  });
  const { count, bytes, freeBytes } = await folder.info();
  assertEquals([count, bytes], [3, 6]);
  assert(freeBytes === null || freeBytes > 0);
  const report = reportOf(`${dir.path}/new.mp4`);
  folder.add(report);
  assertEquals((await folder.newest(1))[0]!.report, report);
  assertEquals((await folder.info()).count, 4);
});

Deno.test("ClipFolder.newPath() returns each path once, and none outside of the folder", async () => {
  await using dir = await tempDir();
  using folder = await ClipFolder.create(dir.path, undefined, new Events());
  const tees = ["t1", "../../etc/x", "a b", "ä\n", ""];
  const paths = Array.from({ length: 500 }, (_, i) => folder.newPath(tees[i % 5]!, ".mp4"));
  assertEquals(new Set(paths).size, 500);
  for (const path of paths) {
    assertMatch(path.slice(dir.path.length + 1), /^[\dT-]+\.\d{3}Z_[\w-]*\.mp4$/);
  }
});

Deno.test("ClipFolder.newPath() follows the clock, also after it was set back", async () => {
  await using dir = await tempDir();
  using folder = await ClipFolder.create(dir.path, undefined, new Events());
  const realNow = Date.now;
  const names: string[] = [];
  try {
    for (const nowMs of [DAY_MS, DAY_MS, DAY_MS - 5, MINUTE_MS, MINUTE_MS]) {
      Date.now = () => nowMs;
      names.push(folder.newPath("t", ".mp4").slice(dir.path.length + 1));
    }
  } finally {
    Date.now = realNow;
  }
  assertEquals(names, [
    ...["000", "001", "002"].map((ms) => `1970-01-02T00-00-00.${ms}Z_t.mp4`),
    ...["000", "001"].map((ms) => `1970-01-01T00-01-00.${ms}Z_t.mp4`),
  ]);
});

Deno.test("ClipFolder.create() refuses a folder that cannot be written to", async () => {
  await assertRejects(
    () => ClipFolder.create("/dev/null/clips", undefined, new Events()),
    UsageError,
    "Cannot write to the folder /dev/null/clips",
  );
});

/** A clip every five minutes for a day, of 1 to 9 kB, by a clock of its own. */
async function liveADay(
  dir: string,
  limits: typeof NO_LIMITS,
  check: (clips: string[]) => void,
): Promise<{ events: TimedEvent[]; names: string[] }> {
  const events: TimedEvent[] = [];
  const listeners = new Events();
  listeners.listen((event) => events.push(event));
  const realNow = Date.now;
  let nowMs = realNow() - DAY_MS;
  Date.now = () => nowMs;
  const names: string[] = [];
  try {
    using folder = await ClipFolder.create(dir, limits, listeners);
    await folder.keepLimits();
    await Deno.writeTextFile(`${dir}/open.mp4.part`, "x".repeat(100_000));
    await Deno.utime(`${dir}/open.mp4.part`, 0, 0);
    for (let clip = 0; clip < 288; clip++, nowMs += 5 * MINUTE_MS) {
      const path = folder.newPath("t1", ".mp4");
      names.push(path.slice(dir.length + 1));
      await Deno.writeFile(path, new Uint8Array(1000 + (clip * 7919) % 8000));
      await Deno.utime(path, nowMs / 1000, nowMs / 1000);
      folder.add({ ...reportOf(path), bytes: 1000 + (clip * 7919) % 8000 });
      await folder.applyLimits();
      check(fileNames(dir).filter((name) => names.includes(name)));
    }
  } finally {
    Date.now = realNow;
  }
  return { events, names };
}

Deno.test("ClipFolder.applyLimits() keeps a day of clips within each limit, removing the oldest first", async () => {
  const all: [keyof typeof NO_LIMITS, number, (sizes: number[]) => boolean][] = [
    ["maxFiles", 50, (sizes) => sizes.length <= 50],
    ["maxBytes", 60_000, (sizes) => sizes.reduce((sum, size) => sum + size, 0) <= 60_000],
    ["maxAgeSec", 6 * 3600, (sizes) => sizes.length <= 73],
  ];
  for (const [limit, value, isWithin] of all) {
    await using dir = await tempDir();
    await writeForeignFiles(dir.path);
    const foreign = await readForeignFiles(dir.path);
    const others = fileNames(dir.path);
    const limits = { ...NO_LIMITS, [limit]: value };
    const { events, names } = await liveADay(dir.path, limits, (clips) => {
      const sizes = clips.map((name) => Deno.statSync(`${dir.path}/${name}`).size);
      assert(isWithin(sizes), `${limit}: ${sizes}`);
    });
    const removed = events.filter((event) => event.type === "removed").map(({ name }) => name);
    assert(removed.length > 150, limit);
    assertEquals(removed, names.slice(0, removed.length), limit);
    const left = fileNames(dir.path);
    assertEquals(left, [...names.slice(removed.length), "open.mp4.part", ...others].sort(), limit);
    assertEquals(await readForeignFiles(dir.path), foreign, limit);
  }
});

Deno.test("ClipFolder.applyLimits() removes clips of other runs, and reads the folder only now and then", async () => {
  await using dir = await tempDir();
  for (const [i, name] of ["a", "b", "c", "d"].entries()) {
    await Deno.writeTextFile(`${dir.path}/${name}.mp4`, "abc");
    await Deno.utime(`${dir.path}/${name}.mp4`, 1000 + i, 1000 + i);
    writeRecord(`${dir.path}/${name}.mp4`);
  }
  const events = new Events();
  const removed: string[] = [];
  events.listen((event) => event.type === "removed" && removed.push(event.name));
  using folder = await ClipFolder.create(dir.path, { ...NO_LIMITS, maxFiles: 3 }, events);
  await folder.applyLimits();
  assertEquals(removed, [], "before recording runs");
  await folder.keepLimits();
  assertEquals(removed, ["a.mp4"]);
  // gone, which it cannot know yet
  await Deno.remove(`${dir.path}/b.mp4`);
  await Deno.writeTextFile(`${dir.path}/e.mp4`, "abc");
  writeRecord(`${dir.path}/e.mp4`);
  folder.add(reportOf(`${dir.path}/e.mp4`));
  await Promise.all([folder.applyLimits(), folder.applyLimits()]);
  assertEquals(removed, ["a.mp4"]);
  await Deno.writeTextFile(`${dir.path}/f.mp4`, "abc");
  writeRecord(`${dir.path}/f.mp4`);
  folder.add(reportOf(`${dir.path}/f.mp4`));
  await folder.applyLimits();
  assertEquals(removed, ["a.mp4", "c.mp4"]);
});

Deno.test("ClipFolder.applyLimits() removes the oldest clips, also after the clock was set back", async () => {
  await using dir = await tempDir();
  const events = new Events();
  const removed: string[] = [];
  events.listen((event) => event.type === "removed" && removed.push(event.name));
  const realNow = Date.now;
  let nowMs = realNow() - DAY_MS;
  Date.now = () => nowMs;
  try {
    using folder = await ClipFolder.create(dir.path, { ...NO_LIMITS, maxFiles: 3 }, events);
    await folder.keepLimits();
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) {
      const path = `${dir.path}/${name}.mp4`;
      await Deno.writeTextFile(path, "abc");
      await Deno.utime(path, nowMs / 1000, nowMs / 1000);
      writeRecord(path);
      folder.add(reportOf(path));
      await folder.applyLimits();
      nowMs += name === "d" ? -60 * MINUTE_MS : 5 * MINUTE_MS;
    }
  } finally {
    Date.now = realNow;
  }
  assertEquals(removed, ["a.mp4", "b.mp4", "c.mp4", "d.mp4"]);
});
