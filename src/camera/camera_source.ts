/**
 * Pipelines of cameras by their addresses.
 *
 * @module
 */
import { checkObject, checkText } from "../util/check.ts";
import { readRtspAddress } from "./rtsp_address.ts";
import { type RtspOptions, rtspSource } from "./rtsp_source.ts";
import { testSource } from "./test_source.ts";
import { untilBack } from "./until_back.ts";
import { v4l2Source } from "./v4l2_source.ts";

/** Options of {@link cameraSource}. */
export interface CameraSourceOptions {
  /** The user of an RTSP camera. Defaults to the one in the address. */
  user?: string;
  /** The password of an RTSP camera. Defaults to the one in the address. */
  password?: string;
  /** Whether to take the sound of the camera as well. Defaults to `false`. */
  sound?: boolean;
  /** What the packets of an RTSP camera come over. Over UDP, each packet lost is a gap. Defaults to `"tcp"`. */
  transport?: "tcp" | "udp";
  /** Milliseconds that packets of an RTSP camera are held to put them in order. Defaults to 200. */
  latencyMs?: number;
  /**
   * Seconds without an answer, or without a first packet, after which a connection fails. Sound that is not sent for as long
   * is left out. Defaults to 5.
   */
  timeoutSec?: number;
}

/** The longest time-out, in seconds. */
const MAX_TIMEOUT_SEC = 3600;
/** The longest latency, in milliseconds. */
const MAX_LATENCY_MS = 60_000;

/** The pipeline of a camera, as options of a {@link Camera} or a {@link Supervisor}. */
export interface CameraSource {
  /** Resolves with its text for a try. */
  pipeline: (previous?: { wasLive: boolean }) => Promise<string>;
  /** Resolves when the camera was away and answers again; only of network cameras. */
  untilBack?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Returns the source of a camera. The text of its pipeline has a tee named `video` and, if sound is wanted and the camera sends
 * any, one named `sound`. Addresses are:
 *
 * - `rtsp://HOST/PATH`, `rtsps://HOST/PATH`: a network camera; over TLS, its certificate must be valid. Video in H.264, H.265,
 *   JPEG, MPEG-4 part 2, VP8 and VP9, and sound in AAC, Opus, A-law and mu-law are passed on as they come, parsed. User and
 *   password may stand in front of the host, percent-encoded.
 * - `v4l2:/dev/video0`: a camera at this machine, without sound.
 * - `test:`, `test:PATTERN`: test video of 640x480 at 30 frames/s and a test tone; a pattern is one of videotestsrc's.
 *
 * `pipeline()` is called for each try to run the pipeline. It connects to the camera for a moment to find out what that sends, and
 * remembers it while the camera stays: after a try that has got video (`{ wasLive: true }`), no connection is made but that of the
 * new pipeline. Otherwise it connects again, as the camera may send something else by now.
 *
 * It rejects with the {@link GstError} of an element, such as for a camera that refuses the connection or the
 * password, or with one that lists what a camera offers if none of it can be recorded. It rejects with a
 * {@link GstTimeoutError} if a camera accepts the connection and sends no video. No error shows the user or the password; the
 * text does.
 *
 * @param address The address of the camera.
 * @throws {TypeError} If the address is none of these, an option has the wrong type, or GStreamer does not accept a value.
 * @throws {RangeError} If `latencyMs` is not an integer from 0 to 60,000, or `timeoutSec` not more than 0 and at most 3600.
 *
 * @example
 * ```ts
 * import { cameraSource, Standalone } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const source = cameraSource("test:ball", { sound: true });
 * await using app = await Standalone.buildAndRun(await source.pipeline(), { background: true });
 * const elements = ["video", "sound"].map((name) => app.pipeline.element(name).factoryName);
 * assertEquals(elements, ["tee", "tee"]);
 * ```
 */
export function cameraSource(address: string, options: CameraSourceOptions = {}): CameraSource {
  checkText("address", address);
  const look = sourceOf(address, readOptions(options));
  let text: string | undefined;
  const pipeline: CameraSource["pipeline"] = async (previous) => {
    if (text !== undefined && previous?.wasLive === true) return text;
    text = undefined;
    return text = await look();
  };
  const isNetwork = /^rtsps?:/i.test(address);
  return {
    pipeline,
    ...isNetwork && { untilBack: untilBack(readRtspAddress(address, true).location) },
  };
}

function sourceOf(address: string, options: RtspOptions): () => Promise<string> {
  const [, scheme, rest = ""] = /^([a-z\d]+):([^]*)$/i.exec(address) ?? [];
  switch (scheme?.toLowerCase()) {
    case "rtsp":
    case "rtsps":
      return rtspSource(address, options);
    case "v4l2":
      return v4l2Source(rest, options.timeoutSec);
    case "test":
      return testSource(rest, options.sound);
    default:
      // the address may hold a password
      throw new TypeError("The address of a camera begins with rtsp://, rtsps://, v4l2: or test:");
  }
}

function readOptions(options: CameraSourceOptions): RtspOptions {
  checkObject("options", options);
  const { user, password, sound = false, transport = "tcp", latencyMs = 200, timeoutSec = 5 } =
    options;
  if (user !== undefined) checkText("user", user);
  if (password !== undefined) checkText("password", password);
  if (typeof sound !== "boolean") throw new TypeError("sound must be true or false");
  if (transport !== "tcp" && transport !== "udp") {
    throw new TypeError('transport must be "tcp" or "udp"');
  }
  const latency = checkNumber("latencyMs", latencyMs);
  if (!(Number.isInteger(latency) && latency >= 0 && latency <= MAX_LATENCY_MS)) {
    throw new RangeError(
      `latencyMs must be an integer from 0 to ${MAX_LATENCY_MS}, got ${latency}`,
    );
  }
  const timeout = checkNumber("timeoutSec", timeoutSec);
  if (!(timeout > 0 && timeout <= MAX_TIMEOUT_SEC)) {
    throw new RangeError(
      `timeoutSec must be more than 0 and at most ${MAX_TIMEOUT_SEC}, got ${timeout}`,
    );
  }
  return { user, password, sound, transport, latencyMs, timeoutSec };
}

function checkNumber(name: string, value: number): number {
  if (typeof value !== "number") {
    throw new TypeError(`${name} must be a number, got ${typeof value}`);
  }
  return value;
}
