/**
 * Parsers, encoders and muxers by a file name's extension and the kind of the media.
 *
 * @module
 */
import { extname } from "node:path";
import { GstError } from "../../ffi/errors.ts";
import { areAlike, mediaTypeOf } from "../caps.ts";
import { chain, IN_BAND, isSound, MP3, PARSERS, type Part } from "../codecs.ts";
import { missingHint } from "../parse.ts";
import { hasElement } from "../registry.ts";

/** An encoder, and what it makes. */
interface Encoder extends Part {
  makes: string;
  /** Nanoseconds of silence that it puts first, and no container takes off again. */
  delayNs?: bigint;
}

/** Samples a second in front of encoders of AAC, whose delay is one of samples. */
const AAC_RATE = 48_000;

/** Encoders of raw video and sound by preference, with the media type that they make. */
const ENCODERS: Encoder[] = [
  {
    makes: "video/x-h264",
    elements: ["x264enc"],
    text: "x264enc speed-preset=superfast pass=quant quantizer=20 key-int-max=60 bframes=0",
  },
  {
    makes: "video/x-h264",
    elements: ["openh264enc"],
    text: "openh264enc bitrate=8000000 gop-size=60",
  },
  {
    makes: "video/x-vp8",
    elements: ["vp8enc"],
    text: "vp8enc deadline=1 cpu-used=16 keyframe-max-dist=60 " +
      "end-usage=cq cq-level=12 target-bitrate=20000000",
  },
  { makes: "audio/x-opus", elements: ["opusenc"], text: "opusenc bitrate=128000" },
  aacEncoder("avenc_aac", 1024),
  aacEncoder("voaacenc", 1600),
];

function aacEncoder(element: string, delaySamples: number): Encoder {
  return {
    makes: "audio/mpeg",
    elements: [element],
    text: `audio/x-raw,rate=${AAC_RATE} ! ${element} bitrate=160000`,
    delayNs: BigInt(Math.round(delaySamples * 1e9 / AAC_RATE)),
  };
}

/** What raw media needs in front of its encoder. */
const CONVERTERS: Record<string, string> = {
  "video/x-raw": "videoconvert",
  "audio/x-raw": "audioconvert ! audioresample",
};

/** A muxer, and the media types that it takes. */
interface Container {
  muxer: Part;
  demuxer: string;
  /** Where it takes several that can be encoded to, the first is preferred. */
  takes: string[];
  /** What makes the muxer begin at 0 instead of the running time; undefined where it always does, or never can. */
  atZero?: string;
  /** Whether it needs no index at its end, and has parameter sets wherever they change. */
  isStream?: true;
}

// a movie in fragments can be read after a crash; at its end it becomes a plain file
const FRAGMENTS = "fragment-duration=100 fragment-mode=first-moov-then-finalise";

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
  /** Whether the file has the pipeline's running time; else it begins at 0. */
  keepsTimes: boolean;
}

/**
 * How to complete a clip that was cut off.
 *
 * @throws {RangeError} if no container is known for the extension; the message lists those that are.
 */
export function remuxerOf(path: string): Remuxer {
  const { demuxer, muxer, isStream, atZero } = containerOf(path);
  return {
    demuxer,
    muxer: isStream ? null : muxer.elements[0]!,
    keepsTimes: atZero !== undefined,
  };
}

function containerOf(path: string): Container {
  const container = CONTAINERS[extname(path).toLowerCase()];
  if (container !== undefined) return container;
  const known = Object.keys(CONTAINERS).join(", ");
  throw new RangeError(
    `No container is known for "${path}": its name must end in one of ${known}`,
  );
}

/** The extensions that clips can have. */
export const EXTENSIONS: readonly string[] = Object.keys(CONTAINERS);

/**
 * The elements that a clip needs: any of these lists is enough, and the first is preferred. None where its container does
 * not take the media.
 */
export function recordElements(extension: string, mediaType: string): string[][] {
  const container = containerOf(`clip${extension}`);
  const converter = CONVERTERS[mediaType];
  const parts = converter !== undefined
    ? encoders(container, converter)
    : container.takes.includes(mediaType)
    ? [PARSERS[mediaType]!]
    : [];
  return parts.map(({ elements }) => [...elements, ...container.muxer.elements]);
}

/** What a record bin's text depends on. */
export interface RecordBinSpec {
  /** The clip's name; its extension tells the container. */
  path: string;
  /** What it writes. */
  tracks: RecordTrack[];
  /** Whether the file's times begin at 0. */
  startAtZero?: boolean;
}

/** Fields of the caps that tell how fast frames come: their times tell that, too. */
const RATE_FIELDS = ["framerate", "max-framerate"];
/** Fields of raw video that are brought to the same for all of a clip. */
const SHAPE_FIELDS = [
  ...["format", "width", "height", "pixel-aspect-ratio", "colorimetry", "chroma-site"],
  ...RATE_FIELDS,
];

/**
 * Tells whether a file of this name goes on where the caps change, when the bin of {@link recordBinParts} writes it.
 *
 * @param before The caps of the clip's frames; they stay the caller's.
 * @param after The caps of the next ones; they stay the caller's.
 */
export function survivesChange(
  path: string,
  before: Deno.PointerObject,
  after: Deno.PointerObject,
): boolean {
  const mediaType = mediaTypeOf(before);
  if (mediaType !== mediaTypeOf(after)) return false;
  const isStream = CONTAINERS[extname(path).toLowerCase()]?.isStream ?? false;
  const isRaw = mediaType === "video/x-raw";
  return isStream && !mediaType.endsWith("/x-raw") ||
    areAlike(before, after, isRaw ? SHAPE_FIELDS : RATE_FIELDS);
}

/** What a record bin is made of. */
export interface RecordBinParts {
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
export function recordBinParts(
  spec: RecordBinSpec,
  isInstalled: (element: string) => boolean = hasElement,
): RecordBinParts {
  const { path, tracks, startAtZero = false } = spec;
  const extension = extname(path).toLowerCase();
  const container = containerOf(path);
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

/** What a stream needs on its way into a container. */
function codec(
  { mediaType, untoldFrameNs = null, splicedCaps, shape }: RecordTrack,
  container: Container,
  extension: string,
  isInstalled: (element: string) => boolean,
): Pick<Encoder, "elements" | "text" | "delayNs"> {
  const converter = CONVERTERS[mediaType];
  if (converter !== undefined) {
    const reshaped = shape === undefined ? converter : `${converter} ! videoscale ! ${shape}`;
    return encoder(container, reshaped, isInstalled);
  }
  const part = withRate(parser(container, mediaType, extension), mediaType, untoldFrameNs);
  if (splicedCaps === undefined || container.isStream) return part;
  // muxers refuse other caps in the middle of a file, or spoil it
  const setter = `capssetter join=false replace=true caps="${splicedCaps.replaceAll('"', '\\"')}"`;
  return {
    elements: ["capssetter", ...part.elements],
    text: chain(part.text, IN_BAND[mediaType], setter),
  };
}

/** Adds a frame rate to caps of video that have none: without it, an .mp4 ends before its last frame. */
function withRate({ elements, text }: Part, mediaType: string, frameNs: bigint | null): Part {
  if (frameNs === null || isSound(mediaType)) return { elements, text };
  const caps = `${mediaType},framerate=1000000/${frameNs / 1000n}`;
  return { elements: ["capssetter", ...elements], text: `capssetter caps=${caps} ! ${text}` };
}

/** The preferred of the installed encoders, or of all where none is installed. */
function encoder(
  container: Container,
  converter: string,
  isInstalled: (element: string) => boolean,
): Omit<Encoder, "makes"> {
  const fitting = encoders(container, converter);
  return fitting.find(({ elements }) => elements.every(isInstalled)) ?? fitting[0]!;
}

/** The encoders for a container by preference, with what raw media needs in front of them, and their parsers. */
function encoders(container: Container, converter: string): Omit<Encoder, "makes">[] {
  const rank = ({ makes }: Encoder) => container.takes.indexOf(makes);
  const isFitting = (one: Encoder) =>
    rank(one) >= 0 && isSound(one.makes) === converter.startsWith("audio");
  const preferred = ENCODERS.filter(isFitting).sort((a, b) => rank(a) - rank(b));
  return preferred.map(({ makes, elements, text, ...rest }) => {
    const parser = PARSERS[makes]!;
    return {
      ...rest,
      elements: [...elements, ...parser.elements],
      text: `${converter} ! ${text} ! ${parser.text}`,
    };
  });
}

/** What a stream that is encoded needs. */
function parser(container: Container, mediaType: string, extension: string): Part {
  const found = PARSERS[mediaType];
  if (found !== undefined && container.takes.includes(mediaType)) return found;
  const others = Object.keys(CONTAINERS).filter((key) =>
    CONTAINERS[key]!.takes.includes(mediaType)
  );
  const advice = others.length > 0
    ? `end the clips' names in ${others.join(" or ")}`
    : "decode it before the tee";
  throw new RangeError(`A ${extension} file does not take ${mediaType}: ${advice}`);
}
