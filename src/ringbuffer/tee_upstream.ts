/**
 * The stream that flows into a tee, and the parser before it.
 *
 * @module
 */
import { gst, gstVideo } from "../../ffi/gst.ts";
import { CLOCK_TIME_NONE } from "../../ffi/layout.ts";
import { frameRateOf, mediaTypeOf, parseCaps, readPadCaps } from "../gst/caps.ts";
import { PARSERS } from "../media/codecs.ts";
import { factoryName } from "../gst/bin.ts";
import { withStaticPad } from "../gst/pad.ts";
import { getProperty, setProperty } from "../gst/properties.ts";
import { pictureBytes } from "../gst/video_info.ts";

/**
 * Returns the media type of the stream in a tee, such as `video/x-raw`: by its caps, or before it has any by what upstream
 * can send; `null` if there are several possibilities.
 */
export function teeMediaType(tee: Deno.PointerObject): string | null {
  return readPossibleCaps(tee, (caps) => {
    const size = gst().gst_caps_get_size(caps);
    const names = Array.from({ length: size }, (_, index) => mediaTypeOf(caps, index));
    return new Set(names).size === 1 ? names[0]! : null;
  });
}

/** Returns what `read` returns for the caps of a tee's stream; `null` before it has any. */
export function readTeeCaps<T>(
  tee: Deno.PointerObject,
  read: (caps: Deno.PointerObject) => T,
): T | null {
  return withStaticPad(tee, "sink", (sink) => readPadCaps(sink, read));
}

/** Same as {@link readTeeCaps}, but before a tee has caps for those that upstream can send. */
function readPossibleCaps<T>(
  tee: Deno.PointerObject,
  read: (caps: Deno.PointerObject) => T,
): T | null {
  return withStaticPad(tee, "sink", (sink) => {
    const caps = gst().gst_pad_get_current_caps(sink) ?? gst().gst_pad_peer_query_caps(sink, null);
    if (caps === null) return null;
    try {
      return read(caps);
    } finally {
      gst().gst_mini_object_unref(caps);
    }
  });
}

/** Returns the bytes per second of raw video in a tee by its caps; `null` without a frame rate, and for anything else. */
export function rawBytesPerSec(tee: Deno.PointerObject): number | null {
  return readTeeCaps(tee, (caps) => {
    const rate = frameRateOf(caps);
    const bytes = pictureBytes(caps);
    return rate !== null && bytes !== null ? rate * bytes : null;
  });
}

/** Returns whether the stream in a tee is live, as a camera's is; `null` if not known yet. */
export function isTeeLive(tee: Deno.PointerObject): boolean | null {
  return withStaticPad(tee, "sink", (sink) => {
    const query = gst().gst_query_new_latency()!;
    const live = new Int32Array(1);
    const isKnown = gst().gst_pad_peer_query(sink, query);
    if (isKnown) gst().gst_query_parse_latency(query, live, null, null);
    gst().gst_mini_object_unref(query);
    return isKnown ? live[0] !== 0 : null;
  });
}

/** Returns whether the stream in a tee has caps: it flows, or is about to. */
export function hasCaps(tee: Deno.PointerObject): boolean {
  return readTeeCaps(tee, () => true) ?? false;
}

/** Returns whether the stream in a tee has some caps. */
export function sendsOnly(tee: Deno.PointerObject, text: string): boolean {
  return compareCaps(tee, text, (caps, wanted) => gst().gst_caps_is_subset(caps, wanted) !== 0);
}

/** Returns whether the stream in a tee may get some caps. */
export function mayBe(tee: Deno.PointerObject, text: string): boolean {
  return compareCaps(tee, text, (caps, wanted) => gst().gst_caps_can_intersect(caps, wanted) !== 0);
}

/** Compares a tee's caps, or before it has any those that upstream can send, with others. */
function compareCaps(
  tee: Deno.PointerObject,
  text: string,
  compare: (caps: Deno.PointerObject, wanted: Deno.PointerObject) => boolean,
): boolean {
  const read = (caps: Deno.PointerObject) => parseCaps(text, (wanted) => compare(caps, wanted));
  return readPossibleCaps(tee, read) ?? false;
}

/**
 * Asks the encoder before a tee for a keyframe with all parameter sets (GStreamer: Video Library, "Video events",
 * `gst_video_event_new_upstream_force_key_unit`). A camera on the network gets the request only if its protocol has one.
 */
export function requestKeyframe(tee: Deno.PointerObject): void {
  const event = gstVideo().gst_video_event_new_upstream_force_key_unit(CLOCK_TIME_NONE, 1, 0);
  withStaticPad(tee, "sink", (sink) => gst().gst_pad_push_event(sink, event));
}

/** Elements that pass a stream on as it is. */
const PASSING = ["capsfilter", "queue", "identity", "tee", "valve"];
/** How many of them may be between a parser and a tee. */
const MAX_PASSING = 8;

/**
 * Lets the parser before a tee repeat the stream's parameter sets before every keyframe if it would send them only once:
 * frames from the middle of the stream could not be decoded.
 *
 * @returns Whether there is such a parser.
 */
export function repeatParameterSets(tee: Deno.PointerObject): boolean {
  let element: Deno.PointerValue = gst().gst_object_ref(tee);
  for (let passed = 0; element !== null && passed <= MAX_PASSING; passed++) {
    const before = elementBefore(element);
    gst().gst_object_unref(element);
    element = before;
    if (element === null) return false;
    const name = factoryName(element);
    if (isRepeating(name)) {
      if (getProperty(element, "config-interval") === 0) {
        setProperty(element, "config-interval", -1);
      }
      gst().gst_object_unref(element);
      return true;
    }
    if (!PASSING.includes(name)) break;
  }
  if (element !== null) gst().gst_object_unref(element);
  return false;
}

/** Returns whether an element is a parser that repeats parameter sets. */
function isRepeating(factory: string): boolean {
  return Object.values(PARSERS).some(({ elements, repeats }) =>
    repeats === true && elements.includes(factory)
  );
}

/** Returns the element that sends to another one's sink pad, which the caller owns; `null` if there is none. */
function elementBefore(element: Deno.PointerObject): Deno.PointerObject | null {
  return withStaticPad(element, "sink", (sink) => {
    const peer = gst().gst_pad_get_peer(sink);
    if (peer === null) return null;
    const before = gst().gst_pad_get_parent_element(peer);
    gst().gst_object_unref(peer);
    return before;
  });
}
