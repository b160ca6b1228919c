/**
 * The text of the bin that writes a clip: parsers, encoders and muxers by the file name's extension and the media.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";
import { areAlike, mediaTypeOf, soundLayoutOf } from "../../gst/caps.ts";
import { rawVideoOf } from "../../gst/video_info.ts";
import {
  chain,
  type ElementChain,
  IN_BAND,
  isSound,
  PARSERS,
  withRate,
} from "../../media/codecs.ts";
import { missingHint } from "../../gst/missing_element.ts";
import { hasElement } from "../../gst/element_factory.ts";
import {
  type Container,
  containerFor,
  extensionOf,
  extensionsFor,
  findContainer,
} from "../../media/containers.ts";
import { chooseClipEncoder, clipEncoders, type Encoder } from "../../media/encoders.ts";
import type { Orientation } from "../../media/orientation.ts";
import {
  converterElements,
  isFullRange,
  type RawVideo,
  videoConverter,
} from "../../media/raw_video.ts";
import { canFollow, soundConverter, type SoundLayout } from "../../media/sound_layout.ts";

/** What the text of a record bin depends on. */
export interface RecordBinSpec {
  /** The clip's path; its extension selects the container. */
  path: string;
  /** The tracks that it writes. */
  tracks: RecordTrack[];
  /** Whether the file's times begin at 0. */
  startAtZero?: boolean;
}

/** The text of a record bin, and what goes with it. */
export interface RecordBinText {
  /** The bin's text. */
  text: string;
  /** Nanoseconds by which each track must be pushed earlier to be in step with the others. */
  delaysNs: bigint[];
}

/** A track of a clip. */
export interface RecordTrack {
  /** The media type, such as `video/x-raw`, `video/x-h264` or `audio/mpeg`. */
  mediaType: string;
  /**
   * Duration of an encoded frame in nanoseconds, if the caps state no frame rate; else `null`.
   *
   * @internal
   * @ignore
   */
  unstatedFrameNs?: bigint | null;
  /**
   * If the encoder changes within the track: the caps of the first frames, in one of the forms {@link IN_BAND}.
   *
   * @internal
   * @ignore
   */
  splicedCaps?: string | undefined;
  /**
   * The raw video of the first frames, whose size and colors all frames get. By default they are encoded as they are.
   *
   * @internal
   * @ignore
   */
  video?: RawVideo | undefined;
  /**
   * How raw video must be turned to be upright.
   *
   * @internal
   * @ignore
   */
  orientation?: Orientation | null;
  /**
   * The channels of raw sound. By default, the encoder chooses.
   *
   * @internal
   * @ignore
   */
  layout?: SoundLayout | undefined;
}

/** Returns the name of the n-th track's appsrc. */
export function appsrcName(index: number): string {
  return index === 0 ? "appsrc" : `appsrc_${index}`;
}

/**
 * Returns the text of the bin that writes a clip: raw video and audio are encoded, encoded streams are written as they
 * are.
 *
 * @param isInstalled Returns whether an element is installed.
 * @throws {RangeError} If the extension is not known, or its container does not take the media; the message lists what
 * is possible.
 * @throws {GstError} If elements for it are not installed; the message names them.
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

/** Whether media is encoded on its way into a clip. */
export function isRaw(mediaType: string): boolean {
  return mediaType.endsWith("/x-raw");
}

/** Returns what raw media needs in front of the encoder of a media type. */
function converterTo(
  makes: string,
  { mediaType, video, layout, orientation }: RecordTrack,
): string {
  if (isSound(mediaType)) return soundConverter(layout);
  return video === undefined ? "videoconvert" : videoConverter(video, makes, orientation);
}

/** Returns what a track needs on its way into a container. */
function codec(
  track: RecordTrack,
  container: Container,
  extension: string,
  isInstalled: (element: string) => boolean,
): Pick<Encoder, "elements" | "text" | "delayNs"> {
  const { mediaType, unstatedFrameNs = null, splicedCaps } = track;
  if (isRaw(mediaType)) {
    const encoding = {
      takes: container.takes,
      isSound: isSound(mediaType),
      converter: (makes: string) => converterTo(makes, track),
      unstatedFrameNs,
    };
    const encoder = chooseClipEncoder(encoding, isInstalled);
    const needed = converterElements(track.video, track.orientation);
    return { ...encoder, elements: [...needed, ...encoder.elements] };
  }
  const part = withRate(parser(container, mediaType, extension), mediaType, unstatedFrameNs);
  const isSpliced = splicedCaps !== undefined && !isStream(container);
  const needed = container.needs?.[mediaType];
  return both(isSpliced ? spliced(part, mediaType, splicedCaps) : part, needed);
}

/** Returns whether a container needs no index at its end, and repeats parameter sets where they change. */
function isStream(container: Container | undefined): boolean {
  return container?.name === "mpeg-ts";
}

/** Keeps the caps those of the first frames: muxers refuse others in the middle of a file, or write a broken one. */
function spliced({ elements, text }: ElementChain, mediaType: string, caps: string): ElementChain {
  const setter = `capssetter join=false replace=true caps="${caps.replaceAll('"', '\\"')}"`;
  return {
    elements: ["capssetter", ...elements],
    text: chain(text, IN_BAND[mediaType], setter),
  };
}

/** Returns the parser that an encoded stream needs. */
function parser(container: Container, mediaType: string, extension: string): ElementChain {
  const found = PARSERS[mediaType];
  if (found !== undefined && container.takes.includes(mediaType)) return found;
  const others = extensionsFor(mediaType);
  const advice = others.length > 0
    ? `end the clips' names in ${others.join(" or ")}`
    : "decode it before the tee";
  throw new RangeError(`A ${extension} file does not take ${mediaType}: ${advice}`);
}

/** Joins two chains of elements; the second one is optional. */
function both({ elements, text }: ElementChain, next?: ElementChain): ElementChain {
  return { elements: [...elements, ...next?.elements ?? []], text: chain(text, next?.text) };
}

/** Fields of the caps that state how fast frames come: their timestamps show that, too. */
const RATE_FIELDS = ["framerate", "max-framerate"];
/** Fields of raw video that are converted to the same values throughout a clip. */
const SHAPE_FIELDS = [
  ...["format", "width", "height", "pixel-aspect-ratio", "colorimetry", "chroma-site"],
  ...RATE_FIELDS,
];

/** Fields of raw sound that are converted to the same values throughout a clip. */
const SOUND_FIELDS = ["format", "layout", "rate", "channels", "channel-mask"];

/**
 * Returns whether a file of this name can go on after a change of the caps, when the bin of {@link recordBinText}
 * writes it.
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
  if (mediaType === "audio/x-raw") {
    return canFollow(soundLayoutOf(before), soundLayoutOf(after)) &&
      areAlike(before, after, SOUND_FIELDS);
  }
  if (mediaType === "video/x-raw") {
    return canConvertAlike(before, after) && areAlike(before, after, SHAPE_FIELDS);
  }
  return isStream(findContainer(path)) || areAlike(before, after, RATE_FIELDS);
}

/** Returns whether the converter for some raw video brings other raw video to the same colors. */
function canConvertAlike(before: Deno.PointerObject, after: Deno.PointerObject): boolean {
  const [one, other] = [rawVideoOf(before), rawVideoOf(after)];
  return one === null || other === null || isFullRange(one) === isFullRange(other);
}

/**
 * Returns the elements that a clip needs: any of these lists is enough, and the first is preferred. Empty if its
 * container does not take the media.
 */
export function recordElements(extension: string, mediaType: string): string[][] {
  const container = containerFor(`clip${extension}`);
  const parts = isRaw(mediaType)
    ? clipEncoders({ takes: container.takes, isSound: isSound(mediaType), converter: () => "" })
    : container.takes.includes(mediaType)
    ? [both(PARSERS[mediaType]!, container.needs?.[mediaType])]
    : [];
  return parts.map(({ elements }) => [...elements, ...container.muxer.elements]);
}
