/**
 * Encoders of raw video and sound.
 *
 * @module
 */
import { type ElementChain, isSound, PARSERS, withRate } from "./codecs.ts";

/** An encoder, and what it makes. */
export interface Encoder extends ElementChain {
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
export const CONVERTERS: Record<string, string> = {
  "video/x-raw": "videoconvert",
  "audio/x-raw": "audioconvert ! audioresample",
};

/** What an encoder is for. */
export interface EncoderUse {
  /** What the container takes. */
  takes: readonly string[];
  /** What raw media needs in front of the encoder. */
  converter: string;
  /** Nanoseconds that a frame lasts, where the caps do not tell; null where they do. */
  untoldFrameNs?: bigint | null;
}

/** The preferred of the installed encoders, or of all where none is installed. */
export function encoder(
  use: EncoderUse,
  isInstalled: (element: string) => boolean,
): Omit<Encoder, "makes"> {
  const fitting = encoders(use);
  return fitting.find(({ elements }) => elements.every(isInstalled)) ?? fitting[0]!;
}

/** All encoders for a container by preference, with what raw media needs in front of them, and their parsers. */
export function encoders(
  { takes, converter, untoldFrameNs = null }: EncoderUse,
): Omit<Encoder, "makes">[] {
  const rank = ({ makes }: Encoder) => takes.indexOf(makes);
  const isFitting = (one: Encoder) =>
    rank(one) >= 0 && isSound(one.makes) === converter.startsWith("audio");
  const preferred = ENCODERS.filter(isFitting).sort((a, b) => rank(a) - rank(b));
  return preferred.map(({ makes, elements, text, ...rest }) => {
    const parser = withRate(PARSERS[makes]!, makes, untoldFrameNs);
    return {
      ...rest,
      elements: [...elements, ...parser.elements],
      text: `${converter} ! ${text} ! ${parser.text}`,
    };
  });
}
