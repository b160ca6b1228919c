/**
 * Containers by a file name's extension.
 *
 * @module
 */
import { extname } from "node:path";
import { type ElementChain, MP3, PARSERS } from "./codecs.ts";

/** A muxer, and the media types that it takes. */
export interface Container {
  muxer: ElementChain;
  demuxer: string;
  /** Where it takes several that can be encoded to, the first is preferred. */
  takes: string[];
  /** What a media type needs right before the muxer. */
  needs?: Record<string, ElementChain>;
  /** What makes the muxer begin at 0 instead of the running time; undefined where it always does, or never can. */
  atZero?: string;
  /** Whether it needs no index at its end, and has parameter sets wherever they change. */
  isStream?: true;
}

// a movie in fragments can be read after a crash; at its end it becomes a plain file
const FRAGMENTS = "fragment-duration=100 fragment-mode=first-moov-then-finalise";

// mp4mux 1.22 crashes at VP9 whose caps tell no chroma site, which the stream itself never does
const VP9_CHROMA: ElementChain = {
  elements: ["capssetter"],
  text: "capssetter caps=video/x-vp9,chroma-site=mpeg2",
};

/** The containers by extension. */
const CONTAINERS: Record<string, Container> = {
  ".webm": {
    muxer: { elements: ["webmmux"], text: "webmmux" },
    demuxer: "matroskademux",
    atZero: "offset-to-zero=true",
    takes: ["video/x-vp8", "video/x-vp9", "video/x-av1", "audio/x-opus"],
  },
  ".mkv": {
    muxer: { elements: ["matroskamux"], text: "matroskamux" },
    demuxer: "matroskademux",
    atZero: "offset-to-zero=true",
    takes: Object.keys(PARSERS),
  },
  ".mp4": {
    muxer: { elements: ["mp4mux"], text: `mp4mux ${FRAGMENTS}` },
    demuxer: "qtdemux",
    takes: [
      ...["video/x-h264", "video/x-h265", "video/x-vp9", "video/x-av1"],
      ...["audio/mpeg", MP3, "audio/x-opus"],
    ],
    needs: { "video/x-vp9": VP9_CHROMA },
  },
  ".mov": {
    muxer: { elements: ["qtmux"], text: `qtmux ${FRAGMENTS}` },
    demuxer: "qtdemux",
    takes: ["video/x-h264", "video/x-h265", "audio/mpeg", MP3, "audio/x-alaw", "audio/x-mulaw"],
  },
  ".ts": {
    muxer: { elements: ["mpegtsmux"], text: "mpegtsmux" },
    demuxer: "tsdemux",
    isStream: true,
    takes: ["video/x-h264", "video/x-h265", "audio/mpeg", MP3, "audio/x-opus"],
  },
};

/** What takes a file apart, and what makes a plain one of its parts; null where it needs no more than it has. */
export interface Remuxer {
  /** The demuxer's name. */
  demuxer: string;
  /** The muxer's name. */
  muxer: string | null;
  /** What a media type needs right before the muxer. */
  needs: Record<string, ElementChain>;
  /** Whether the file has the pipeline's running time; else it begins at 0. */
  keepsTimes: boolean;
}

/**
 * How to complete a clip that was cut off.
 *
 * @throws {RangeError} if no container is known for the extension; the message lists those that are.
 */
export function remuxerOf(path: string): Remuxer {
  const { demuxer, muxer, needs = {}, isStream, atZero } = containerFor(path);
  return {
    demuxer,
    muxer: isStream ? null : muxer.elements[0]!,
    needs,
    keepsTimes: atZero !== undefined,
  };
}

/** The ending of a file name that tells what it is, such as `.webm`. */
export function extensionOf(path: string): string {
  return extname(path).toLowerCase();
}

/** The container of a file name; undefined where none is known for its extension. */
export function findContainer(path: string): Container | undefined {
  return CONTAINERS[extensionOf(path)];
}

/**
 * The container of a file name.
 *
 * @throws {RangeError} if none is known for its extension; the message lists those that are.
 */
export function containerFor(path: string): Container {
  const container = findContainer(path);
  if (container !== undefined) return container;
  const known = Object.keys(CONTAINERS).join(", ");
  throw new RangeError(
    `No container is known for "${path}": its name must end in one of ${known}`,
  );
}

/** The extensions of the containers that take a media type. */
export function extensionsFor(mediaType: string): string[] {
  return EXTENSIONS.filter((extension) => CONTAINERS[extension]!.takes.includes(mediaType));
}

/** The extensions that clips can have. */
export const EXTENSIONS: readonly string[] = Object.keys(CONTAINERS);
