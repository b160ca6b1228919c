/**
 * The faults and statistics of packets, without GStreamer.
 */
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { sniffContainer, statedBytes } from "../../src/verify/sniff.ts";
import { type ClipPackets, findFaults, type TrackPackets } from "../../src/verify/faults.ts";
import type { Packet } from "../../src/verify/packet.ts";
import type { PictureFacts } from "../../src/verify/picture_scan.ts";

const FPS = 30;
const LIMITS = { maxOffsetSec: 0.5 };

function packet(timeSec: number | null, changes: Partial<Packet> = {}): Packet {
  return {
    timeSec,
    dtsSec: null,
    durationSec: null,
    isKeyframe: false,
    isShown: true,
    bytes: 100,
    ...changes,
  };
}

/** Returns two seconds of video with a keyframe each second. */
function regular(): Packet[] {
  return Array.from({ length: 2 * FPS }, (_, i) => packet(i / FPS, { isKeyframe: i % FPS === 0 }));
}

/** The order in which frames 0 to 3 are stored if 1 and 2 can be decoded only after 3. */
const B_FRAMES = [0, 3, 1, 2];

/** Returns the same with reordered frames. */
function reordered(): Packet[] {
  return regular().map((_, i) =>
    packet((i - i % 4 + B_FRAMES[i % 4]!) / FPS, { isKeyframe: i === 0 })
  );
}

function track(packets: readonly Packet[], changes: Partial<TrackPackets> = {}): TrackPackets {
  return {
    mediaType: "video/x-h264",
    packets,
    skippedSec: 0,
    beginsWithKeyframe: null,
    ...changes,
  };
}

function find(tracks: TrackPackets[], clip: Partial<ClipPackets> = {}, limits = {}) {
  return findFaults({ durationSec: null, tracks, ...clip }, { ...LIMITS, ...limits });
}

/** Returns the kinds of faults of a clip of one track. */
function kinds(
  packets: readonly Packet[],
  changes: Partial<TrackPackets> = {},
  limits = {},
): string[] {
  return find([track(packets, changes)], {}, limits).faults.map(({ kind }) => kind);
}

Deno.test("findFaults() finds no fault in a regular track, and measures it", () => {
  const { tracks: [stats], faults } = find([track(regular())]);
  assertEquals(faults, []);
  assert(stats !== undefined && stats.endSec !== null && stats.frameSec !== null);
  const { frames, shownFrames, keyframes, bytes, startSec, gaps } = stats;
  assertEquals(
    { frames, shownFrames, keyframes, bytes, startSec, gaps },
    { frames: 60, shownFrames: 60, keyframes: 2, bytes: 6000, startSec: 0, gaps: [] },
  );
  assertAlmostEquals(stats.endSec, 2);
  assertAlmostEquals(stats.frameSec, 1 / FPS);
});

Deno.test("findFaults() requires a keyframe first, by the container and by its content", () => {
  assertEquals(kinds(regular().slice(1)), ["no-keyframe-first"]);
  assertEquals(kinds(regular(), { beginsWithKeyframe: true }), []);
  assertEquals(kinds(regular(), { beginsWithKeyframe: false }), ["no-keyframe-first"]);
  assertEquals(kinds(regular().slice(1), { skippedSec: 0.1 }), []);
});

Deno.test("findFaults() finds gaps of one frame and more", () => {
  const { faults, tracks: [stats] } = find([track(regular().toSpliced(40, 1))]);
  assertEquals(faults.map(({ kind }) => kind), ["gap"]);
  assertEquals(faults[0]!.message, "video: nothing from 1.333 s to 1.367 s");
  assertEquals(faults[0]!.track, 0);
  assertAlmostEquals(stats!.gaps[0]!.endSec, 41 / FPS);
  assertEquals(kinds(regular().filter((_, i) => i % 4 !== 3)), ["gap"]);
  const many = find([track(regular().filter((_, i) => i % 10 !== 9))]).faults[0]!;
  assertMatch(many.message, /(nothing from .*, ){3}2 more gaps$/);
});

Deno.test("findFaults() finds a gap that is hidden in the duration of the frame before it", () => {
  const packets = regular().map((one) => ({ ...one, durationSec: 1 / FPS })).toSpliced(40, 5);
  packets[39]!.durationSec = 6 / FPS;
  const { tracks: [stats] } = find([track(packets)]);
  assertAlmostEquals(stats!.gaps[0]!.startSec, 40 / FPS);
  assertAlmostEquals(stats!.gaps[0]!.endSec, 45 / FPS);
});

Deno.test("findFaults() accepts rounded and varying intervals", () => {
  const milliseconds = regular().map((one) => ({
    ...one,
    timeSec: Math.round(one.timeSec! * 1e3) / 1e3,
  }));
  assertEquals(kinds(milliseconds), []);
  const varying = regular().map((one, i) => ({
    ...one,
    timeSec: one.timeSec! + (i * 7 % 5) / 5 / FPS,
  }));
  assertEquals(kinds(varying), []);
  assertEquals(kinds(varying.toSpliced(30, 20)), ["gap"]);
});

Deno.test("findFaults() keeps to a given limit", () => {
  const packets = regular().toSpliced(40, 5);
  assertEquals(kinds(packets, {}, { maxGapSec: 0.21 }), []);
  assertEquals(kinds(packets, {}, { maxGapSec: 0.19 }), ["gap"]);
  assertEquals(kinds(packets, {}, { maxGapSec: Infinity }), []);
});

Deno.test("findFaults() accepts reordered frames of codecs that have them", () => {
  assertEquals(kinds(reordered()), []);
  assertEquals(kinds(reordered(), { mediaType: "video/x-vp8" }), ["not-in-order"]);
});

Deno.test("findFaults() finds timestamps that repeat or go back", () => {
  const repeated = regular();
  repeated[20] = packet(19 / FPS);
  assert(kinds(repeated).includes("not-in-order"));
  const [first = [], second = []] = [regular().slice(0, 30), regular().slice(30)];
  assertEquals(kinds([...second, ...first]), ["not-in-order"]);
  const early = regular().map((one) => ({ ...one, dtsSec: one.timeSec! - 0.1 }));
  early[10]!.dtsSec = 0;
  const { faults } = find([track(early)]);
  assertEquals(faults.map(({ message }) => message), [
    "video: timestamps repeat or go back at 0.333 s",
  ]);
});

Deno.test("findFaults() counts frames without a timestamp", () => {
  const packets = regular();
  packets[59] = packet(null);
  const { faults } = find([track(packets)]);
  assertEquals(faults.map(({ message }) => message), ["video: 1 of 60 frames have no timestamp"]);
});

Deno.test("findFaults() ignores frames that are not shown", () => {
  const hidden = [packet(-0.5, { isKeyframe: true, isShown: false }), ...regular()];
  const { faults, tracks: [stats] } = find([track(hidden)]);
  assertEquals(faults, []);
  assertEquals([stats!.startSec, stats!.frames, stats!.shownFrames], [0, 61, 60]);
});

Deno.test("findFaults() finds a clip that ends before the duration in its header", () => {
  const cut = (durationSec: number) =>
    find([track(regular())], { durationSec }).faults.map(({ message }) => message);
  assertEquals(cut(2.1), []);
  assertEquals(cut(4), ["its header says 4.000 s, but it ends at 2.000 s"]);
});

Deno.test("findFaults() compares the starts and the ends of tracks", () => {
  const sound = (packets: Packet[], skippedSec = 0) =>
    track(packets.map((one) => ({ ...one, isKeyframe: true })), {
      mediaType: "audio/x-opus",
      skippedSec,
    });
  assertEquals(find([track(regular()), sound(regular().slice(0, 50))]).faults, []);
  const messages = (packets: Packet[], skippedSec = 0) =>
    find([track(regular()), sound(packets, skippedSec)]).faults.map(({ message }) => message);
  assertEquals(messages(regular().slice(0, 40)), ["audio: it ends 0.667 s before another track"]);
  assertEquals(messages(regular().slice(18)), ["audio: it starts 0.600 s after another track"]);
  assertEquals(messages(regular().slice(18), 0.05).length, 1);
  assertEquals(messages(regular().slice(18), 0.5), []);
});

Deno.test("findFaults() compares starts and ends by a few frames unless a limit is given", () => {
  const messages = (packets: Packet[], frames: number) => {
    const sound = track(packets.slice(frames).map((one) => ({ ...one, isKeyframe: true })), {
      mediaType: "audio/x-opus",
    });
    const tracks = [track(packets), sound];
    return findFaults({ durationSec: null, tracks }, {}).faults.map(({ message }) => message);
  };
  assertEquals(messages(regular(), 5), []);
  assertEquals(messages(regular(), 7), ["audio: it starts 0.233 s after another track"]);
  const slow = Array.from({ length: 20 }, (_, i) => packet(i / 5, { isKeyframe: i === 0 }));
  assertEquals(messages(slow, 2), []);
  assertEquals(messages(slow, 4), ["audio: it starts 0.800 s after another track"]);
});

Deno.test("findFaults() requires a first picture at which decoding can begin", () => {
  const of = (
    start: PictureFacts["start"],
    isKeyframe: boolean,
    accessPoints: PictureFacts["accessPoints"] = [],
  ) => {
    const packets = regular().map((one, i) => i === 0 ? { ...one, isKeyframe } : one);
    const pictures = {
      ...{ start, recoveryPictures: 5, accessPoints, skippedSec: [], incompleteSec: [] },
    };
    const { faults } = find([track(packets, { pictures, beginsWithKeyframe: isKeyframe })]);
    return faults.map(({ kind, message }) => [kind, /\d+ frames up to .* may/.exec(message)?.[0]]);
  };
  assertEquals(of("instant", true), []);
  assertEquals(of("open", true), []);
  assertEquals(of("gradual", false), []);
  assertEquals(of("instant", false), [["no-keyframe-first", undefined]]);
  assertEquals(of(null, false), [["no-keyframe-first", undefined]]);
  assertEquals(of(null, true), [["wrong-start", "60 frames up to its end may"]]);
  assertEquals(of(null, true, [{ timeSec: 1, kind: "instant" }]), [
    ["wrong-start", "30 frames up to 1.000 s may"],
  ]);
});

Deno.test("findFaults() accepts pauses between subtitles", () => {
  const lines = [0.5, 0.6, 0.7, 1.2].map((sec) => packet(sec, { isKeyframe: true }));
  const { faults } = find([track(regular()), track(lines, { mediaType: "text/x-raw" })]);
  assertEquals(faults, []);
});

Deno.test("findFaults() names tracks of the same kind by their index", () => {
  const { faults } = find([track(regular()), track(regular().slice(1))]);
  assertEquals(faults, [{
    kind: "no-keyframe-first",
    message: "track 1 (video): it does not begin with a keyframe",
    track: 1,
  }]);
});

Deno.test("findFaults() measures tracks with few packets", () => {
  assertEquals(kinds([]), ["no-frames"]);
  const { faults, tracks: [stats] } = find([track([packet(3, { isKeyframe: true })])]);
  assertEquals(faults, []);
  assertEquals([stats!.startSec, stats!.endSec, stats!.frameSec], [3, 3, null]);
});

Deno.test("sniffContainer() recognizes containers by their first bytes", () => {
  const text = (text: string) => sniffContainer(new TextEncoder().encode(text));
  const bytes = (...values: number[]) => sniffContainer(new Uint8Array(values));
  assertEquals(bytes(0x1a, 0x45, 0xdf, 0xa3, 1), "matroska");
  assertEquals(text("\0\0\0\x18ftypisom"), "mp4");
  assertEquals(text("\0\0\0\x08wide\0\0"), "mp4");
  const packets = new Uint8Array(189);
  packets[0] = 0x47;
  assertEquals(sniffContainer(packets), null);
  packets[188] = 0x47;
  assertEquals(sniffContainer(packets), "mpeg-ts");
  for (const other of ["", "G", "GIF89a", "RIFF\0\0\0\0AVI ", "a text with ftyp"]) {
    assertEquals(text(other), null, other);
  }
});

Deno.test("statedBytes() reads the size of a Matroska segment", () => {
  const file = (...size: number[]) =>
    statedBytes(
      new Uint8Array([
        ...[0x1a, 0x45, 0xdf, 0xa3, 0x82, 0, 0],
        ...[0x18, 0x53, 0x80, 0x67, ...size],
      ]),
    );
  assertEquals(file(0x81), 13);
  assertEquals(file(0x41, 0x02), 13 + 0x102);
  assertEquals(file(0x01, 0, 0, 0, 0, 0, 1, 0), 19 + 256);
  assertEquals(file(0x01, ...Array(7).fill(0xff)), null);
  assertEquals(file(0xff), null);
  assertEquals(file(0x01, 0), null);
  assertEquals(file(0), null);
  assertEquals(statedBytes(new Uint8Array([0x1a, 0x45, 0xdf, 0xa3])), null);
  assertEquals(statedBytes(new Uint8Array([0x47])), null);
});
