/**
 * The latency of record(), and how long it blocks the event loop.
 *
 * @module
 */
import type { Latencies, LatencyOptions } from "./children/latency.ts";

import type { Row, Scale, Section } from "./section.ts";
import { encoded, FULL_HD, SMALL } from "./sources.ts";
import { type Figure, fitLine, median } from "./statistics.ts";
import { Subject } from "./subject.ts";
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

/** Returns the median, the minimum and the 95th percentile: the maximum may be another process's doing. */
function figureOf(values: number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.ceil(sorted.length * 0.95) - 1]!;
  return { median: median(values), low: sorted[0]!, high };
}

/** The column with how long a poll of all recorders blocks the event loop. */
const POLL = "each poll of all recorders blocks the event loop";
const CALL = "each record() blocks the event loop";

function rowOf({ count, blocked, file, frame, poll }: Latencies): Row {
  const cells = {
    [CALL]: { value: figureOf(blocked) },
    "until the file exists": { value: figureOf(file) },
    "until its first frame": { value: figureOf(frame) },
    [POLL]: { value: figureOf(poll) },
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
  const poll = longest.cells[POLL]!.value;
  return {
    name: "latency",
    tables: [{
      quantity: "Milliseconds from record(), at 30 frames per second of encoded " +
        `${isQuick ? "320x240" : "1920x1080"}, with ${windowSec} s in each ring ` +
        "(median, in brackets the minimum and the 95th percentile)",
      of: "recorders at once",
      rows,
    }],
    notes: [
      ...(isQuick ? [] : [
        `record() blocks the event loop for ${digits(base)} ms, ` +
        `plus ${digits(slope)} ms per second in the ring.`,
      ]),
      `While ${longest.label} clips are written, a poll blocks it for ${digits(poll.median)} ms.`,
    ],
    goals: [
      {
        what: "record() blocks the event loop",
        limit: 5,
        measured: first[CALL]!.value.median,
        unit: " ms",
      },
      {
        what: "The file exists after record()",
        limit: 50,
        measured: first["until the file exists"]!.value.median,
        unit: " ms",
      },
    ],
  };
}
