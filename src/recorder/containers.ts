/**
 * Encoders and muxers by a file name's extension.
 *
 * @module
 */
import { extname } from "node:path";
import { GstError } from "../../ffi/errors.ts";
import { missingHint } from "../parse.ts";
import { hasElement } from "../registry.ts";

/** Encoders by preference, each with the elements that it takes and the text of the chain from raw video. */
const VP8 = {
  elements: ["vp8enc"],
  text: "vp8enc deadline=1 cpu-used=16 keyframe-max-dist=60 " +
    "end-usage=cq cq-level=12 target-bitrate=20000000",
};
const X264 = {
  elements: ["x264enc", "h264parse"],
  text:
    "x264enc speed-preset=superfast pass=quant quantizer=20 key-int-max=60 bframes=0 ! h264parse",
};
const OPENH264 = {
  elements: ["openh264enc", "h264parse"],
  text: "openh264enc bitrate=8000000 gop-size=60 ! h264parse",
};

/** A muxer with the encoders that go with it. */
interface Container {
  muxer: string;
  text: string;
  encoders: [preferred: typeof VP8, ...others: typeof VP8[]];
}

/** The containers by extension. */
const CONTAINERS: Record<string, Container> = {
  ".webm": { muxer: "webmmux", text: "webmmux", encoders: [VP8] },
  ".mkv": { muxer: "matroskamux", text: "matroskamux", encoders: [X264, OPENH264, VP8] },
  // a movie in fragments can be read after a crash; at its end it becomes a plain file
  ".mp4": {
    muxer: "mp4mux",
    text: "mp4mux fragment-duration=500 fragment-mode=first-moov-then-finalise",
    encoders: [X264, OPENH264],
  },
};

/**
 * The text of the bin that writes raw video into a file of this name.
 *
 * @param isInstalled Tells whether an element is there.
 * @throws {RangeError} if the extension is not known; the message lists those that are.
 * @throws {GstError} if the elements for it are not installed; the message names them.
 */
export function recordBinText(path: string, isInstalled = hasElement): string {
  const extension = extname(path).toLowerCase();
  const container = CONTAINERS[extension];
  if (container === undefined) {
    const known = Object.keys(CONTAINERS).join(", ");
    throw new RangeError(
      `No container is known for "${path}": its name must end in one of ${known}`,
    );
  }
  const encoder = container.encoders.find(({ elements }) => elements.every(isInstalled));
  if (encoder === undefined || !isInstalled(container.muxer)) {
    const preferred = encoder ?? container.encoders[0];
    const missing = [...preferred.elements, container.muxer].filter((name) => !isInstalled(name));
    throw new GstError(
      `A ${extension} file needs elements that are not installed: ${missing.join(", ")}`,
      { hint: missing.map(missingHint).join("\n") },
    );
  }
  return `appsrc name=appsrc ! videoconvert ! ${encoder.text} ! ${container.text} ! ` +
    "filesink name=filesink buffer-mode=unbuffered";
}
