import { assertEquals } from "@std/assert";
import { fragmentSpans, movieSpans } from "../../src/recovery/mp4_samples.ts";
import { box, words } from "../helpers/mp4.ts";

function viewOf(bytes: number[]): DataView {
  return new DataView(new Uint8Array(bytes).buffer);
}

/** A track whose chunks hold samples of these sizes, or as many as their number of a fixed size. */
function track(id: number, tables: number[][], version = 0): number[] {
  const header = version === 0
    ? box("tkhd", words(0, 0, 0, id))
    : box("tkhd", words(version << 24, 0, 0, 0, 0, id));
  return box("trak", header, box("mdia", box("minf", box("stbl", ...tables))));
}

Deno.test("movieSpans() lists the chunks of all tracks in the order of the file", () => {
  const sizes = box("stsz", words(0, 0, 5, 10, 20, 30, 40, 50));
  // two samples in the first two chunks, then one
  const counts = box("stsc", words(0, 2, 1, 2, 1, 3, 1, 1));
  const offsets = box("stco", words(0, 3, 100, 300, 500));
  const fixed = box("stsz", words(0, 1, 1024));
  const all = box("stsc", words(0, 1, 1, 512, 1));
  const large = box("co64", words(0, 2, 0, 1000, 1, 0));
  const movie = box(
    "moov",
    box("mvhd", words(0)),
    track(3, [fixed, all, large], 1),
    track(2, [sizes, counts, offsets]),
    track(4, []),
  );
  assertEquals(movieSpans(viewOf(movie)), [
    { track: 2, start: 100, end: 130 },
    { track: 2, start: 300, end: 370 },
    { track: 2, start: 500, end: 550 },
    { track: 3, start: 1000, end: 1512 },
    { track: 3, start: 2 ** 32, end: 2 ** 32 + 512 },
  ]);
});

Deno.test("fragmentSpans() lists the runs of all tracks in the order of the file", () => {
  // a base (0x01), a description (0x02), a duration (0x08) and a size (0x10)
  const header = box("tfhd", words(0x1b, 7, 0, 1000, 1, 512, 5));
  const runs = [
    box("trun", words(0x001, 2, 200)), // two samples of the default size
    box("trun", words(0x300, 2, 512, 30, 512, 40)), // right behind it
    box("trun", words(0x205, 1, 100, 0, 60)),
  ];
  const other = box("traf", box("tfhd", words(0, 8)), box("trun", words(0x201, 1, 8, 9)));
  const fragment = box("moof", box("mfhd", words(0, 1)), box("traf", header, ...runs), other);
  assertEquals(fragmentSpans(viewOf(fragment), 50), [
    { track: 8, start: 58, end: 67 },
    { track: 7, start: 1100, end: 1160 },
    { track: 7, start: 1200, end: 1210 },
    { track: 7, start: 1210, end: 1280 },
  ]);
});
