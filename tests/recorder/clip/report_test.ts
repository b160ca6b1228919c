/**
 * Reports of clips, without GStreamer: their counts, and their shortfalls.
 */
import { assertEquals } from "@std/assert";
import { clipReport, ClipTally } from "../../../src/recorder/clip/report.ts";
import { type Call, ClipWindow } from "../../../src/ringbuffer/clip_window.ts";

const MS = 1_000_000n;
/** Duration of a frame. */
const FRAME = 40n * MS;

/** Makes the window of a call at 1 s, from 0.6 to 1.4 s, or 20 frames. */
function aroundOneSecond(): ClipWindow {
  return new ClipWindow(callAt(1000));
}

function callAt(ms: number): Call {
  return { atNs: BigInt(ms) * MS, beforeNs: 400n * MS, afterNs: 400n * MS };
}

/** Makes a tally of frames that start at these milliseconds. */
function tallyOf(startsMs: number[], durationNs: bigint | null = FRAME, frameNs = durationNs) {
  const tally = new ClipTally();
  for (const ms of startsMs) tally.add(BigInt(ms) * MS, durationNs ?? frameNs);
  return tally;
}

/** Returns the starts of consecutive frames in milliseconds. */
function starts(firstMs: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => firstMs + 40 * i);
}

function reportOf(tally: ClipTally, window = aroundOneSecond()) {
  const track = { tee: "t", mediaType: "video/x-raw", tally };
  const clip = {
    path: "/clips/a.webm",
    eventId: "e",
    bytes: 5,
    window,
    epochMs: 1_700_000_000_000,
  };
  return clipReport([track], clip);
}

Deno.test("clipReport() reports a complete clip", () => {
  assertEquals(reportOf(tallyOf(starts(600, 20))), {
    path: "/clips/a.webm",
    eventId: "e",
    start: 0.6,
    end: 1.4,
    duration: 0.8,
    frames: 20,
    dropped: 0,
    bytes: 5,
    calls: [1],
    requested: { start: 0.6, end: 1.4 },
    startedAt: new Date(1_700_000_000_600),
    shortfalls: [],
    continuations: [],
  });
});

Deno.test("clipReport() has all calls and their interval", () => {
  const window = aroundOneSecond();
  window.extend(callAt(1300));
  window.extend(callAt(1200));
  const { calls, requested } = reportOf(tallyOf(starts(600, 28)), window);
  assertEquals({ calls, requested }, {
    calls: [1, 1.3, 1.2],
    requested: { start: 0.6, end: 1.7 },
  });
});

Deno.test("clipReport() counts missing frames", () => {
  const { frames, dropped, shortfalls, duration } = reportOf(
    tallyOf([...starts(600, 5), ...starts(880, 3), ...starts(1040, 9)]),
  );
  assertEquals({ frames, dropped, shortfalls, duration }, {
    frames: 17,
    dropped: 3,
    shortfalls: ["frames-missing"],
    duration: 0.8,
  });
});

Deno.test("clipReport() does not take jitter for a missing frame", () => {
  const { dropped, shortfalls } = reportOf(tallyOf([605, 640, 690, 718, 765]));
  assertEquals({ dropped, shortfalls }, { dropped: 0, shortfalls: [] });
});

Deno.test("clipReport() counts no missing frames where the frame rate is unknown", () => {
  const { dropped, shortfalls } = reportOf(tallyOf([600, 900, 1300], null));
  assertEquals({ dropped, shortfalls }, { dropped: 0, shortfalls: [] });
});

Deno.test("clipReport() takes the duration of the last frame from the caps where its buffer has none", () => {
  assertEquals(reportOf(tallyOf(starts(600, 20), null, FRAME)).end, 1.4);
});

Deno.test("clipReport() takes the duration of the last frame from its neighbors where the caps have none", () => {
  const tally = tallyOf([600, 900, 1300], null);
  assertEquals(reportOf(tally).end, 1.7); // as long as the one before it
  tally.end(1350n * MS, 1400n * MS);
  assertEquals(reportOf(tally).end, 1.35); // until the next one
  assertEquals(reportOf(tallyOf([600], null)).end, 0.6);
});

Deno.test("clipReport() attributes dropped frames to a slow encoder, not to the source", () => {
  const tally = tallyOf([600, 800]);
  tally.addShortfall("encoder-too-slow");
  const { dropped, shortfalls } = reportOf(tally);
  assertEquals({ dropped, shortfalls }, { dropped: 4, shortfalls: ["encoder-too-slow"] });
});

Deno.test("clipReport() reports that the ring was not full where a frame is missing at the start", () => {
  assertEquals(reportOf(tallyOf(starts(639, 20))).shortfalls, []);
  assertEquals(reportOf(tallyOf(starts(640, 19))).shortfalls, ["ring-not-full"]);
});

Deno.test("clipReport() reports a clip that starts with the stream", () => {
  const window = new ClipWindow(callAt(100));
  const { start, requested, shortfalls } = reportOf(tallyOf(starts(0, 13)), window);
  assertEquals({ start, requested, shortfalls }, {
    start: 0,
    requested: { start: -0.3, end: 0.5 },
    shortfalls: ["ring-not-full"],
  });
});

Deno.test("ClipTally.addShortfall() notes each reason once", () => {
  const tally = tallyOf(starts(600, 10));
  for (const reason of ["closed", "end-of-stream", "closed"] as const) tally.addShortfall(reason);
  assertEquals(reportOf(tally).shortfalls, ["closed", "end-of-stream"]);
});

Deno.test("ClipTally.reaches() returns whether the frames reach an instant", () => {
  const { endNs } = aroundOneSecond();
  assertEquals(new ClipTally().reaches(0n), false);
  assertEquals(tallyOf(starts(600, 19)).reaches(endNs), false);
  assertEquals(tallyOf(starts(600, 20)).reaches(endNs), true);
  assertEquals(tallyOf(starts(600, 19), null).reaches(endNs), false);
  assertEquals(tallyOf(starts(600, 20), null).reaches(endNs), true);
});

Deno.test("ClipTally.addUnwritable() counts a frame that is not written once", () => {
  const tally = tallyOf(starts(600, 5));
  tally.addUnwritable();
  tally.addUnwritable();
  for (const ms of starts(880, 13)) tally.add(BigInt(ms) * MS, FRAME);
  const { frames, dropped } = reportOf(tally);
  assertEquals({ frames, dropped }, { frames: 18, dropped: 2 });
  // also where the duration of frames is unknown
  const untimed = tallyOf(starts(600, 5), null);
  untimed.addUnwritable();
  untimed.add(880n * MS, null);
  assertEquals(reportOf(untimed).dropped, 2);
});

Deno.test("ClipTally.end() notes frames that are missing before the end", () => {
  const shortfallsAt = (lastMs: number, nextMs: number) => {
    const tally = tallyOf(starts(600, (lastMs - 600) / 40 + 1));
    tally.end(BigInt(nextMs) * MS, 1400n * MS);
    return reportOf(tally).shortfalls;
  };
  assertEquals(shortfallsAt(1360, 1400), []);
  assertEquals(shortfallsAt(1360, 2000), []);
  assertEquals(shortfallsAt(1320, 1400), ["frames-missing"]);
});

Deno.test("ClipTally.add() does not take a change of the frame rate for a gap", () => {
  const tally = tallyOf(starts(600, 5));
  for (const ms of [800, 880, 960]) tally.add(BigInt(ms) * MS, 2n * FRAME);
  for (const ms of starts(1040, 9)) tally.add(BigInt(ms) * MS, FRAME);
  const { frames, dropped, shortfalls } = reportOf(tally);
  assertEquals({ frames, dropped, shortfalls }, { frames: 17, dropped: 0, shortfalls: [] });
});

Deno.test("clipReport() allows the first frame to be late by a frame of its own rate", () => {
  const tally = new ClipTally();
  for (const ms of [670, 750, 830]) tally.add(BigInt(ms) * MS, 2n * FRAME);
  for (const ms of starts(910, 13)) tally.add(BigInt(ms) * MS, FRAME);
  assertEquals(reportOf(tally).shortfalls, []);
});
