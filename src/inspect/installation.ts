/**
 * What of gstp works with the GStreamer that is installed.
 *
 * @module
 */
import { glib, gobject, gst, gstApp, gstVersion, gstVideo } from "../../ffi/gst.ts";
import { openedLibraries } from "../../ffi/library.ts";
import { PARSERS } from "../media/codecs.ts";
import { debianPackageOf } from "../gst/debian_packages.ts";
import { EXTENSIONS } from "../media/containers.ts";
import { recordElements } from "../recorder/encode/record_bin_text.ts";
import { smartCutElements } from "../recorder/encode/smart_cut.ts";
import { IMAGES } from "../recorder/snapshot.ts";
import { hasElement } from "../gst/element_factory.ts";
import { encoderElements } from "../ringbuffer/encoded_ring_buffer.ts";

/** Something that gstp does, where the elements for it are installed. */
export interface Feature {
  /** What it is. */
  name: string;
  /** Whether the elements for it are installed. */
  works: boolean;
  /** The elements that it uses, or those that are there of the ones that it would use. */
  elements: string[];
  /** The elements that it lacks. */
  missing: MissingElement[];
}

/** An element that is not installed. */
export interface MissingElement {
  /** Its name. */
  element: string;
  /** The Debian package that has it, as far as that is known. */
  debianPackage: string | null;
}

/** A library of GStreamer's. */
export interface LibraryFile {
  /** Its name, such as `gstreamer-1.0`. */
  name: string;
  /** Its file, as far as that can be told: on Linux, with all permissions; else the name by which it was found. */
  file: string;
}

/** What is installed, and what of gstp works with it. */
export interface Installation {
  /** GStreamer's version. */
  gstreamer: string;
  /** Its libraries. */
  libraries: LibraryFile[];
  /** The features. */
  features: Feature[];
  /** Whether raw video can be recorded, in at least one container. */
  canRecord: boolean;
}

/** What every recorder uses. */
const RING = ["tee", "queue", "appsink", "appsrc", "filesink", "videoconvert"];

/** Other features: any of the lists of elements is enough. */
const OTHERS: Record<string, string[][]> = {
  "a failed ring leaves the pipeline alone": [["errorignore"]],
  "RTSP cameras, H.264": [["rtspsrc", "udpsrc", "rtph264depay", "h264parse"]],
  "RTSP cameras, H.265": [["rtspsrc", "udpsrc", "rtph265depay", "h265parse"]],
  "decoding of H.264": [["avdec_h264"], ["openh264dec"]],
  "decoding of H.265": [["avdec_h265"], ["libde265dec"]],
  "decoding of VP8": [["vp8dec"]],
  "decoding of VP9": [["vp9dec"]],
  "checks of clips": [["matroskademux", "qtdemux", "tsdemux", "decodebin"]],
};

/** What encoded media is called. */
const CODECS: Record<string, string> = {
  "video/x-h264": "H.264",
  "video/x-h265": "H.265",
  "video/x-vp8": "VP8",
  "video/x-vp9": "VP9",
  "video/x-av1": "AV1",
  "image/jpeg": "JPEG",
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
 * Looks at what is installed.
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
 * @throws {GstError} if GStreamer's libraries cannot be opened; the message tells how to install them.
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
 * Tells which features work.
 *
 * @param isInstalled Tells whether an element is there.
 */
export function evaluateFeatures(isInstalled: (element: string) => boolean): Feature[] {
  return Object.entries(allFeatures()).map(([name, alternatives]) =>
    judge(name, alternatives, isInstalled)
  );
}

/** Whether the ring works, and a container. */
export function canRecord(features: readonly Feature[]): boolean {
  const works = (name: string) => features.find((feature) => feature.name === name)?.works ?? false;
  return works("ring buffer") && EXTENSIONS.some((extension) => works(`record ${extension}`));
}

function allFeatures(): Record<string, string[][]> {
  const features: Record<string, string[][]> = { "ring buffer": [RING] };
  for (const extension of EXTENSIONS) {
    features[`record ${extension}`] = recordElements(extension, "video/x-raw");
  }
  for (const extension of EXTENSIONS) {
    const sound = recordElements(extension, "audio/x-raw");
    features[`sound in ${extension}`] = sound.map((
      elements,
    ) => ["audioconvert", "audioresample", ...elements]);
  }
  features["encoded ring buffer"] = encoderElements();
  for (const mediaType of Object.keys(PARSERS)) {
    const name = `${codecName(mediaType)} written as it is`;
    features[name] = EXTENSIONS.flatMap((extension) => recordElements(extension, mediaType));
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

/** Elements that need more than a package. */
const HARDWARE = /^(nv|va|v4l2|vtenc_)/;

/** Judges by the first list of elements that is installed, or by what is least to install. */
function judge(
  name: string,
  alternatives: readonly string[][],
  isInstalled: (element: string) => boolean,
): Feature {
  const lacks = (elements: readonly string[]) => elements.filter((one) => !isInstalled(one));
  const cost = (elements: readonly string[]) => {
    const missing = lacks(elements);
    return missing.some((one) => HARDWARE.test(one)) ? Infinity : missing.length;
  };
  // two infinities have no difference
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

/** The files that this process has in its memory, where it may know. */
function readMaps(): string {
  try {
    return Deno.build.os === "linux" ? Deno.readTextFileSync("/proc/self/maps") : "";
  } catch {
    return "";
  }
}
