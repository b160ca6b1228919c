/**
 * How long it takes from record() to the file, and for how long that holds the event loop.
 *
 * @module
 */
import type { Latencies, LatencyOptions } from "./children/latency.ts";
import { Subject } from "./process.ts";
import type { Row, Scale, Section } from "./section.ts";
import { encoded, FULL_HD, SMALL } from "./sources.ts";
import { type Figure, fitLine, median } from "./statistics.ts";
import { digits } from "./table.ts";

async function call(options: Omit<LatencyOptions, "folder">): Promise<Latencies[]> {
  const folder = await Deno.makeTempDir({ prefix: "gstp-" });
  try {
    await using script = Subject.script("latency.ts", { ...options, folder });
    return JSON.parse(await script.until("]}]\n"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** From the least to what one of twenty exceeds: a single one can be the doing of another process. */
function figureOf(values: number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.ceil(sorted.length * 0.95) - 1]!;
  return { median: median(values), low: sorted[0]!, high };
}

function rowOf({ count, blocked, file, frame, turn }: Latencies): Row {
  const cells = {
    "each record() holds the event loop": { value: figureOf(blocked) },
    "until the file": { value: figureOf(file) },
    "until its first frame": { value: figureOf(frame) },
    "each turn of all recorders holds the event loop": { value: figureOf(turn) },
  };
  return { label: String(count), size: count, cells };
}

/** Measures calls of record(). */
export async function latency({ isQuick }: Scale): Promise<Section> {
  const source = encoded(isQuick ? SMALL : FULL_HD);
  const counts = isQuick ? [1, 2] : [1, 8, 32];
  const windowSec = isQuick ? 1 : 10;
  const repeats = isQuick ? 1 : 5;
  const rows = (await call({ source, counts, windowSec, repeats })).map(rowOf);

  const byWindow: { x: number; y: number }[] = [];
  for (const windowSec of isQuick ? [] : [2, 5, 15]) {
    const [one] = await call({ source, counts: [1], windowSec, repeats });
    byWindow.push({ x: windowSec, y: median(one!.blocked) });
  }
  const first = rows[0]!.cells;
  const { base, slope } = fitLine(byWindow);
  const longest = rows.at(-1)!;
  const turn = longest.cells["each turn of all recorders holds the event loop"]!.value;
  return {
    name: "latency",
    tables: [{
      quantity: "Milliseconds from record() on, at 30 frames a second of encoded " +
        `${isQuick ? "320x240" : "1920x1080"}, with ${windowSec} s in each ring ` +
        "(median, in brackets from the least to the one that 5 of 100 exceed)",
      of: "recorders at once",
      rows,
    }],
    words: [
      ...(isQuick ? [] : [
        `By the ring's window, record() holds the event loop for ${digits(base)} ms ` +
        `and ${digits(slope)} ms more for each second in it.`,
      ]),
      `While ${longest.label} clips are written, a turn holds it for ${digits(turn.median)} ms.`,
    ],
    goals: [
      {
        what: "record() holds the event loop",
        limit: 5,
        measured: first["each record() holds the event loop"]!.value.median,
        unit: " ms",
      },
      {
        what: "The file exists after record()",
        limit: 50,
        measured: first["until the file"]!.value.median,
        unit: " ms",
      },
    ],
  };
}
