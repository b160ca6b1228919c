/**
 * Containers by the extension of a path.
 *
 * @module
 */
import { extname } from "node:path";
import {
  type ElementChain,
  MP3,
  MPEG1_VIDEO,
  MPEG2_VIDEO,
  MPEG4_VIDEO,
  PARSERS,
} from "./codecs.ts";

/** A container format: `.webm` and `.mkv` are `matroska`, `.mp4` and `.mov` are `mp4`, `.ts` is `mpeg-ts`. */
export type ContainerName = "matroska" | "mp4" | "mpeg-ts";

/** The demuxers by kind of container. */
export const DEMUXERS: Record<ContainerName, string> = {
  "matroska": "matroskademux",
  "mp4": "qtdemux",
  "mpeg-ts": "tsdemux",
};

/** A container: its muxer, and the media types that it takes. */
export interface Container {
  name: ContainerName;
  muxer: ElementChain;
  /** The MIME type of its files. */
  mimeType: string;
  /** The media types that it takes; of those that raw frames can be encoded to, the first is preferred. */
  takes: string[];
  /** The elements that a media type needs right before the muxer. */
  needs?: Record<string, ElementChain>;
  /** The property that makes the muxer begin at 0 instead of the running time, if it has the choice. */
  atZero?: string;
}

// fragments can be read after a crash; at its end the file becomes a plain one
const FRAGMENTS = "fragment-duration=100 fragment-mode=first-moov-then-finalise";

// mp4mux before 1.28 crashes at VP9 whose caps state no chroma-site, which vp9parse never sets
const VP9_CHROMA: ElementChain = {
  elements: ["capssetter"],
  text: "capssetter caps=video/x-vp9,chroma-site=mpeg2",
};

// mp4mux before 1.24 swaps the bytes of the samples to skip, and players skip up to a second; without a header, none are
const OPUS_HEADER: ElementChain = {
  elements: ["capssetter"],
  text: 'capssetter caps="audio/x-opus,streamheader=(string)none"',
};

/** The containers by extension. */
const CONTAINERS: Record<string, Container> = {
  ".webm": {
    name: "matroska",
    mimeType: "video/webm",
    muxer: { elements: ["webmmux"], text: "webmmux" },
    atZero: "offset-to-zero=true",
    takes: ["video/x-vp8", "video/x-vp9", "video/x-av1", "audio/x-opus"],
  },
  ".mkv": {
    name: "matroska",
    mimeType: "video/x-matroska",
    muxer: { elements: ["matroskamux"], text: "matroskamux" },
    atZero: "offset-to-zero=true",
    takes: Object.keys(PARSERS),
  },
  ".mp4": {
    name: "mp4",
    mimeType: "video/mp4",
    muxer: { elements: ["mp4mux"], text: `mp4mux ${FRAGMENTS}` },
    takes: [
      ...["video/x-h264", "video/x-h265", "video/x-vp9", "video/x-av1", MPEG4_VIDEO],
      ...["audio/mpeg", MP3, "audio/x-opus", "audio/x-ac3"],
    ],
    needs: { "video/x-vp9": VP9_CHROMA, "audio/x-opus": OPUS_HEADER },
  },
  ".mov": {
    name: "mp4",
    mimeType: "video/quicktime",
    muxer: { elements: ["qtmux"], text: `qtmux ${FRAGMENTS}` },
    takes: [
      ...["video/x-h264", "video/x-h265", MPEG4_VIDEO],
      ...["audio/mpeg", MP3, "audio/x-alaw", "audio/x-mulaw", "audio/x-ac3"],
    ],
  },
  ".ts": {
    name: "mpeg-ts",
    mimeType: "video/mp2t",
    muxer: { elements: ["mpegtsmux"], text: "mpegtsmux" },
    takes: [
      ...["video/x-h264", "video/x-h265", MPEG1_VIDEO, MPEG2_VIDEO, MPEG4_VIDEO],
      ...["audio/mpeg", MP3, "audio/x-opus", "audio/x-ac3"],
    ],
  },
};

/** The elements that remux a file. */
export interface Remuxer {
  /** The demuxer's name. */
  demuxer: string;
  /** The muxer's name; `null` if the file is complete wherever it ends. */
  muxer: string | null;
  /** The elements that a media type needs right before the muxer. */
  needs: Record<string, ElementChain>;
  /** Whether the file keeps the pipeline's running times, rather than beginning at 0. */
  keepsTimes: boolean;
}

/**
 * Returns how to complete a clip that was cut off.
 *
 * @throws {RangeError} If no container is known for the extension; the message lists those that are.
 */
export function remuxerOf(path: string): Remuxer {
  const { name, muxer, needs = {}, atZero } = containerFor(path);
  return {
    demuxer: DEMUXERS[name],
    // a transport stream is complete wherever it ends
    muxer: name === "mpeg-ts" ? null : muxer.elements[0]!,
    needs,
    keepsTimes: atZero !== undefined,
  };
}

/** Returns the extension of a path in lower case, such as `.webm`. */
export function extensionOf(path: string): string {
  return extname(path).toLowerCase();
}

/** Returns the container of a path; `undefined` if its extension is not known. */
export function findContainer(path: string): Container | undefined {
  return CONTAINERS[extensionOf(path)];
}

/**
 * Returns the container of a path.
 *
 * @throws {RangeError} If none is known for its extension; the message lists those that are.
 */
export function containerFor(path: string): Container {
  const container = findContainer(path);
  if (container !== undefined) return container;
  const known = Object.keys(CONTAINERS).join(", ");
  throw new RangeError(
    `No container is known for "${path}": its name must end in one of ${known}`,
  );
}

/** Returns whether a path is that of a Matroska file. */
export function isMatroska(path: string): boolean {
  return findContainer(path)?.name === "matroska";
}

/** Returns the extensions of the containers that take a media type. */
export function extensionsFor(mediaType: string): string[] {
  return CLIP_EXTENSIONS.filter((extension) => CONTAINERS[extension]!.takes.includes(mediaType));
}

/**
 * The extensions that clips can have, each with a leading dot.
 *
 * @example
 * ```ts
 * import { CLIP_EXTENSIONS } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(CLIP_EXTENSIONS, [".webm", ".mkv", ".mp4", ".mov", ".ts"]);
 * ```
 */
export const CLIP_EXTENSIONS: readonly string[] = Object.keys(CONTAINERS);

/**
 * Returns the MIME type of a clip by the extension of its path; `application/octet-stream` if that is not known.
 *
 * @example
 * ```ts
 * import { mimeTypeOf } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mimeTypeOf("clips/a.mp4"), "video/mp4");
 * ```
 */
export function mimeTypeOf(path: string): string {
  return findContainer(path)?.mimeType ?? "application/octet-stream";
}
