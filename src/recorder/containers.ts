/**
 * Parsers, encoders and muxers by a file name's extension and the kind of the media.
 *
 * @module
 */
import { extname } from "node:path";
import { GstError } from "../../ffi/errors.ts";
import { PARSERS, type Part } from "../codecs.ts";
import { missingHint } from "../parse.ts";
import { hasElement } from "../registry.ts";

/** Encoders of raw video by preference, with the media type that they make. */
const ENCODERS: (Part & { makes: string })[] = [
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
];

/** A muxer, and the media types that it takes. */
interface Container {
  muxer: Part;
  takes: string[];
  /** What makes the muxer begin at 0 instead of the running time; undefined where it always does, or never can. */
  atZero?: string;
}

// a movie in fragments can be read after a crash; at its end it becomes a plain file
const FRAGMENTS = "fragment-duration=100 fragment-mode=first-moov-then-finalise";

/** The containers by extension. */
const CONTAINERS: Record<string, Container> = {
  ".webm": {
    muxer: { elements: ["webmmux"], text: "webmmux" },
    atZero: "offset-to-zero=true",
    takes: ["video/x-vp8", "video/x-vp9", "video/x-av1"],
  },
  ".mkv": {
    muxer: { elements: ["matroskamux"], text: "matroskamux" },
    atZero: "offset-to-zero=true",
    takes: Object.keys(PARSERS),
  },
  ".mp4": {
    muxer: { elements: ["mp4mux"], text: `mp4mux ${FRAGMENTS}` },
    takes: ["video/x-h264", "video/x-h265", "video/x-vp9", "video/x-av1"],
  },
  ".mov": {
    muxer: { elements: ["qtmux"], text: `qtmux ${FRAGMENTS}` },
    takes: ["video/x-h264", "video/x-h265"],
  },
  ".ts": {
    muxer: { elements: ["mpegtsmux"], text: "mpegtsmux" },
    takes: ["video/x-h264", "video/x-h265"],
  },
};

/** What a record bin's text depends on. */
export interface RecordBinSpec {
  /** The clip's name; its extension tells the container. */
  path: string;
  /** The caps' name, such as `video/x-raw` or `video/x-h264`. */
  mediaType: string;
  /** Whether the file's times begin at 0. */
  startAtZero?: boolean;
}

/**
 * The text of the bin that writes a clip: raw video is encoded, encoded video is written as it is.
 *
 * @param isInstalled Tells whether an element is there.
 * @throws {RangeError} if the extension is not known, or its container does not take the media; the message lists what
 * is possible.
 * @throws {GstError} if the elements for it are not installed; the message names them.
 */
export function recordBinText(
  spec: RecordBinSpec,
  isInstalled: (element: string) => boolean = hasElement,
): string {
  const { path, mediaType, startAtZero = false } = spec;
  const extension = extname(path).toLowerCase();
  const container = CONTAINERS[extension];
  if (container === undefined) {
    const known = Object.keys(CONTAINERS).join(", ");
    throw new RangeError(
      `No container is known for "${path}": its name must end in one of ${known}`,
    );
  }
  const { muxer, atZero } = container;
  const codec = mediaType === "video/x-raw"
    ? encoder(container, isInstalled)
    : parser(container, mediaType, extension);
  const missing = [...codec.elements, ...muxer.elements].filter((name) => !isInstalled(name));
  if (missing.length > 0) {
    throw new GstError(
      `A ${extension} file needs elements that are not installed: ${missing.join(", ")}`,
      { hint: missing.map(missingHint).join("\n") },
    );
  }
  const mux = startAtZero && atZero !== undefined ? `${muxer.text} ${atZero}` : muxer.text;
  return `appsrc name=appsrc ! ${codec.text} ! ${mux} ! ` +
    "filesink name=filesink buffer-mode=unbuffered";
}

/** The preferred of the installed encoders, or of all where none is installed. */
function encoder(container: Container, isInstalled: (element: string) => boolean): Part {
  const fitting = ENCODERS.filter(({ makes }) => container.takes.includes(makes)).map((one) => {
    const { elements, text } = PARSERS[one.makes]!;
    return {
      elements: [...one.elements, ...elements],
      text: `videoconvert ! ${one.text} ! ${text}`,
    };
  });
  return fitting.find(({ elements }) => elements.every(isInstalled)) ?? fitting[0]!;
}

/** What an encoded stream needs on its way into the container. */
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
