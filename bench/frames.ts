/**
 * The costs of frames between GStreamer and JavaScript.
 *
 * @module
 */
import type { FramesOptions } from "./children/frames.ts";

import { alternate, type Pass, type Passes, rowOf } from "./rounds.ts";
import { growthOf, type Scale, type Section } from "./section.ts";
import { FULL_HD, type Size, sizeText, SMALL } from "./sources.ts";
import { Subject } from "./subject.ts";
import { digits } from "./table.ts";

type Way = FramesOptions["way"];

async function move(way: Way, [width, height]: Size, frames: number): Promise<Pass> {
  const options: FramesOptions = { way, width, height, frames };
  await using script = Subject.script("frames.ts", options);
  return JSON.parse(await script.until("}\n"));
}

/** Measures ways to move frames, by frame size. */
async function bySize(ways: Way[], scale: Scale): Promise<[Size, Passes][]> {
  const sizes: Size[] = scale.isQuick ? [SMALL] : [SMALL, [1280, 720], FULL_HD];
  const all: [Size, Passes][] = [];
  for (const size of sizes) {
    const frames = Math.ceil((scale.isQuick ? 40e6 : 1e9) / (size[0] * size[1] * 1.5) / 4);
    const subjects = ways.map((way) => [way, () => move(way, size, frames)]);
    all.push([size, await alternate(Object.fromEntries(subjects), scale.rounds)]);
  }
  return all;
}

/** Measures frames out of pipelines and into them. */
export async function frames(scale: Scale): Promise<Section> {
  const section: Section = { name: "frames", tables: [], notes: [], goals: [] };
  const copies = await bySize(["copy"], scale);
  const megabytes = ([width, height]: Size) => width * height * 1.5 / 1e6;
  const rows = (all: [Size, Passes][], quantity: string) =>
    all.map(([size, passes]) => rowOf(passes, quantity, sizeText(size), megabytes(size)));
  const perCopy = growthOf(rows(copies, "cpu"), "copy").slope;
  for (const [from, to] of [["pipe out", "AppSink"], ["pipe in", "AppSrc"]] as const) {
    const all = await bySize([from, to], scale);
    section.tables.push(
      { quantity: `Frames per second, ${to}`, of: "I420 frame", rows: rows(all, "perSecond") },
      {
        quantity: `CPU of the script, ms per frame, ${to}`,
        of: "I420 frame",
        rows: rows(all, "cpu"),
      },
    );
    if (scale.isQuick) continue;
    const { slope } = growthOf(rows(all, "cpu"), to);
    const small = rows(all, "cpu")[0]!.cells[to]!.value.median;
    section.notes.push(
      `${to}: ${digits(small)} ms for a frame of ${sizeText(SMALL)}, plus ${digits(slope)} ms ` +
        `per MB, as much as ${digits(slope / perCopy)} copies within JavaScript.`,
    );
  }
  return section;
}
