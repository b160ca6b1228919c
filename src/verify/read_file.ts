/**
 * Reads a file through GStreamer, as fast as that goes.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import type { GstError } from "../../ffi/errors.ts";
import { gst, gstApp } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { mediaTypeOf, readPadCaps } from "../gst/caps.ts";
import { GstTimeoutError } from "../util/errors.ts";
import { Pipeline } from "../pipeline.ts";

/** Milliseconds between two looks at what has come. */
const POLL_MS = 2;
/** Milliseconds for the slowest decoder to give anything new. */
const STALL_MS = 20_000;
/** Milliseconds for elements to tell what comes, once others are at their end. */
const SETTLE_MS = 200;

/** What a reading found. */
export interface Reading {
  /** The media type at each sink; null where nothing was linked to it. */
  mediaTypes: (string | null)[];
  /** The stream's duration; null where it is not known. */
  durationSec: number | null;
  /** What ended it early; null where the end was reached. */
  error: GstError | null;
  /** What elements complained of on the way. */
  warnings: GstError[];
  /** Whether there was no decoder for a track. */
  lacksDecoder: boolean;
}

/** The text of a sink for {@link readFile}, which holds so many samples at most. */
export function sinkText(index: number, maxSamples: number): string {
  return `appsink name=sink${index} max-buffers=${maxSamples} sync=false async=false ` +
    "enable-last-sample=false emit-signals=false";
}

/**
 * Reads a file to its end.
 *
 * @param text A pipeline with a filesrc named `source` and sinks of {@link sinkText}, numbered from 0.
 * @param onSample Sees each sample, with the number of its sink; it must not keep the sample.
 * @param stallMs Milliseconds without anything new after which it is given up.
 * @throws {GstError} if the pipeline cannot be made.
 */
export async function readFile(
  path: string,
  text: string,
  sinkCount: number,
  onSample: (sink: number, sample: Deno.PointerObject) => void,
  stallMs: number = STALL_MS,
): Promise<Reading> {
  await using pipeline = Pipeline.parse(text);
  pipeline.element("source").setProperty("location", path);
  const sinks = Array.from(
    { length: sinkCount },
    (_, i) => pipeline.element(`sink${i}`).unsafeHandle,
  );
  const errors: GstError[] = [];
  const warnings: GstError[] = [];
  let lacksDecoder = false;
  using messages = pipeline.bus.messages();
  const watching = (async () => {
    for await (const message of messages) {
      if (message.type === "error") errors.push(message.error);
      if (message.type === "warning") warnings.push(message.error);
      if (message.type === "element") lacksDecoder ||= isAboutDecoder(message.structure);
    }
  })();
  // its errors come over the bus, too; some sinks may never be linked, which has it wait in vain
  const starting = pipeline.play({ timeoutSec: Infinity }).catch(() => {});

  for (let busyMs = performance.now(); errors.length === 0;) {
    if (drain(sinks, onSample) > 0) busyMs = performance.now();
    const idleMs = performance.now() - busyMs;
    const progress = sinks.map(progressOf);
    const isAtEnd = progress.includes("ended") && !progress.includes("reading");
    if (isAtEnd && (idleMs > SETTLE_MS || !progress.includes("waiting"))) break;
    if (idleMs > stallMs) errors.push(new GstTimeoutError("It hangs"));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  drain(sinks, onSample);
  await pipeline.bus.flush();
  const { durationSec } = pipeline;
  const mediaTypes = sinks.map(mediaTypeAt);
  await pipeline.setState("null");
  await starting;
  messages.return();
  await watching;
  return { mediaTypes, durationSec, error: errors[0] ?? null, warnings, lacksDecoder };
}

/** Whether decodebin tells that a decoder is missing (GStreamer: Base Utils, "gstpbutilsmissingplugins"). */
function isAboutDecoder(structure: string | null): boolean {
  return structure?.startsWith("missing-plugin, type=(string)decoder") ?? false;
}

/** Takes what has come to the sinks; returns how much. */
function drain(
  sinks: readonly Deno.PointerObject[],
  onSample: (sink: number, sample: Deno.PointerObject) => void,
): number {
  let count = 0;
  for (const [index, sink] of sinks.entries()) {
    for (;;) {
      const sample = gstApp().gst_app_sink_try_pull_sample(sink, 0n);
      if (sample === null) break;
      onSample(index, sample);
      gst().gst_mini_object_unref(sample);
      count++;
    }
  }
  return count;
}

/** Where a sink is in its stream. */
type Progress =
  | "unlinked"
  /** Something is linked to it, but has not told what comes: it may do so up to its last moment. */
  | "waiting"
  | "reading"
  | "ended";

function progressOf(sink: Deno.PointerObject): Progress {
  const pad = gst().gst_element_get_static_pad(sink, cString("sink"))!;
  const peer = gst().gst_pad_get_peer(pad);
  gst().gst_object_unref(pad);
  if (peer === null) return "unlinked";
  gst().gst_object_unref(peer);
  const state = new Int32Array(1);
  gst().gst_element_get_state(sink, state, null, 0n);
  if (state[0]! < ENUMS.GST_STATE_PAUSED) return "waiting"; // a sink that is not started says it is at its end
  if (gstApp().gst_app_sink_is_eos(sink) !== 0) return "ended";
  return mediaTypeAt(sink) === null ? "waiting" : "reading";
}

/** The media type that a sink gets; null before it gets any. */
function mediaTypeAt(sink: Deno.PointerObject): string | null {
  const pad = gst().gst_element_get_static_pad(sink, cString("sink"))!;
  const mediaType = readPadCaps(pad, mediaTypeOf);
  gst().gst_object_unref(pad);
  return mediaType;
}
