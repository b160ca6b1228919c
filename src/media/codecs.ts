/**
 * Encoded video and sound by media type.
 *
 * @module
 */

/** A part of a pipeline: its text, and the elements that must be installed for it. */
export interface ElementChain {
  /** The elements by name. */
  elements: string[];
  /** The part's text, without a link at its ends. */
  text: string;
}

/** A parser of encoded video or sound. */
export interface Parser extends ElementChain {
  /** Whether it repeats parameter sets, by its property config-interval. */
  repeats?: boolean;
}

/** MP3 has its media type in common with AAC. */
export const MP3 = "audio/mpeg, mpegversion=1";

/**
 * What brings encoded video and sound into the form that rings and muxers take, by media type. Parameter sets are repeated before
 * every keyframe, so that a clip can begin at any of them. Where there is no parser, caps tell the muxer which pad to give.
 */
export const PARSERS: Record<string, Parser> = {
  "video/x-h264": {
    elements: ["h264parse"],
    text: "h264parse config-interval=-1",
    repeats: true,
  },
  "video/x-h265": {
    elements: ["h265parse"],
    text: "h265parse config-interval=-1",
    repeats: true,
  },
  "video/x-vp8": { elements: [], text: "video/x-vp8" },
  "video/x-vp9": { elements: ["vp9parse"], text: "vp9parse" },
  "video/x-av1": { elements: ["av1parse"], text: "av1parse" },
  "image/jpeg": { elements: ["jpegparse"], text: "jpegparse" },
  "audio/x-opus": { elements: ["opusparse"], text: "opusparse" },
  "audio/mpeg": { elements: ["aacparse"], text: "aacparse" },
  [MP3]: { elements: ["mpegaudioparse"], text: "mpegaudioparse" },
  "audio/x-alaw": { elements: [], text: "audio/x-alaw" },
  "audio/x-mulaw": { elements: [], text: "audio/x-mulaw" },
};

/**
 * Caps of encoded video whose encoder changes on the way: parameter sets are in the stream then, instead of in the
 * header of a file (ISO/IEC 14496-15, sections 5.3.3.1.1 and 8.3.3.1.1: sample entries avc3 and hev1).
 */
export const IN_BAND: Record<string, string> = {
  "video/x-h264": "video/x-h264,stream-format=avc3,alignment=au",
  "video/x-h265": "video/x-h265,stream-format=hev1,alignment=au",
  "video/x-vp9": "video/x-vp9,alignment=super-frame",
  "video/x-av1": "video/x-av1,stream-format=obu-stream,alignment=tu",
};

/** The text of elements one after another, and caps; undefined stands for nothing. */
export function chain(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(" ! ");
}

/** Adds a frame rate to caps of video that have none: without it, an .mp4 ends before its last frame. */
export function withRate(
  { elements, text }: ElementChain,
  mediaType: string,
  frameNs: bigint | null,
): ElementChain {
  if (frameNs === null || isSound(mediaType)) return { elements, text };
  const caps = `${mediaType},framerate=1000000/${frameNs / 1000n}`;
  return { elements: ["capssetter", ...elements], text: `capssetter caps=${caps} ! ${text}` };
}

/** Whether each frame of a media type can be decoded by itself. */
export function isSelfContained(mediaType: string): boolean {
  return isSound(mediaType) || mediaType.startsWith("image/") || mediaType.endsWith("/x-raw");
}

/** Whether a media type is one of sound. */
export function isSound(mediaType: string): boolean {
  return mediaType.startsWith("audio/");
}
