/**
 * Raw video: what it is converted to, so that all players show the same pictures.
 *
 * @module
 */
import { chain } from "./codecs.ts";

/** Values of GstVideoColorRange and GstVideoColorMatrix. */
const RANGE = { full: 1, limited: 2 };
const MATRIX = { rgb: 1, bt601: 4 };
/** Names of colorimetries by their matrix, for those that state nothing else. */
const NAMES: Record<number, string> = { 3: "bt709", 4: "bt601", 5: "smpte240m", 6: "bt2020" };
const VP8 = "video/x-vp8";
/** The lines of the largest picture that counts as SD. */
const SD_LINES = 576;

/** The colors of raw video by the values of GStreamer's enumerations; 0 is unknown. */
export interface Colorimetry {
  range: number;
  matrix: number;
  transfer: number;
  primaries: number;
}

/** Raw video by its caps. */
export interface RawVideo {
  /** The width in pixels. */
  width: number;
  /** The height in lines. */
  height: number;
  /** The width of a pixel, divided by its height, as two numbers. */
  pixelAspectRatio: readonly [number, number];
  /** Whether the lines of a frame are those of two fields. */
  isInterlaced: boolean;
  /** The colors. */
  colorimetry: Colorimetry;
}

/** Whether the values of YUV reach from 0 to 255, as they do in JPEG and gray pictures. */
export function isFullRange({ colorimetry: { range, matrix } }: RawVideo): boolean {
  return range === RANGE.full && matrix !== MATRIX.rgb;
}

/**
 * Returns the elements that bring raw video into a form that an encoder takes and all players show: progressive, 4:2:0,
 * limited range, in a colorimetry that the codec states.
 *
 * @param makes The media type that the encoder makes.
 */
export function videoConverter(video: RawVideo, makes: string): string {
  const shape = `width=${evenFor(makes, video.width)},height=${evenFor(makes, video.height)},` +
    `pixel-aspect-ratio=${video.pixelAspectRatio.join("/")}`;
  return chain(
    limiter(isFullRange(video)),
    "videoconvert",
    "videoscale",
    `video/x-raw,format={I420,NV12},${shape},colorimetry=${colorimetryFor(makes, video)}`,
  );
}

/**
 * Returns the same elements for a stream whose caps may change, or are not known yet; width and height become even.
 *
 * @param video The first caps; `null` if they are not known.
 */
export function streamConverter(video: RawVideo | null, makes: string): string {
  const colorimetry = video === null
    ? makes === VP8 ? ",colorimetry=bt601" : ""
    : `,colorimetry=${colorimetryFor(makes, video)}`;
  return chain(
    limiter(video === null || isFullRange(video)),
    "videoconvert",
    "videoscale",
    'capsfilter caps="video/x-raw,format={I420,NV12},width=[2,32768,2],height=[2,32768,2]' +
      `${colorimetry}"`,
  );
}

/**
 * Returns what videoconvert needs in front of it to change the range: 1.22 copies the values of one YUV format into another
 * with the same matrix as they are, whatever the caps state, and converts those of RGB.
 */
function limiter(isNeeded: boolean): string | undefined {
  return isNeeded ? "videoconvert ! video/x-raw,format=BGRx" : undefined;
}

/** Returns the colorimetry in which video is encoded: its own where players get to know it, in limited range. */
function colorimetryFor(makes: string, video: RawVideo): string {
  const { matrix, transfer, primaries } = video.colorimetry;
  const isNamed = transfer !== 0 && primaries !== 0;
  if (matrix === MATRIX.bt601 && isNamed) {
    return [RANGE.limited, matrix, transfer, primaries].join(":");
  }
  // VP8 has one matrix (RFC 6386, section 9.2); videoconvert rounds best to it, and so does Chromium without a GPU
  if (makes === VP8 || isFullRange(video)) return "bt601";
  if (!(matrix in NAMES)) return video.height > SD_LINES ? "bt709" : "bt601";
  // browsers take colors whose transfer function or primaries are unknown as if nothing was stated
  return isNamed ? [RANGE.limited, matrix, transfer, primaries].join(":") : NAMES[matrix]!;
}

/** Returns a width or height that an encoder takes: H.264 in 4:2:0 has only even ones. */
function evenFor(makes: string, size: number): number {
  return makes === "video/x-h264" ? 2 * Math.ceil(size / 2) : size;
}
