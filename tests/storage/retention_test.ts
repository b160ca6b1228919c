/**
 * Which clips a retention policy removes: by pure simulation, and in real directories.
 */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path/join";
import { relative } from "@std/path/relative";
import { readClip, type RetentionOptions, RetentionPolicy } from "../../mod.ts";
import { byAge } from "../../src/storage/clip_list.ts";
import {
  findExcess,
  type ListedClip,
  type RemovedClip,
  type RetentionLimits,
} from "../../src/storage/retention.ts";
import { fileNames } from "../helpers/file_names.ts";
import { writeRecord } from "../helpers/own_clips.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const NOW_MS = Date.UTC(2026, 0, 2);
const DAY_SEC = 86_400;

/** Whole numbers below a limit: the same ones for the same seed. */
function randomOf(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}

/** Removes from a list what exceeds the limits, and returns it. */
function reduce(clips: ListedClip[], limits: RetentionLimits, nowMs = NOW_MS) {
  const removed: { path: string; reason: RemovedClip["reason"] }[] = [];
  for (let excess; (excess = findExcess(clips, limits, nowMs)) !== null;) {
    removed.push({ path: excess.clip.path, reason: excess.reason });
    clips.splice(clips.indexOf(excess.clip), 1);
  }
  return removed;
}

/** Clips of 10 bytes each, the last one written a second before now, the others a second apart. */
function clipsOf(...names: string[]): ListedClip[] {
  return names.map((path, i) => {
    return { path, bytes: 10, modifiedAt: new Date(NOW_MS - (names.length - i) * 1000) };
  });
}

const sumOf = (clips: { bytes: number }[]) => clips.reduce((sum, { bytes }) => sum + bytes, 0);

/** Whether a list of clips is beyond any of the limits. */
function exceeds(clips: ListedClip[], limits: RetentionLimits, nowMs = NOW_MS): boolean {
  const { maxFiles = Infinity, maxBytes = Infinity, maxAgeSec = Infinity } = limits;
  const isOld = clips.some(({ modifiedAt }) => nowMs - modifiedAt.getTime() > maxAgeSec * 1000);
  return isOld || clips.length > maxFiles || sumOf(clips) > maxBytes;
}

Deno.test("findExcess() names the oldest clip and the limit that is exceeded", () => {
  const clips = clipsOf("a", "b", "c");
  const [clip] = clips;
  assertEquals(findExcess(clips, { maxFiles: 2 }, NOW_MS), { clip, reason: "files" });
  assertEquals(findExcess(clips, { maxBytes: 29 }, NOW_MS), { clip, reason: "bytes" });
  assertEquals(findExcess(clips, { maxAgeSec: 2.999 }, NOW_MS), { clip, reason: "age" });
});

Deno.test("findExcess() finds nothing at the limits themselves", () => {
  const limits = { maxFiles: 3, maxBytes: 30, maxAgeSec: 3 };
  assertEquals(findExcess(clipsOf("a", "b", "c"), limits, NOW_MS), null);
  assertEquals(findExcess([], limits, NOW_MS), null);
});

Deno.test("findExcess() passes over clips that must stay, but counts them", () => {
  const clips = clipsOf("a", "b", "c");
  clips[0]!.isKept = true;
  assertEquals(reduce(clips, { maxFiles: 2 }), [{ path: "b", reason: "files" }]);
  assertEquals(reduce(clips, { maxFiles: 1 }), [], "the newest goes for none that must stay");
  assertEquals(reduce(clips, { maxAgeSec: 0.5 }), [{ path: "c", reason: "age" }]);
});

Deno.test("findExcess() keeps a newest clip that is too large alone, not one that is too old", () => {
  const clips = clipsOf("a", "b");
  clips[1]!.bytes = 1000;
  assertEquals(reduce(clips, { maxBytes: 100 }), [{ path: "a", reason: "bytes" }]);
  assertEquals(reduce(clips, { maxBytes: 100, maxAgeSec: 0.5 }), [{ path: "b", reason: "age" }]);
});

Deno.test("byAge() orders by time, then by name", () => {
  const entries = [["b", 2], ["c", 1], ["a", 2], ["B", 2]] as const;
  const clips = entries.map(([path, ms]) => ({ path, bytes: 0, modifiedAt: new Date(ms) }));
  assertEquals(clips.sort(byAge).map(({ path }) => path), ["c", "B", "a", "b"]);
});

Deno.test("findExcess() removes the oldest and no more than it must, in 2000 random directories", () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const random = randomOf(seed);
    const clips = Array.from({ length: random(40) }, (_, i): ListedClip => ({
      path: `${i}.webm`,
      bytes: random(3) === 0 ? 0 : random(1000),
      modifiedAt: new Date(NOW_MS + 5000 - random(60) * 1000),
      isKept: random(8) === 0,
    })).sort(byAge);
    const limits: RetentionLimits = {
      ...(random(2) && { maxFiles: 1 + random(40) }),
      ...(random(2) && { maxBytes: 1 + random(15_000) }),
      ...(random(2) && { maxAgeSec: 1 + random(60) }),
    };
    checkReduced(clips, limits, `seed ${seed}`);
  }
});

/** Checks what is removed of a list: the oldest, until the limits hold or nothing is left that may go, and no more. */
function checkReduced(before: ListedClip[], limits: RetentionLimits, what: string): void {
  const left = [...before];
  const names = reduce(left, limits).map(({ path }) => path);
  const removable = before.filter(({ isKept }) => !isKept);
  assertEquals(names, removable.slice(0, names.length).map(({ path }) => path), what);

  const rest = removable.slice(names.length);
  assert(!exceeds(rest, { maxAgeSec: limits.maxAgeSec ?? Infinity }), what);
  const { maxAgeSec: _, ...room } = limits;
  if (exceeds(left, room)) assert(rest.every((clip) => clip === before.at(-1)), what);

  const last = removable[names.length - 1];
  if (last !== undefined) assert(exceeds([last], limits) || exceeds([last, ...left], room), what);
}

Deno.test("findExcess() keeps a simulated day of triggers within the limits at every one", () => {
  const random = randomOf(42);
  const limits = { maxFiles: 400, maxBytes: 800_000_000, maxAgeSec: 3600 };
  const clips: ListedClip[] = [];
  const reasons = new Set<string>();
  let written = 0;
  let removed = 0;
  for (let nowMs = NOW_MS; nowMs < NOW_MS + DAY_SEC * 1000; written++) {
    // nights are quiet, mornings busy, some afternoons in high definition
    const hour = (nowMs - NOW_MS) / 3_600_000;
    nowMs += random(hour < 6 ? 300_000 : hour < 12 ? 8_000 : 30_000);
    const bytes = random(hour > 18 ? 20_000_000 : 2_000_000);
    clips.push({ path: `${written}.webm`, bytes, modifiedAt: new Date(nowMs) });
    const gone = reduce(clips, limits, nowMs);
    for (const { path, reason } of gone) {
      assertEquals(path, `${removed++}.webm`);
      reasons.add(reason);
    }
    assert(!exceeds(clips, limits, nowMs), `after clip ${written}`);
  }
  assert(written > 5000, `${written} clips`);
  assertEquals([...reasons].sort(), ["age", "bytes", "files"]);
  assertEquals(clips.length, written - removed);
});

/** Writes a file that was last changed so many seconds ago. */
async function write(path: string, bytes: number, ageSec = 0): Promise<void> {
  await Deno.writeFile(path, new Uint8Array(bytes));
  const time = Date.now() / 1000 - ageSec;
  await Deno.utime(path, time, time);
}

/** Writes such a file with a clip record. */
async function writeClip(path: string, bytes: number, ageSec = 0): Promise<void> {
  await write(path, bytes, ageSec);
  writeRecord(path);
}

/** A policy that adds its failures to a list. */
function policyOf(directory: string, options: Omit<RetentionOptions, "directory">) {
  const errors: Error[] = [];
  const onError = (error: Error) => errors.push(error);
  return { policy: new RetentionPolicy({ directory, onError, ...options }), errors };
}

Deno.test("RetentionPolicy.apply() returns what it removed, oldest first", async () => {
  await using dir = await tempDir();
  await writeClip(`${dir.path}/a.webm`, 30, 1);
  await writeClip(`${dir.path}/b.mkv`, 20, 40);
  await writeClip(`${dir.path}/c.MP4`, 10, 20);
  await writeClip(`${dir.path}/d.mov`, 5, 10);
  const { policy } = policyOf(dir.path, { maxFiles: 2, maxBytes: 32, maxAgeSec: 30 });
  assertEquals(await policy.apply(), [
    { path: join(dir.path, "b.mkv"), bytes: 20, reason: "age" },
    { path: join(dir.path, "c.MP4"), bytes: 10, reason: "files" },
    { path: join(dir.path, "d.mov"), bytes: 5, reason: "bytes" },
  ]);
  assertEquals(await policy.apply(), []);
  assertEquals(fileNames(dir.path), ["a.webm"]);
});

Deno.test("RetentionPolicy.apply() neither counts nor removes what is no finished clip", async () => {
  await using dir = await tempDir();
  await using other = await tempDir();
  await write(`${other.path}/film.webm`, 10, 500);
  const foreign = [
    ...["a.webm.part", "notes.txt", "webm", ".webm", "b.webm~", "main.ts", "film.mp4"],
    ...["movie.webm.part", "2026-11-26_holidays.mp4", "2026-11-26T14-03-12Z_yard.mp4"],
    ...["2026-11-26T14-03-12.345Z_yard.txt", "ring-2026-11-26T14-03-12.345Z_yard.mp4"],
  ];
  for (const name of foreign) await write(join(dir.path, name), 1000, 500);
  await Deno.mkdir(`${dir.path}/folder.webm`);
  await write(`${dir.path}/folder.webm/inside.webm`, 10, 500);
  await Deno.symlink(`${other.path}/film.webm`, `${dir.path}/link.webm`);
  await Deno.symlink(`${other.path}/nothing.webm`, `${dir.path}/dangling.webm`);
  const names = fileNames(dir.path);
  await writeClip(`${dir.path}/new.webm`, 10);
  const { policy, errors } = policyOf(dir.path, { maxFiles: 1, maxBytes: 10, maxAgeSec: 100 });
  assertEquals(await policy.apply(), []);
  assertEquals(fileNames(dir.path), [...names, "new.webm"].sort());
  assertEquals(fileNames(`${dir.path}/folder.webm`), ["inside.webm"]);
  assertEquals(fileNames(other.path), ["film.webm"]);
  assertEquals(errors, []);
});

Deno.test("RetentionPolicy.apply() removes clips that gstp wrote, by record or by name, and their records", async () => {
  await using dir = await tempDir();
  const named = "2026-11-26T14-03-12.345Z_yard.mp4";
  await write(`${dir.path}/${named}`, 10, 30);
  await writeClip(`${dir.path}/a.mp4`, 10, 20);
  await writeClip(`${dir.path}/b.mp4`, 10, 10);
  // a film, with a JSON file beside it that is no clip record
  await write(`${dir.path}/film.mp4`, 10, 500);
  await Deno.writeTextFile(`${dir.path}/film.mp4.json`, '{"title":"Film"}');
  // one that was given the name of a clip's record
  await write(`${dir.path}/other.mp4`, 10, 500);
  await Deno.copyFile(`${dir.path}/a.mp4.json`, `${dir.path}/other.mp4.json`);
  const { policy, errors } = policyOf(dir.path, { maxFiles: 1 });
  const removed = [named, "a.mp4"].map((name) => join(dir.path, name));
  assertEquals((await policy.preview()).map(({ path }) => path), removed);
  assertEquals((await policy.apply()).map(({ path }) => path), removed);
  assertEquals(await policy.preview(), []);
  const left = [...Deno.readDirSync(dir.path)].map(({ name }) => name).sort();
  assertEquals(left, [
    ...["b.mp4", "b.mp4.json", "film.mp4", "film.mp4.json", "other.mp4", "other.mp4.json"],
  ]);
  assertEquals(errors, []);
});

Deno.test("RetentionPolicy.apply() does not remove a film that a list of clips contains", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "film.mp4");
  await write(path, 10, 500);
  await writeClip(`${dir.path}/new.mp4`, 10);
  const clips = () => [{ path, bytes: 10, modifiedAt: new Date(0) }];
  const { policy } = policyOf(dir.path, { maxAgeSec: 1, clips });
  assertEquals(await policy.apply(), []);
  assertEquals(fileNames(dir.path), ["film.mp4", "new.mp4"]);
});

Deno.test("RetentionPolicy.apply() spares clips below an age from the limits of number and size", async () => {
  await using dir = await tempDir();
  for (const [i, ageSec] of [1000, 700, 20, 10, 0].entries()) {
    await writeClip(`${dir.path}/${i}.mp4`, 10, ageSec);
  }
  const { policy } = policyOf(dir.path, { maxFiles: 1, maxBytes: 10, minAgeSec: 600 });
  assertEquals((await policy.apply()).map(({ path }) => path), [
    join(dir.path, "0.mp4"),
    join(dir.path, "1.mp4"),
  ]);
  assertEquals(fileNames(dir.path), ["2.mp4", "3.mp4", "4.mp4"]);
});

Deno.test("RetentionPolicy.apply() keeps clips in use, however their paths are written", async () => {
  await using dir = await tempDir();
  for (const [i, name] of ["a", "b", "c", "d"].entries()) {
    await writeClip(`${dir.path}/${name}.webm`, 10, 10 - i);
  }
  const used = new Set([relative(Deno.cwd(), `${dir.path}/a.webm`), `${dir.path}/./b.webm`]);
  const { policy } = policyOf(dir.path, { maxFiles: 1, inUse: () => used });
  assertEquals((await policy.apply()).map(({ path }) => path), [join(dir.path, "c.webm")]);
  used.clear();
  await policy.apply();
  assertEquals(fileNames(dir.path), ["d.webm"]);
});

Deno.test("RetentionPolicy.apply() reports what it cannot remove, and goes on", async () => {
  await using dir = await tempDir();
  for (const [i, name] of ["a", "b", "c", "d", "e"].entries()) {
    await writeClip(`${dir.path}/${name}.webm`, 10, 10 - i);
  }
  // between the look at the directory and the first removal
  const inUse = () => {
    Deno.removeSync(`${dir.path}/a.webm`);
    Deno.removeSync(`${dir.path}/b.webm`);
    Deno.mkdirSync(`${dir.path}/b.webm/not-empty`, { recursive: true });
    return [];
  };
  const { policy, errors } = policyOf(dir.path, { maxFiles: 2, inUse });
  const removed = await policy.apply();
  assertEquals(removed.map(({ path }) => path), [
    join(dir.path, "c.webm"),
    join(dir.path, "d.webm"),
  ]);
  assertEquals(fileNames(dir.path), ["b.webm", "e.webm"]);
  assertEquals(errors.length, 2);
  assertInstanceOf(errors[0], Deno.errors.NotFound);
  assertStringIncludes(errors[0].message, "a.webm");
  assertStringIncludes(errors[1]!.message, "b.webm");
});

Deno.test("RetentionPolicy.apply() removes nothing in place of a clip that is gone already", async () => {
  await using dir = await tempDir();
  for (const name of ["a", "b", "c"]) await writeClip(`${dir.path}/${name}.webm`, 10, 10);
  const inUse = () => {
    Deno.removeSync(`${dir.path}/a.webm`);
    return [];
  };
  const { policy, errors } = policyOf(dir.path, { maxFiles: 2, inUse });
  assertEquals(await policy.apply(), []);
  assertEquals(fileNames(dir.path), ["b.webm", "c.webm"]);
  assertEquals(errors.length, 1);
});

Deno.test("RetentionPolicy.apply() does not mind clips that go while it looks at them", async () => {
  await using dir = await tempDir();
  for (let i = 0; i < 500; i++) await writeClip(`${dir.path}/${i}.webm`, 10);
  const { policy, errors } = policyOf(dir.path, { maxFiles: 500 });
  const removed = policy.apply();
  for (let i = 499; i >= 0; i--) await Deno.remove(`${dir.path}/${i}.webm`);
  assertEquals(await removed, []);
  assertEquals(errors, []);
});

Deno.test("RetentionPolicy.apply() lets calls wait for each other", async () => {
  await using dir = await tempDir();
  for (let i = 0; i < 40; i++) await writeClip(`${dir.path}/${i}.webm`, 10, 100 - i);
  const { policy, errors } = policyOf(dir.path, { maxFiles: 3 });
  const removed = await Promise.all(Array.from({ length: 10 }, () => policy.apply()));
  assertEquals(removed.map(({ length }) => length), [37, ...Array(9).fill(0)]);
  assertEquals(fileNames(dir.path), ["37.webm", "38.webm", "39.webm"]);
  assertEquals(errors, []);
});

Deno.test("RetentionPolicy.apply() takes a directory that comes later, and rejects for a file", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "clips");
  const { policy } = policyOf(path, { maxFiles: 1 });
  assertEquals(await policy.apply(), []);
  await Deno.writeTextFile(path, "");
  await assertRejects(() => policy.apply(), Error, "clips");
  await Deno.remove(path);
  await Deno.mkdir(path);
  await writeClip(`${path}/a.webm`, 1, 2);
  await writeClip(`${path}/b.webm`, 1, 1);
  assertEquals((await policy.apply()).length, 1);
});

Deno.test("RetentionPolicy.apply() keeps a directory within its limits, clip after clip", async () => {
  await using dir = await tempDir();
  const random = randomOf(7);
  const limits = { maxFiles: 12, maxBytes: 20_000, maxAgeSec: 3600 };
  const { policy, errors } = policyOf(dir.path, limits);
  const open = join(dir.path, "open.webm.part");
  await write(open, 50_000, DAY_SEC);
  const names: string[] = [];
  const reasons = new Set<string>();
  let removedCount = 0;
  for (let i = 0; i < 300; i++) {
    // written in the past, at times that only grow; none within seconds of the limit, as the test takes time, too
    const name = `${i}${[".webm", ".mkv", ".mp4"][random(3)]}`;
    await writeClip(join(dir.path, name), random(4000), (300 - i) * 20 - 10);
    names.push(name);
    for (const { path, reason } of await policy.apply()) {
      assertEquals(path, join(dir.path, names[removedCount++]!));
      reasons.add(reason);
    }
    const left = names.slice(removedCount);
    assertEquals(fileNames(dir.path), [...left, "open.webm.part"].sort());
    const files = await Promise.all(left.map((name) => Deno.stat(join(dir.path, name))));
    const clips = files.map(({ size, mtime }) => ({ path: name, bytes: size, modifiedAt: mtime! }));
    assert(!exceeds(clips, limits, Date.now()), `after clip ${i}`);
  }
  assertEquals([...reasons].sort(), ["age", "bytes", "files"]);
  assertEquals(errors, []);
});

Deno.test("RetentionPolicy() refuses options that cannot be meant", () => {
  const refuse = (options: unknown, errorClass: typeof TypeError, text: string) =>
    assertThrows(() => new RetentionPolicy(options as RetentionOptions), errorClass, text);
  const directory = "clips";
  refuse({ directory }, TypeError, "maxFiles, maxBytes or maxAgeSec");
  refuse({ directory, maxFiles: Infinity }, TypeError, "maxFiles, maxBytes or maxAgeSec");
  refuse({ maxFiles: 1 }, TypeError, "directory");
  refuse({ directory: "", maxFiles: 1 }, TypeError, "directory");
  refuse({ directory, maxFiles: 1, inUse: [] }, TypeError, "inUse");
  refuse({ directory, maxFiles: 1, onError: null }, TypeError, "onError");
  for (const name of ["maxFiles", "maxBytes", "maxAgeSec"]) {
    refuse({ directory, [name]: "1" }, TypeError, name);
    for (const value of [0, -1, NaN, -Infinity]) {
      refuse({ directory, [name]: value }, RangeError, name);
    }
  }
  refuse({ directory, maxFiles: 1.5 }, RangeError, "maxFiles");
  refuse({ directory, maxBytes: 1.5 }, RangeError, "maxBytes");
  refuse({ directory, maxFiles: 1, minAgeSec: "1" }, TypeError, "minAgeSec");
  refuse({ directory, maxFiles: 1, minAgeSec: -1 }, RangeError, "minAgeSec");
  refuse({ directory, maxAgeSec: 1, minAgeSec: 2 }, RangeError, "minAgeSec");
  new RetentionPolicy({ directory, maxFiles: 1, maxBytes: Infinity, maxAgeSec: 0.5 });
});

Deno.test("RetentionPolicy.apply() takes the clips from a list, and reports each one that it removes", async () => {
  await using dir = await tempDir();
  for (const [i, name] of ["a", "b", "c", "d"].entries()) {
    await writeClip(`${dir.path}/${name}.webm`, 10, 10 - i);
  }
  // d.webm is not in the list, and so it neither counts nor goes
  const listed = ["c", "a", "b"].map((name) => join(dir.path, `${name}.webm`));
  const removed: string[] = [];
  const { policy, errors } = policyOf(dir.path, {
    maxFiles: 1,
    clips: async () => (await Promise.all(listed.map(readClip))).map((clip) => clip!),
    onRemoved: ({ path }) => {
      removed.push(path);
      listed.splice(listed.indexOf(path), 1);
    },
  });
  const applied = await Promise.all([policy.apply(), policy.apply()]);
  assertEquals(removed, [join(dir.path, "a.webm"), join(dir.path, "b.webm")]);
  assertEquals(applied.map((clips) => clips.map(({ path }) => path)), [removed, []]);
  assertEquals(fileNames(dir.path), ["c.webm", "d.webm"]);
  assertEquals(errors, []);
});
