/**
 * Codecs by media type: their parsers and caps.
 *
 * @module
 */

/** Elements in a row: their text, and the names of those that must be installed. */
export interface ElementChain {
  /** The names of the elements. */
  elements: string[];
  /** Their text, without a link at its ends. */
  text: string;
}

/** A parser of encoded video or audio. */
export interface Parser extends ElementChain {
  /** Whether its property config-interval repeats parameter sets. */
  repeats?: boolean;
}

/** The key of MP3, which shares its media type with AAC. */
export const MP3 = "audio/mpeg, mpegversion=1";
/** The keys of MPEG-1 and MPEG-2 video, and of MPEG-4 part 2, which share a media type. */
export const MPEG1_VIDEO = "video/mpeg, mpegversion=1";
export const MPEG2_VIDEO = "video/mpeg, mpegversion=2";
export const MPEG4_VIDEO = "video/mpeg, mpegversion=4";

/**
 * The parsers by media type, which bring encoded video and audio into the form that rings and muxers take. Parameter sets
 * are repeated before every keyframe, so that a clip can begin at any of them. Without a parser, caps select the muxer's
 * pad.
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
  [MPEG1_VIDEO]: { elements: ["mpegvideoparse"], text: "mpegvideoparse" },
  [MPEG2_VIDEO]: { elements: ["mpegvideoparse"], text: "mpegvideoparse" },
  [MPEG4_VIDEO]: {
    elements: ["mpeg4videoparse"],
    text: "mpeg4videoparse config-interval=-1",
    repeats: true,
  },
  "audio/x-opus": { elements: ["opusparse"], text: "opusparse" },
  "audio/mpeg": { elements: ["aacparse"], text: "aacparse" },
  [MP3]: { elements: ["mpegaudioparse"], text: "mpegaudioparse" },
  "audio/x-alaw": { elements: [], text: "audio/x-alaw" },
  "audio/x-mulaw": { elements: [], text: "audio/x-mulaw" },
};

/**
 * Caps of streams whose buffers are whole access units, though not always: parsers that pass buffers on take upstream's word
 * for it. A stream with other caps needs its parser.
 */
export const WHOLE_UNITS: Record<string, string> = {
  "video/x-h264": "video/x-h264,alignment=au",
  "video/x-h265": "video/x-h265,alignment=au",
  "video/x-av1": "video/x-av1,alignment=tu",
  "audio/mpeg": "audio/mpeg,framed=true; audio/mpeg,stream-format=raw",
  [MP3]: "audio/mpeg,parsed=true",
};

/**
 * Caps of encoded video whose encoder changes within a file: parameter sets are in the stream instead of the file's header
 * (ISO/IEC 14496-15, sections 5.3.3.1.1 and 8.3.3.1.1: sample entries avc3 and hev1).
 */
export const IN_BAND: Record<string, string> = {
  "video/x-h264": "video/x-h264,stream-format=avc3,alignment=au",
  "video/x-h265": "video/x-h265,stream-format=hev1,alignment=au",
  "video/x-vp9": "video/x-vp9,alignment=super-frame",
  "video/x-av1": "video/x-av1,stream-format=obu-stream,alignment=tu",
};

/** Links elements and caps to a text; `undefined` is left out. */
export function chain(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(" ! ");
}

/** Adds a frame rate to caps of video that state none: without it, an .mp4 ends before its last frame. */
export function withRate(
  { elements, text }: ElementChain,
  mediaType: string,
  frameNs: bigint | null,
): ElementChain {
  if (frameNs === null || isSound(mediaType)) return { elements, text };
  const caps = `${mediaType.replace(" ", "")},framerate=1000000/${frameNs / 1000n}`;
  return { elements: ["capssetter", ...elements], text: `capssetter caps=${caps} ! ${text}` };
}

/**
 * Returns the key of a media type in {@link PARSERS}, which for some includes the version of MPEG.
 *
 * @param version The field mpegversion of the caps; `null` if there is none.
 */
export function codecKey(mediaType: string, version: number | null): string {
  const key = `${mediaType}, mpegversion=${version}`;
  return key in PARSERS ? key : mediaType;
}

/** Returns whether each frame of a media type can be decoded without others. */
export function isSelfContained(mediaType: string): boolean {
  return isSound(mediaType) || mediaType.startsWith("image/") || mediaType.endsWith("/x-raw");
}

/** Returns whether a media type is one of audio. */
export function isSound(mediaType: string): boolean {
  return mediaType.startsWith("audio/");
}
