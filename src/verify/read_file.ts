/**
 * Reading files through GStreamer, as fast as that goes.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { GstError } from "../../ffi/errors.ts";
import { takeCString } from "../../ffi/cstring.ts";
import { glib, gst, gstApp } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { mediaTypeOf, readPadCaps } from "../gst/caps.ts";
import type { Message } from "../gst/message.ts";
import { withStaticPad } from "../gst/pad.ts";
import { GstTimeoutError } from "../util/errors.ts";
import { Pipeline } from "../pipeline.ts";

/** The maximum number of tracks of a file that are read. */
export const MAX_TRACKS = 16;
/** The milliseconds between two polls of the sinks. */
const POLL_MS = 2;
/** The milliseconds within which the slowest decoder puts out a frame. */
const STALL_MS = 20_000;
/** The milliseconds within which an element negotiates once the other tracks have ended. */
const SETTLE_MS = 200;
/** The maximum number of samples to take before the event loop runs. */
const BATCH = 256;

/** What becomes of the samples of a file. */
export interface SampleReader {
  /** Takes a sample, which is valid only during the call, and the number of its sink. */
  onSample: (sink: number, sample: Deno.PointerObject) => void;
  /** Returns whether samples are taken at the moment; the pipeline waits otherwise. Defaults to always. */
  mayTake?: () => boolean;
  /** Returns whether reading ends before the end of the file. Defaults to never. */
  isDone?: () => boolean;
  /** Takes the pipeline at the end, before it is closed. */
  onEnd?: (pipeline: Pipeline) => void;
  /** The milliseconds without a sample after which reading fails. Defaults to 20,000. */
  stallMs?: number;
}

/** The outcome of reading a file. */
export interface Reading {
  /** The media type at each sink; `null` if nothing was linked to it. */
  mediaTypes: (string | null)[];
  /** The id of the stream at each sink, which decoders keep; `null` if nothing was linked to it. */
  streamIds: (string | null)[];
  /** The stream's duration; `null` if it is not known. */
  durationSec: number | null;
  /** The first error; `null` if the end was reached. */
  error: GstError | null;
  /** The warnings of the elements. */
  warnings: GstError[];
  /** Whether a track has no decoder. */
  lacksDecoder: boolean;
}

/**
 * Returns the text of a sink for {@link readFile}.
 *
 * @param index Its number, from 0.
 * @param maxSamples The maximum number of samples that it holds.
 */
export function sinkText(index: number, maxSamples: number): string {
  // with wait-on-eos, a change to NULL right at the end of the stream can block for ever
  return `appsink name=sink${index} max-buffers=${maxSamples} sync=false async=false ` +
    "wait-on-eos=false enable-last-sample=false emit-signals=false";
}

/**
 * Reads a file to its end.
 *
 * @param text A pipeline with a filesrc named `source` and sinks of {@link sinkText}.
 * @param sinkCount The number of sinks.
 * @throws {GstError} If the pipeline cannot be made.
 */
export async function readFile(
  path: string,
  text: string,
  sinkCount: number,
  reader: SampleReader,
): Promise<Reading> {
  await using pipeline = Pipeline.parse(text);
  pipeline.element("source").setProperty("location", path);
  const sinks = Array.from(
    { length: sinkCount },
    (_, i) => pipeline.element(`sink${i}`).unsafeHandle,
  );
  const notices = new Notices();
  using messages = pipeline.bus.messages();
  const watching = notices.collect(messages);
  // errors come over the bus, too; it may wait for sinks that are never linked
  const starting = pipeline.play({ timeoutSec: Infinity }).catch(() => {});
  const stall = await takeSamples(sinks, reader, () => notices.errors.length > 0);
  await pipeline.bus.flush();
  const { durationSec } = pipeline;
  const mediaTypes = sinks.map(mediaTypeAt);
  const streamIds = sinks.map(streamIdAt);
  reader.onEnd?.(pipeline);
  await pipeline.setState("null");
  await starting;
  messages.return();
  await watching;
  const { errors: [error = stall], warnings, lacksDecoder } = notices;
  return { mediaTypes, streamIds, durationSec, error, warnings, lacksDecoder };
}

/** What the elements report on the bus. */
class Notices {
  readonly errors: GstError[] = [];
  readonly warnings: GstError[] = [];
  lacksDecoder = false;

  async collect(messages: AsyncIterable<Message>): Promise<void> {
    for await (const message of messages) {
      if (message.type === "error") this.errors.push(message.error);
      if (message.type === "warning") this.warnings.push(message.error);
      if (message.type === "element") this.lacksDecoder ||= isAboutDecoder(message.structure);
    }
  }
}

/** Returns whether decodebin reports a missing decoder (GStreamer: Base Utils, "gstpbutilsmissingplugins"). */
function isAboutDecoder(structure: string | null): boolean {
  return structure?.startsWith("missing-plugin, type=(string)decoder") ?? false;
}

/**
 * Takes the samples of all sinks until all have ended or one element has failed.
 *
 * @returns An error if no sample comes for too long; `null` otherwise.
 */
async function takeSamples(
  sinks: readonly Deno.PointerObject[],
  reader: SampleReader,
  hasFailed: () => boolean,
): Promise<GstTimeoutError | null> {
  const { isDone = () => false, stallMs = STALL_MS } = reader;
  let busyMs = performance.now();
  while (!isDone()) {
    const { taken, isEmpty } = drain(sinks, reader);
    if (taken > 0) busyMs = performance.now();
    const idleMs = performance.now() - busyMs;
    if (isEmpty && (hasFailed() || haveEnded(sinks, idleMs))) break;
    if (idleMs > stallMs) {
      return new GstTimeoutError(`reading timed out: no frame came within ${stallMs / 1000} s`);
    }
    if (taken > 0) await setImmediate();
    else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return null;
}

/** Takes samples until the sinks are empty, the reader must wait, or the batch is full. */
function drain(
  sinks: readonly Deno.PointerObject[],
  { onSample, mayTake = () => true }: SampleReader,
): { taken: number; isEmpty: boolean } {
  let taken = 0;
  while (taken < BATCH && mayTake()) {
    const count = takeRound(sinks, onSample);
    if (count === 0) return { taken, isEmpty: true };
    taken += count;
  }
  return { taken, isEmpty: false };
}

/** Takes a sample of each sink that has one, and returns how many they are. */
function takeRound(
  sinks: readonly Deno.PointerObject[],
  onSample: SampleReader["onSample"],
): number {
  let count = 0;
  for (const [index, sink] of sinks.entries()) {
    const sample = gstApp().gst_app_sink_try_pull_sample(sink, 0n);
    if (sample === null) continue;
    count++;
    try {
      onSample(index, sample);
    } finally {
      gst().gst_mini_object_unref(sample);
    }
  }
  return count;
}

/** Returns whether all sinks that will get anything have got their last sample. */
function haveEnded(sinks: readonly Deno.PointerObject[], idleMs: number): boolean {
  const progress = sinks.map(progressOf);
  const isAtEnd = progress.includes("ended") && !progress.includes("reading");
  return isAtEnd && (idleMs > SETTLE_MS || !progress.includes("waiting"));
}

/** Where a sink is in its stream. */
type Progress =
  | "unlinked"
  /** Something is linked to it, but has not negotiated: it may do so up to the end of the other tracks. */
  | "waiting"
  | "reading"
  | "ended";

function progressOf(sink: Deno.PointerObject): Progress {
  const isLinked = withStaticPad(sink, "sink", (pad) => {
    const peer = gst().gst_pad_get_peer(pad);
    if (peer !== null) gst().gst_object_unref(peer);
    return peer !== null;
  });
  if (!isLinked) return "unlinked";
  const state = new Int32Array(1);
  gst().gst_element_get_state(sink, state, null, 0n);
  // a sink that is not started is at its end by its own account
  if (state[0]! < ENUMS.GST_STATE_PAUSED) return "waiting";
  if (gstApp().gst_app_sink_is_eos(sink) !== 0) return "ended";
  return mediaTypeAt(sink) === null ? "waiting" : "reading";
}

/** Returns the id of the stream that a sink gets; `null` before it begins. */
function streamIdAt(sink: Deno.PointerObject): string | null {
  return withStaticPad(
    sink,
    "sink",
    (pad) => takeCString(glib(), gst().gst_pad_get_stream_id(pad)),
  );
}

/** Returns the media type that a sink has negotiated; `null` before that. */
function mediaTypeAt(sink: Deno.PointerObject): string | null {
  return withStaticPad(sink, "sink", (pad) => readPadCaps(pad, mediaTypeOf));
}
