/**
 * Pipelines of RTSP cameras.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import type { Pipeline } from "../pipeline.ts";
import { GstTimeoutError } from "../util/errors.ts";
import { Probe } from "./probe.ts";
import { readRtspAddress, urlWithUser, withoutUser } from "./rtsp_address.ts";
import { fillIn, teeText } from "./source_text.ts";

/** How to connect to an RTSP camera. */
export interface RtspOptions {
  /** The user; takes the place of the one in the address. */
  readonly user: string | undefined;
  /** The password; takes the place of the one in the address. */
  readonly password: string | undefined;
  /** Whether to take the sound, too. */
  readonly sound: boolean;
  /** What RTP packets come over. */
  readonly transport: "tcp" | "udp";
  /** Milliseconds that packets are held to be put in order. */
  readonly latencyMs: number;
  /** Seconds without an answer or a first packet after which a connection fails. */
  readonly timeoutSec: number;
}

/**
 * The elements that take video out of RTP packets, by the name of its encoding there. The depayloader knows where a picture
 * ends; the parser reads what muxers need.
 */
const VIDEO: Record<string, string> = {
  "H264": "rtph264depay ! h264parse",
  "H265": "rtph265depay ! h265parse",
  "JPEG": "rtpjpegdepay ! jpegparse",
  "MP4V-ES": "rtpmp4vdepay ! mpeg4videoparse",
  "VP8": "rtpvp8depay",
  "VP9": "rtpvp9depay ! vp9parse",
};

/** The same for sound. */
const SOUND: Record<string, string> = {
  "MPEG4-GENERIC": "rtpmp4gdepay ! aacparse",
  "MP4A-LATM": "rtpmp4adepay ! aacparse",
  "OPUS": "rtpopusdepay ! opusparse",
  "PCMU": "rtppcmudepay",
  "PCMA": "rtppcmadepay",
};

const SOURCE = "rtspsrc name=camera";
/** Nanoseconds for a camera to answer the end of the first connection. */
const TEARDOWN_NS = 1_000_000_000;

/** A stream that a camera offers. */
interface Offer {
  /** `video`, `audio` or another kind. */
  readonly media: string;
  /** The name of its encoding in RTP, in upper case. */
  readonly encoding: string;
}

/**
 * Returns a function that connects to a camera for a moment, and resolves with the text of a pipeline for the encodings that
 * the camera sends.
 *
 * @throws {TypeError} If the address is not a URL, or GStreamer does not accept it, the user or the password.
 */
export function rtspSource(text: string, options: RtspOptions): () => Promise<string> {
  const { transport, latencyMs, timeoutSec } = options;
  const read = readRtspAddress(text, options.user !== undefined);
  const address = {
    ...read,
    user: options.user ?? read.user,
    password: options.password ?? read.password,
  };
  // rtspsrc tries the user and the password of its properties eight times, but those of its location once: a wrong password
  // must not lock the account. A camera that serves few clients has ended the first connection before the next one begins
  const probeText = fillIn(
    `${SOURCE} location={location} protocols={transport} latency=0 tcp-timeout={timeout} timeout=0 ` +
      `teardown-timeout=${TEARDOWN_NS}`,
    { location: urlWithUser(address), transport, timeout: toMicroseconds(timeoutSec) },
  );
  const cameraText = fillIn(
    `${SOURCE} location={location} protocols={transport} latency={latencyMs} tcp-timeout={timeout} timeout={timeout}` +
      (address.user === "" ? "" : " user-id={user} user-pw={password}"),
    {
      ...{ location: address.location, transport, latencyMs, timeout: toMicroseconds(timeoutSec) },
      ...address.user !== "" && { user: address.user, password: address.password },
    },
  );
  return async () => {
    const offers = await readStreams(probeText, address.host, options).catch((error) => {
      throw withoutUser(error, address);
    });
    const branches = [branch(offers.video, VIDEO, "video")];
    if (offers.sound !== undefined) branches.push(branch(offers.sound, SOUND, "sound"));
    return [cameraText, ...branches].join("\n");
  };
}

/** Connects to a camera for a moment; returns the streams of it that can be recorded and that it sends. */
async function readStreams(
  source: string,
  host: string,
  options: RtspOptions,
): Promise<{ video: Offer; sound: Offer | undefined }> {
  const { timeoutSec } = options;
  const sinks = ["video", "audio"].map((media) =>
    `${streamText(`media=${media}`)} ! fakesink name=${media} async=false sync=false`
  );
  await using probe = await Probe.start([source, ...sinks].join("\n"), timeoutSec);
  const { pipeline } = probe;
  const comes = (media: string) => pipeline.element(media).caps("sink") !== null;
  const isSending = await probe.until(timeoutSec, () => comes("video") || comes("audio"));
  const offers = readOffers(pipeline);
  const video = findOffer(offers, "video", VIDEO);
  if (video === undefined && offers.length > 0) throw noVideo(host, offers);
  const isSent = isSending && await probe.until(timeoutSec, () => comes("video"));
  if (video === undefined || !isSent) throw silence(host, options);
  const sound = options.sound ? findOffer(offers, "audio", SOUND) : undefined;
  // a camera may offer sound and send none
  const hasSound = sound !== undefined && await probe.until(timeoutSec, () => comes("audio"));
  return { video, sound: hasSound ? sound : undefined };
}

function toMicroseconds(sec: number): number {
  return Math.ceil(sec * 1e6); // 0 would be no limit
}

/** Returns the streams of a camera in its order; none before its first packet. */
function readOffers(pipeline: Pipeline): Offer[] {
  // rtspsrc has a session for each stream, whose caps are from the camera's description of itself
  const sessions = pipeline.elementNames().map((name) => pipeline.element(name))
    .filter(({ factoryName }) => factoryName === "rtpsession")
    .reverse(); // a bin lists the newest element first
  return sessions.flatMap((session) => {
    const caps = session.caps("recv_rtp_sink");
    const field = (name: string) => caps?.match(`\\b${name}=\\(string\\)([^,]+)`)?.[1];
    const [media, encoding] = [field("media"), field("encoding-name")];
    return media === undefined || encoding === undefined ? [] : [{ media, encoding }];
  });
}

function findOffer(
  offers: readonly Offer[],
  kind: string,
  known: Record<string, string>,
): Offer | undefined {
  return offers.find(({ media, encoding }) => media === kind && known[encoding] !== undefined);
}

/** Returns the branch of a stream from the camera to a tee. */
function branch(
  { media, encoding }: Offer,
  elements: Record<string, string>,
  tee: "video" | "sound",
): string {
  const stream = streamText(`media=${media},encoding-name={encoding}`);
  return fillIn(`${stream} ! ${elements[encoding]} ! ${teeText(tee)}`, { encoding });
}

/**
 * Returns the text of a stream of the camera. The streams of rtspsrc appear at once, each in a thread of its own. Links by `!` to
 * more than one get lost then, and GStreamer 1.22 frees what the other thread still reads (gst_parse_found_pad); links by `:`
 * are kept until the end.
 */
function streamText(fields: string): string {
  return `camera. : capsfilter caps="application/x-rtp,${fields}"`;
}

function noVideo(host: string, offers: readonly Offer[]): GstError {
  const list = offers.map(({ media, encoding }) => `${media} in ${encoding}`).join(", ");
  return new GstError(
    `The camera at ${host} offers no video that can be recorded: it offers ${list}; known are ` +
      Object.keys(VIDEO).join(", "),
    { hint: "Set the camera to H.264 or H.265, or use another of its addresses" },
  );
}

function silence(host: string, { timeoutSec, transport }: RtspOptions): GstTimeoutError {
  return new GstTimeoutError(
    `The camera at ${host} has accepted the connection, but sent no video for ${timeoutSec} s`,
    transport === "udp" ? { hint: 'A firewall may block UDP: try the transport "tcp"' } : {},
  );
}
