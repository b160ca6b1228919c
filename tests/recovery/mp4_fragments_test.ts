import { assertEquals } from "@std/assert";
import { copyPatched } from "../../src/recovery/file_io.ts";
import { repairFragments } from "../../src/recovery/mp4_fragments.ts";
import { box, words } from "../helpers/mp4.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const LIST = words(0, 2, 104, 0xffffffff, 65536, 200, 0, 65536);
const ENDLESS = words(0, 2, 104, 0xffffffff, 65536, 0, 0, 65536);
const ONE_EDIT = box("edts", box("elst", words(0, 1, 256, 0, 65536)));

/** Returns a movie of two tracks, the second of which begins later. */
function movie(list: number[]): number[] {
  const late = box("trak", box("tkhd", words(0)), box("edts", box("elst", list)));
  return box("moov", box("mvhd", words(0)), box("trak", ONE_EDIT), late);
}

const DATA = box("mdat", Array(60).fill(7));
/** Duration (0x100) and size (0x200) are in the first run only: one sample of 10 bytes, then one, then two. */
const RUNS = [
  box("trun", words(0x301, 1, 8, 1024, 10)),
  box("trun", words(0x001, 1, 38)),
  box("trun", words(0x301, 2, 48, 1023, 12, 1024, 8)),
];
/** All runs have a size, but for the first one: it goes from 18 to 38. */
const OTHER_RUNS = [box("trun", words(0x001, 2, 18)), box("trun", words(0x201, 1, 68, 3))];

/** Returns a fragment whose data begins at `base`. */
function fragment(base: number, defaults: number[], otherDefaults: number[]): number[] {
  const [flags, ...values] = defaults;
  const [otherFlags, ...otherValues] = otherDefaults;
  return box(
    "moof",
    box("mfhd", words(0, 1)),
    box("traf", box("tfhd", words(flags!, 1, 0, base, ...values, 0xc0)), ...RUNS),
    box(
      "traf",
      box("tfhd", words(otherFlags!, 2, 0, base, 100, ...otherValues)),
      box("tfdt", words(0, 0)),
      ...OTHER_RUNS,
    ),
  );
}

Deno.test("repairFragments() adds what runs of samples lack, and moves what follows", async () => {
  await using dir = await tempDir();
  const at = movie(LIST).length;
  const next = at + DATA.length + fragment(0, [0], [0]).length;
  // flags: place (0x01), duration (0x08), size (0x10), flags (0x20)
  const broken = [[0x21], [0x09]] as const;
  // 4 + 4 and 4 bytes more
  const whole = [[0x39, 1024, 10], [0x19, 10]] as const;
  const file = [
    ...[...movie(LIST), ...DATA, ...fragment(at, ...copy(broken))],
    ...[...DATA, ...fragment(next, ...copy(broken)), ...box("mdat").slice(0, 4)],
  ];
  const repaired = [
    ...[...movie(ENDLESS), ...DATA, ...fragment(at, ...copy(whole))],
    ...[...DATA, ...fragment(next + 12, ...copy(whole)), ...box("mdat").slice(0, 4)],
  ];
  assertEquals(await repair(dir.path, file), repaired);
  assertEquals(await repair(dir.path, repaired), repaired);
});

function copy(defaults: readonly [readonly number[], readonly number[]]): [number[], number[]] {
  return [[...defaults[0]], [...defaults[1]]];
}

async function repair(folder: string, bytes: number[]): Promise<number[]> {
  await Deno.writeFile(`${folder}/a`, new Uint8Array(bytes));
  using file = await Deno.open(`${folder}/a`);
  await copyPatched(file, `${folder}/b`, await repairFragments(file));
  return [...await Deno.readFile(`${folder}/b`)];
}

Deno.test("repairFragments() hides the time of the first fragment behind a lone frame", async () => {
  await using dir = await tempDir();
  const sizes = (count: number) => box("stsz", words(0, 0, count));
  const start = (count: number) => {
    const media = box("mdia", box("minf", box("stbl", sizes(count))));
    return [...DATA, ...box("moov", box("trak", ONE_EDIT, media)), ...DATA];
  };
  const next = (type: string) => {
    const run = box("trun", words(0x301, 1, 8, 1024, 10));
    return box("moof", box("traf", box("tfhd", words(0, 1)), box(type, words(0, 1024)), run));
  };
  const lone = [...start(1), ...next("tfdt"), ...DATA, ...next("tfdt")];
  const repaired = [...start(1), ...next("free"), ...DATA, ...next("tfdt")];
  assertEquals(await repair(dir.path, lone), repaired);
  const two = [...start(2), ...next("tfdt"), ...DATA, ...next("tfdt")];
  assertEquals(await repair(dir.path, two), two);
});

Deno.test("repairFragments() changes no file without fragments, or without anything missing", async () => {
  await using dir = await tempDir();
  const plain = [...box("ftyp", words(0)), ...DATA, ...movie(LIST)];
  assertEquals(await repair(dir.path, plain), plain);
  assertEquals(await repair(dir.path, []), []);
  assertEquals(await repair(dir.path, DATA.slice(0, 20)), DATA.slice(0, 20));
});
