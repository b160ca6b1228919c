/**
 * The folder of clips and how clips are sent, without recording any.
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import type { RecordingReport } from "../../../mod.ts";
import { ClipFolder } from "../../../cli/record/clip_folder.ts";
import { ClipList } from "../../../cli/record/clip_list.ts";
import { clipResponse } from "../../../cli/server/clip_response.ts";
import { Events, type TimedEvent } from "../../../cli/record/events.ts";
import { fileNames } from "../../helpers/file_names.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

const NO_LIMITS = { maxFiles: Infinity, maxBytes: Infinity, maxAgeSec: Infinity };
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Asks for `a.mp4`, which holds ten digits. */
async function ask(
  folder: ClipFolder,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<{ status: number; body: string; headers: Headers }> {
  const clip = await folder.open("a.mp4");
  const request = new Request("http://localhost/clips/a.mp4", { headers, method });
  const response = await clipResponse(request, "a.mp4", clip!);
  return { status: response.status, body: await response.text(), headers: response.headers };
}

async function folderWithClip(dir: string): Promise<ClipFolder> {
  await Deno.writeTextFile(`${dir}/a.mp4`, "0123456789");
  return await ClipFolder.make(dir, NO_LIMITS, new Events());
}

Deno.test("clipResponse() sends a clip whole or in parts", async () => {
  await using dir = await tempDir();
  using folder = await folderWithClip(dir.path);
  const cases: [range: string | undefined, status: number, body: string, part: string | null][] = [
    [undefined, 200, "0123456789", null],
    ["bytes=0-", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=9-99", 206, "9", "bytes 9-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=0-1,5-6", 200, "0123456789", null],
    ["bytes=4-2", 200, "0123456789", null],
    ["bytes=x", 200, "0123456789", null],
    ["frames=0-1", 200, "0123456789", null],
  ];
  for (const [range, status, body, part] of cases) {
    const answer = await ask(folder, range === undefined ? {} : { range });
    const text = `range ${range}`;
    assertEquals([answer.status, answer.body], [status, body], text);
    assertEquals(answer.headers.get("content-range"), part, text);
    assertEquals(answer.headers.get("content-type"), "video/mp4");
    assertEquals(answer.headers.get("accept-ranges"), "bytes");
    const length = answer.headers.get("content-length");
    if (status !== 416) assertEquals(length, String(body.length), text);
  }
});

Deno.test("clipResponse() answers HEAD as GET, without the clip", async () => {
  await using dir = await tempDir();
  using folder = await folderWithClip(dir.path);
  const whole = await ask(folder, {}, "HEAD");
  assertEquals([whole.status, whole.body, whole.headers.get("content-length")], [200, "", "10"]);
  const part = await ask(folder, { range: "bytes=2-4" }, "HEAD");
  assertEquals([part.status, part.body, part.headers.get("content-length")], [206, "", "3"]);
});

Deno.test("clipResponse() tells whether a client has the clip, or a part of it", async () => {
  await using dir = await tempDir();
  using folder = await folderWithClip(dir.path);
  const first = await ask(folder);
  const etag = first.headers.get("etag")!;
  const date = first.headers.get("last-modified")!;
  assertMatch(etag, /^"[\w-]+"$/);
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    assertEquals((await ask(folder, { "if-none-match": known })).status, 304, known);
  }
  assertEquals((await ask(folder, { "if-none-match": '"x"' })).status, 200);
  const range = "bytes=2-4";
  assertEquals((await ask(folder, { range, "if-range": etag })).status, 206);
  assertEquals((await ask(folder, { range, "if-range": date })).status, 206);
  assertEquals((await ask(folder, { range, "if-range": `W/${etag}` })).status, 200);
  await Deno.writeTextFile(`${dir.path}/a.mp4`, "0123456789abc");
  const changed = await ask(folder, { range, "if-range": etag });
  assertEquals([changed.status, changed.body], [200, "0123456789abc"]);
});

Deno.test("clipResponse() closes the clip when the client goes away", async () => {
  await using dir = await tempDir();
  await Deno.writeFile(`${dir.path}/a.mp4`, new Uint8Array(1e6));
  using folder = await ClipFolder.make(dir.path, NO_LIMITS, new Events());
  const clip = await folder.open("a.mp4");
  const response = await clipResponse(new Request("http://localhost/"), "a.mp4", clip!);
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel(); // the test's sanitizer would see a file that stays open
});

Deno.test("ClipFolder.open() opens clips of the folder, and nothing else", async () => {
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
  using folder = await folderWithClip(inside);
  const clip = await folder.open("a.mp4");
  assertEquals(clip!.bytes, 10);
  clip!.file.close();
  const others = [
    ...["", ".", "..", "../secret.mp4", "..\\secret.mp4", "/etc/passwd", `${dir.path}/secret.mp4`],
    ...["sub.mp4", "sub.mp4/b.mp4", "./a.mp4", "a.mp4/", "a.mp4\0", "a.mp4\0.txt", "\0"],
    ...["open.mp4.part", "script.ts", "notes.txt", "link.mp4", "passwd.mp4", "none.mp4"],
    ...["%2e%2e%2fsecret.mp4", `${"x".repeat(300)}.mp4`, "A.mp4"],
  ];
  for (const name of others) assertEquals(await folder.open(name), null, name);
});

/** A report of a clip of three bytes. */
function reportOf(path: string): RecordingReport {
  return {
    path,
    ...{ start: 0, end: 1, duration: 1, frames: 30, dropped: 0, bytes: 3 },
    ...{ calls: [], requested: { start: 0, end: 1 }, startedAt: new Date(0), shortfalls: [] },
  };
}

Deno.test("ClipFolder.newest() lists clips, its own ones at once and with their reports", async () => {
  await using dir = await tempDir();
  for (const [i, name] of ["b.webm", "c.mkv", "a.mp4"].entries()) {
    await Deno.writeTextFile(`${dir.path}/${name}`, "x".repeat(i + 1));
    await Deno.utime(`${dir.path}/${name}`, 1000 + i, 1000 + i);
  }
  await Deno.writeTextFile(`${dir.path}/open.mp4.part`, "");
  using folder = await ClipFolder.make(dir.path, NO_LIMITS, new Events());
  const names = async (limit: number) => (await folder.newest(limit)).map(({ name }) => name);
  assertEquals(await names(9), ["a.mp4", "c.mkv", "b.webm"]);
  assertEquals(await names(2), ["a.mp4", "c.mkv"]);
  const [first] = await folder.newest(1);
  assertEquals(first, { name: "a.mp4", bytes: 3, modifiedAt: new Date(1002e3), report: null });
  const { count, bytes, freeBytes } = await folder.info();
  assertEquals([count, bytes], [3, 6]);
  assert(freeBytes === null || freeBytes > 0);
  const report = reportOf(`${dir.path}/new.mp4`);
  folder.add(report);
  assertEquals((await folder.newest(1))[0]!.report, report);
  assertEquals((await folder.info()).count, 4);
});

Deno.test("ClipList misses no change that is made while it lists the folder", async () => {
  await using dir = await tempDir();
  for (let i = 0; i < 50; i++) await Deno.writeTextFile(`${dir.path}/${i}.mp4`, "video");
  const list = new ClipList(dir.path);
  const listed = list.totals();
  // neither is on disk: a listing that began before sees it otherwise
  list.add({ name: "new.mp4", bytes: 1, mtimeMs: Date.now() });
  list.delete("7.mp4");
  assertEquals(await listed, { count: 50, bytes: 246 });
  const names = (await list.newest(99)).map(({ name }) => name);
  assertEquals([names.includes("new.mp4"), names.includes("7.mp4")], [true, false]);
});

Deno.test("ClipList tells that a folder cannot be read, and reads it once it can", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/clips`;
  await Deno.writeTextFile(path, "in the way");
  const list = new ClipList(path);
  await assertRejects(() => list.totals());
  await Deno.remove(path);
  await Deno.mkdir(path);
  await Deno.writeTextFile(`${path}/a.mp4`, "video");
  assertEquals(await list.totals(), { count: 1, bytes: 5 });
});

Deno.test("ClipFolder.newPath() never gives a path twice, nor one outside of the folder", async () => {
  await using dir = await tempDir();
  using folder = await ClipFolder.make(dir.path, NO_LIMITS, new Events());
  const tees = ["t1", "../../etc/x", "a b", "ä\n", ""];
  const paths = Array.from({ length: 500 }, (_, i) => folder.newPath(tees[i % 5]!, ".mp4"));
  assertEquals(new Set(paths).size, 500);
  for (const path of paths) {
    assertMatch(path.slice(dir.path.length + 1), /^[\dT-]+\.\d{3}Z_[\w-]*\.mp4$/);
  }
});

Deno.test("ClipFolder.newPath() has the time by the clock, also after that was set back", async () => {
  await using dir = await tempDir();
  using folder = await ClipFolder.make(dir.path, NO_LIMITS, new Events());
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

Deno.test("ClipFolder.make() refuses a folder that cannot be written to", async () => {
  await assertRejects(
    () => ClipFolder.make("/dev/null/clips", NO_LIMITS, new Events()),
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
    using folder = await ClipFolder.make(dir, limits, listeners);
    await Deno.writeTextFile(`${dir}/open.mp4.part`, "x".repeat(100_000));
    await Deno.utime(`${dir}/open.mp4.part`, 0, 0);
    for (let clip = 0; clip < 288; clip++, nowMs += 5 * MINUTE_MS) {
      const path = folder.newPath("t1", ".mp4");
      names.push(path.slice(dir.length + 1));
      await Deno.writeFile(path, new Uint8Array(1000 + (clip * 7919) % 8000));
      await Deno.utime(path, nowMs / 1000, nowMs / 1000);
      folder.add({ ...reportOf(path), bytes: 1000 + (clip * 7919) % 8000 });
      await folder.tidy();
      check(fileNames(dir).filter((name) => name.endsWith(".mp4")));
    }
  } finally {
    Date.now = realNow;
  }
  return { events, names };
}

Deno.test("ClipFolder.tidy() keeps a day of clips within each limit, oldest going first", async () => {
  const all: [keyof typeof NO_LIMITS, number, (sizes: number[]) => boolean][] = [
    ["maxFiles", 50, (sizes) => sizes.length <= 50],
    ["maxBytes", 60_000, (sizes) => sizes.reduce((sum, size) => sum + size, 0) <= 60_000],
    ["maxAgeSec", 6 * 3600, (sizes) => sizes.length <= 73],
  ];
  for (const [limit, value, isWithin] of all) {
    await using dir = await tempDir();
    const limits = { ...NO_LIMITS, [limit]: value };
    const { events, names } = await liveADay(dir.path, limits, (clips) => {
      const sizes = clips.map((name) => Deno.statSync(`${dir.path}/${name}`).size);
      assert(isWithin(sizes), `${limit}: ${sizes}`);
    });
    const removed = events.filter((event) => event.type === "removed").map(({ name }) => name);
    assert(removed.length > 150, limit);
    assertEquals(removed, names.slice(0, removed.length), limit);
    const left = fileNames(dir.path);
    assertEquals(left, [...names.slice(removed.length), "open.mp4.part"].sort(), limit);
  }
});

Deno.test("ClipFolder.tidy() removes clips that others have left, and looks for them only now and then", async () => {
  await using dir = await tempDir();
  for (const [i, name] of ["a", "b", "c", "d"].entries()) {
    await Deno.writeTextFile(`${dir.path}/${name}.mp4`, "abc");
    await Deno.utime(`${dir.path}/${name}.mp4`, 1000 + i, 1000 + i);
  }
  const events = new Events();
  const removed: string[] = [];
  events.listen((event) => event.type === "removed" && removed.push(event.name));
  using folder = await ClipFolder.make(dir.path, { ...NO_LIMITS, maxFiles: 3 }, events);
  await folder.tidy();
  assertEquals(removed, ["a.mp4"]);
  // gone, which it cannot know yet
  await Deno.remove(`${dir.path}/b.mp4`);
  await Deno.writeTextFile(`${dir.path}/e.mp4`, "abc");
  folder.add(reportOf(`${dir.path}/e.mp4`));
  await Promise.all([folder.tidy(), folder.tidy()]);
  assertEquals(removed, ["a.mp4"]);
  await Deno.writeTextFile(`${dir.path}/f.mp4`, "abc");
  folder.add(reportOf(`${dir.path}/f.mp4`));
  await folder.tidy();
  assertEquals(removed, ["a.mp4", "c.mp4"]);
});

Deno.test("ClipFolder.tidy() removes the oldest clips, also after the clock was set back", async () => {
  await using dir = await tempDir();
  const events = new Events();
  const removed: string[] = [];
  events.listen((event) => event.type === "removed" && removed.push(event.name));
  const realNow = Date.now;
  let nowMs = realNow() - DAY_MS;
  Date.now = () => nowMs;
  try {
    using folder = await ClipFolder.make(dir.path, { ...NO_LIMITS, maxFiles: 3 }, events);
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) {
      const path = `${dir.path}/${name}.mp4`;
      await Deno.writeTextFile(path, "abc");
      await Deno.utime(path, nowMs / 1000, nowMs / 1000);
      folder.add(reportOf(path));
      await folder.tidy();
      nowMs += name === "d" ? -60 * MINUTE_MS : 5 * MINUTE_MS;
    }
  } finally {
    Date.now = realNow;
  }
  assertEquals(removed, ["a.mp4", "b.mp4", "c.mp4", "d.mp4"]);
});
