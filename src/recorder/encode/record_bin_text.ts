/**
 * The text of the bin that writes a clip: parsers, encoders and muxers by the file name's extension and the media.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";
import { areAlike, mediaTypeOf } from "../../gst/caps.ts";
import { chain, type ElementChain, IN_BAND, PARSERS, withRate } from "../../media/codecs.ts";
import { missingHint } from "../../launch/parse_launch.ts";
import { hasElement } from "../../gst/element_factory.ts";
import {
  type Container,
  containerFor,
  extensionOf,
  extensionsFor,
  findContainer,
} from "../../media/containers.ts";
import { chooseClipEncoder, clipEncoders, CONVERTERS, type Encoder } from "../../media/encoders.ts";

/** What a record bin's text depends on. */
export interface RecordBinSpec {
  /** The clip's name; its extension tells the container. */
  path: string;
  /** What it writes. */
  tracks: RecordTrack[];
  /** Whether the file's times begin at 0. */
  startAtZero?: boolean;
}

/** What a record bin is made of. */
export interface RecordBinText {
  /** The bin's text. */
  text: string;
  /** Nanoseconds by which each track has to be pushed earlier to be in step with the others. */
  delaysNs: bigint[];
}

/** A stream for a file. */
export interface RecordTrack {
  /** The caps' name, such as `video/x-raw`, `video/x-h264` or `audio/mpeg`. */
  mediaType: string;
  /** Nanoseconds that an encoded frame lasts, where the caps do not tell; null where they do. */
  untoldFrameNs?: bigint | null;
  /** Where the encoder changes on the way: the caps of the first frames, in one of the forms {@link IN_BAND}. */
  splicedCaps?: string | undefined;
  /** Caps that all raw frames are brought to, whatever they are; as they are where that is not told. */
  shape?: string | undefined;
}

/** The name of the n-th track's appsrc. */
export function appsrcName(index: number): string {
  return index === 0 ? "appsrc" : `appsrc_${index}`;
}

/**
 * The bin that writes a clip: raw video and sound are encoded, what is encoded is written as it is.
 *
 * @param isInstalled Tells whether an element is there.
 * @throws {RangeError} if the extension is not known, or its container does not take the media; the message lists what
 * is possible.
 * @throws {GstError} if the elements for it are not installed; the message names them.
 */
export function recordBinText(
  spec: RecordBinSpec,
  isInstalled: (element: string) => boolean = hasElement,
): RecordBinText {
  const { path, tracks, startAtZero = false } = spec;
  const extension = extensionOf(path);
  const container = containerFor(path);
  const { muxer, atZero } = container;
  const codecs = tracks.map((track) => codec(track, container, extension, isInstalled));
  const elements = [...codecs.flatMap(({ elements }) => elements), ...muxer.elements];
  const missing = elements.filter((name) => !isInstalled(name));
  if (missing.length > 0) {
    throw new GstError(
      `A ${extension} file needs elements that are not installed: ${missing.join(", ")}`,
      { hint: missing.map(missingHint).join("\n") },
    );
  }
  const mux = startAtZero && atZero !== undefined ? `${muxer.text} ${atZero}` : muxer.text;
  const [first, ...more] = codecs.map(({ text }, index) =>
    `appsrc name=${appsrcName(index)} ! ${text}`
  );
  const name = more.length > 0 ? " name=muxer" : "";
  const others = more.map((text) => ` ${text} ! muxer.`).join("");
  return {
    text: `${first} ! ${mux}${name} ! filesink name=filesink buffer-mode=unbuffered${others}`,
    delaysNs: codecs.map(({ delayNs = 0n }) => delayNs),
  };
}

/** What brings raw video to caps; in sizes that are even for H.264, which takes no other in a format that all players show. */
function scaler(shape: string, { takes }: Container): string {
  return chain("videoscale", takes.includes("video/x-h264") ? evenSize(shape) : shape);
}

function evenSize(shape: string): string {
  return shape.replaceAll(
    /(width|height)=(\d+)/g,
    (_, name, size) => `${name}=${2 * Math.ceil(size / 2)}`,
  );
}

/** What a stream needs on its way into a container. */
function codec(
  { mediaType, untoldFrameNs = null, splicedCaps, shape }: RecordTrack,
  container: Container,
  extension: string,
  isInstalled: (element: string) => boolean,
): Pick<Encoder, "elements" | "text" | "delayNs"> {
  const converter = CONVERTERS[mediaType];
  if (converter !== undefined) {
    const reshaped = chain(converter, shape && scaler(shape, container));
    return chooseClipEncoder(
      { takes: container.takes, converter: reshaped, untoldFrameNs },
      isInstalled,
    );
  }
  const part = withRate(parser(container, mediaType, extension), mediaType, untoldFrameNs);
  const isSpliced = splicedCaps !== undefined && !container.isStream;
  const needed = container.needs?.[mediaType];
  return both(isSpliced ? spliced(part, mediaType, splicedCaps) : part, needed);
}

/** A part whose caps are those of the first frames all the time: muxers refuse others in the middle of a file, or spoil it. */
function spliced({ elements, text }: ElementChain, mediaType: string, caps: string): ElementChain {
  const setter = `capssetter join=false replace=true caps="${caps.replaceAll('"', '\\"')}"`;
  return {
    elements: ["capssetter", ...elements],
    text: chain(text, IN_BAND[mediaType], setter),
  };
}

/** What a stream that is encoded needs. */
function parser(container: Container, mediaType: string, extension: string): ElementChain {
  const found = PARSERS[mediaType];
  if (found !== undefined && container.takes.includes(mediaType)) return found;
  const others = extensionsFor(mediaType);
  const advice = others.length > 0
    ? `end the clips' names in ${others.join(" or ")}`
    : "decode it before the tee";
  throw new RangeError(`A ${extension} file does not take ${mediaType}: ${advice}`);
}

/** One part before another, where there is another. */
function both({ elements, text }: ElementChain, next?: ElementChain): ElementChain {
  return { elements: [...elements, ...next?.elements ?? []], text: chain(text, next?.text) };
}

/** Fields of the caps that tell how fast frames come: their times tell that, too. */
const RATE_FIELDS = ["framerate", "max-framerate"];
/** Fields of raw video that are brought to the same for all of a clip. */
const SHAPE_FIELDS = [
  ...["format", "width", "height", "pixel-aspect-ratio", "colorimetry", "chroma-site"],
  ...RATE_FIELDS,
];

/**
 * Tells whether a file of this name goes on where the caps change, when the bin of {@link recordBinText} writes it.
 *
 * @param before The caps of the clip's frames; they stay the caller's.
 * @param after The caps of the next ones; they stay the caller's.
 */
export function survivesCapsChange(
  path: string,
  before: Deno.PointerObject,
  after: Deno.PointerObject,
): boolean {
  const mediaType = mediaTypeOf(before);
  if (mediaType !== mediaTypeOf(after)) return false;
  const isStream = findContainer(path)?.isStream ?? false;
  const isRaw = mediaType === "video/x-raw";
  return isStream && !mediaType.endsWith("/x-raw") ||
    areAlike(before, after, isRaw ? SHAPE_FIELDS : RATE_FIELDS);
}

/**
 * The elements that a clip needs: any of these lists is enough, and the first is preferred. None where its container does
 * not take the media.
 */
export function recordElements(extension: string, mediaType: string): string[][] {
  const container = containerFor(`clip${extension}`);
  const converter = CONVERTERS[mediaType];
  const parts = converter !== undefined
    ? clipEncoders({ takes: container.takes, converter })
    : container.takes.includes(mediaType)
    ? [both(PARSERS[mediaType]!, container.needs?.[mediaType])]
    : [];
  return parts.map(({ elements }) => [...elements, ...container.muxer.elements]);
}
