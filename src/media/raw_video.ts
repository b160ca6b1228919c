/**
 * Raw video: what it is converted to, so that all players show the same pictures.
 *
 * @module
 */
import { chain } from "./codecs.ts";
import { isSideways, type Orientation, turner } from "./orientation.ts";

/** Values of GstVideoColorRange and GstVideoColorMatrix. */
const RANGE = { full: 1, limited: 2 };
const MATRIX = { rgb: 1, bt601: 4 };
/** Names of colorimetries by their matrix, for those that state nothing else. */
const NAMES: Record<number, string> = { 3: "bt709", 4: "bt601", 5: "smpte240m", 6: "bt2020" };
const VP8 = "video/x-vp8";
/** Makes one frame of each, from its first field; methods that look at several frames lose or repeat one. */
const DEINTERLACER = "deinterlace fields=top method=linear";
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

/** Returns the elements that make raw video progressive and upright; `null` is video of which nothing is known. */
export function straightenerOf(video: RawVideo | null, orientation: Orientation | null): string {
  return chain(
    "videoconvert",
    ...video?.isInterlaced ? [DEINTERLACER, "videoconvert"] : [],
    ...orientation === null ? [] : [turner(orientation), "videoconvert"],
  );
}

/**
 * Returns the elements that bring raw video into a form that an encoder takes and all players show: progressive, 4:2:0,
 * limited range, in a colorimetry that the codec states.
 *
 * @param makes The media type that the encoder makes.
 * @param orientation How it must be turned to be upright.
 */
export function videoConverter(
  video: RawVideo,
  makes: string,
  orientation: Orientation | null = null,
): string {
  const sizes = [video.width, video.height].map((size) => evenFor(makes, size));
  const ratio = [...video.pixelAspectRatio];
  if (orientation !== null && isSideways(orientation)) {
    for (const pair of [sizes, ratio]) pair.reverse();
  }
  const shape = `width=${sizes[0]},height=${sizes[1]},pixel-aspect-ratio=${ratio.join("/")}`;
  return chain(
    straightenerOf(video, orientation),
    limiter(isFullRange(video)),
    "videoscale",
    `video/x-raw,format={I420,NV12},${shape},colorimetry=${colorimetryFor(makes, video)}`,
  );
}

/** Returns the names of the elements that {@link videoConverter} needs beside those that convert and scale any video. */
export function converterElements(
  video: RawVideo | undefined,
  orientation: Orientation | null = null,
): string[] {
  return [
    ...video?.isInterlaced ? ["deinterlace"] : [],
    ...video === undefined || orientation === null ? [] : ["videoflip"],
  ];
}

/** Returns a sentence about raw video that is not recorded as it is; `null` if it is. */
export function videoWarning(tee: string, { isInterlaced }: RawVideo): string | null {
  if (!isInterlaced) return null;
  return `The video at tee "${tee}" is interlaced: it is encoded as progressive video, one frame of each`;
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
    // passes on what is progressive
    ...video === null || video.isInterlaced ? ["videoconvert", DEINTERLACER] : [],
    "videoconvert",
    limiter(video === null || isFullRange(video)),
    "videoflip video-direction=auto",
    "videoscale",
    'capsfilter caps="video/x-raw,format={I420,NV12},width=[2,32768,2],height=[2,32768,2]' +
      `${colorimetry}"`,
  );
}

/**
 * Returns what videoconvert needs behind it to change the range: 1.22 copies the values of one YUV format into another
 * with the same matrix as they are, whatever the caps state, and converts those of RGB.
 */
function limiter(isNeeded: boolean): string | undefined {
  return isNeeded ? "video/x-raw,format=BGRx ! videoconvert" : undefined;
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
