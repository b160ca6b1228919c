/**
 * The features of gstp that work with the installed GStreamer.
 *
 * @module
 */
import { glib, gobject, gst, gstApp, gstVersion, gstVideo } from "../../ffi/gst.ts";
import { openedLibraries } from "../../ffi/library.ts";
import { MPEG4_VIDEO, PARSERS } from "../media/codecs.ts";
import { decodersOf } from "../media/decoders.ts";
import { debianPackageOf } from "../gst/debian_packages.ts";
import { CLIP_EXTENSIONS } from "../media/containers.ts";
import { recordElements } from "../recorder/encode/record_bin_text.ts";
import { smartCutElements } from "../recorder/encode/smart_cut.ts";
import { IMAGES } from "../recorder/snapshot.ts";
import { hasElement } from "../gst/element_factory.ts";
import { encoderElements } from "../ringbuffer/encoded_ring_buffer.ts";

/** A feature of gstp, and the elements that it needs. */
export interface Feature {
  /** The feature's name, such as `record .webm`. */
  name: string;
  /** Whether the elements are installed. */
  works: boolean;
  /** The names of its elements that are installed. */
  elements: string[];
  /** Its elements that are not installed. */
  missing: MissingElement[];
}

/** An element that is not installed. */
export interface MissingElement {
  /** The element's name. */
  element: string;
  /** The Debian package of the element; null if it is unknown. */
  debianPackage: string | null;
}

/** A library of GStreamer. */
export interface LibraryFile {
  /** The library's name, such as `gstreamer-1.0`. */
  name: string;
  /**
   * The path of its file; the name by which it was opened if Deno was started without `-A`, and on other systems than Linux.
   */
  file: string;
}

/** The installed GStreamer, and the features that work with it. */
export interface Installation {
  /** The version of GStreamer. */
  gstreamer: string;
  /** The opened libraries of GStreamer. */
  libraries: LibraryFile[];
  /** The features of gstp. */
  features: Feature[];
  /** Whether raw video can be recorded in at least one container. */
  canRecord: boolean;
}

/** The elements that every recorder uses. */
const RING = ["tee", "queue", "appsink", "appsrc", "filesink", "videoconvert"];

/** Other features: each needs all elements of one of its lists. */
const OTHERS: Record<string, string[][]> = {
  "isolation of failed ring buffers": [["errorignore"]],
  "RTSP cameras, H.264": [["rtspsrc", "udpsrc", "rtph264depay", "h264parse"]],
  "RTSP cameras, H.265": [["rtspsrc", "udpsrc", "rtph265depay", "h265parse"]],
  "RTSP cameras, JPEG": [["rtspsrc", "udpsrc", "rtpjpegdepay", "jpegparse"]],
  "RTSP cameras, MPEG-4 part 2": [["rtspsrc", "udpsrc", "rtpmp4vdepay", "mpeg4videoparse"]],
  "decoding of H.264": [["avdec_h264"], ["openh264dec"]],
  "decoding of H.265": [["avdec_h265"], ["libde265dec"]],
  "decoding of VP8": [["vp8dec"]],
  "decoding of VP9": [["vp9dec"]],
  "decoding of JPEG": decodersOf("image/jpeg").map(({ elements }) => elements),
  "decoding of MPEG-4 part 2": decodersOf(MPEG4_VIDEO).map(({ elements }) => elements),
  "verification of clips": [["matroskademux", "qtdemux", "tsdemux", "decodebin"]],
};

/** The names of codecs, by media type. */
const CODECS: Record<string, string> = {
  "video/x-h264": "H.264",
  "video/x-h265": "H.265",
  "video/x-vp8": "VP8",
  "video/x-vp9": "VP9",
  "video/x-av1": "AV1",
  "image/jpeg": "JPEG",
  "video/mpeg, mpegversion=1": "MPEG-1 video",
  "video/mpeg, mpegversion=2": "MPEG-2 video",
  "video/mpeg, mpegversion=4": "MPEG-4 part 2",
  "audio/x-opus": "Opus",
  "audio/mpeg": "AAC",
  "audio/mpeg, mpegversion=1": "MP3",
  "audio/x-alaw": "A-law",
  "audio/x-mulaw": "mu-law",
};

function codecName(mediaType: string): string {
  return CODECS[mediaType] ?? mediaType;
}

/**
 * Checks which features work with the installed GStreamer.
 *
 * @example
 * ```ts
 * import { checkInstallation } from "@gstp/gstp";
 * import { assert } from "@std/assert";
 *
 * const { canRecord, features } = checkInstallation();
 * assert(canRecord);
 * assert(features.some(({ name, works }) => name === "record .webm" && works));
 * ```
 *
 * @throws {GstLoadError} If GStreamer's libraries cannot be opened; the message says how to install them.
 * @throws {GstVersionError} If GStreamer or Deno is too old.
 */
export function checkInstallation(): Installation {
  for (const open of [gst, gstApp, gstVideo, gobject, glib]) open();
  const { major, minor, micro } = gstVersion();
  const features = evaluateFeatures(hasElement);
  return {
    gstreamer: `${major}.${minor}.${micro}`,
    libraries: libraryFiles(),
    features,
    canRecord: canRecord(features),
  };
}

/**
 * Checks which features work.
 *
 * @param isInstalled Returns whether an element is installed.
 */
export function evaluateFeatures(isInstalled: (element: string) => boolean): Feature[] {
  return Object.entries(allFeatures()).map(([name, alternatives]) =>
    evaluate(name, alternatives, isInstalled)
  );
}

/** Returns whether the ring buffer and at least one container work. */
export function canRecord(features: readonly Feature[]): boolean {
  const works = (name: string) => features.find((feature) => feature.name === name)?.works ?? false;
  return works("ring buffer") && CLIP_EXTENSIONS.some((extension) => works(`record ${extension}`));
}

function allFeatures(): Record<string, string[][]> {
  const features: Record<string, string[][]> = { "ring buffer": [RING] };
  for (const extension of CLIP_EXTENSIONS) {
    features[`record ${extension}`] = recordElements(extension, "video/x-raw");
  }
  for (const extension of CLIP_EXTENSIONS) {
    const sound = recordElements(extension, "audio/x-raw");
    features[`sound in ${extension}`] = sound.map((
      elements,
    ) => ["audioconvert", "audioresample", "audiorate", ...elements]);
  }
  features["encoded ring buffer"] = encoderElements();
  for (const mediaType of Object.keys(PARSERS)) {
    const name = `${codecName(mediaType)} without re-encoding`;
    features[name] = CLIP_EXTENSIONS.flatMap((extension) => recordElements(extension, mediaType));
  }
  for (const mediaType of Object.keys(PARSERS)) {
    const elements = smartCutElements(mediaType);
    if (elements.length > 0) features[`${codecName(mediaType)} with exact starts`] = elements;
  }
  for (const [extension, { elements }] of Object.entries(IMAGES)) {
    features[`snapshots as ${extension}`] = [["videoconvert", ...elements]];
  }
  return { ...features, ...OTHERS };
}

/** Elements that need hardware, besides a package. */
const HARDWARE = /^(nv|va|v4l2|vtenc_)/;

/** Evaluates a feature by its first list of elements that is installed, or by the one that needs the fewest more. */
function evaluate(
  name: string,
  alternatives: readonly string[][],
  isInstalled: (element: string) => boolean,
): Feature {
  const lacks = (elements: readonly string[]) => elements.filter((one) => !isInstalled(one));
  const cost = (elements: readonly string[]) => {
    const missing = lacks(elements);
    return missing.some((one) => HARDWARE.test(one)) ? Infinity : missing.length;
  };
  // Infinity - Infinity is NaN
  const [best = []] = alternatives.toSorted((a, b) => cost(a) - cost(b) || 0);
  const missing = lacks(best).map((element) => ({
    element,
    debianPackage: debianPackageOf(element) ?? null,
  }));
  return { name, works: missing.length === 0, elements: best.filter(isInstalled), missing };
}

function libraryFiles(): LibraryFile[] {
  const maps = readMaps();
  return [...openedLibraries()].map(([name, found]) => {
    const path = maps.match(new RegExp(`/\\S*/lib${name.replace(".", "\\.")}\\.so\\S*`))?.[0];
    return { name, file: path ?? found };
  });
}

/** Reads which files are mapped into this process; empty if that is unknown. */
function readMaps(): string {
  try {
    return Deno.build.os === "linux" ? Deno.readTextFileSync("/proc/self/maps") : "";
  } catch {
    return "";
  }
}
