/**
 * Encoders of raw video and audio: one table for all that gstp encodes.
 *
 * @module
 */
import { chain, type ElementChain, isSound, PARSERS, withRate } from "./codecs.ts";
import { SOUND_RATE } from "./sound_layout.ts";

/**
 * What an encoder is used for:
 *
 * - `clip`: raw frames on their way into a file,
 * - `ring`: raw frames on their way into a ring buffer; no delay of many frames, a keyframe each second,
 * - `smartCut`: the start of an encoded clip; no look-ahead, and no keyframe but the first.
 */
export type EncoderPurpose = "clip" | "ring" | "smartCut";

/** An encoder, and what it makes. */
export interface Encoder extends ElementChain {
  /** The media type that it makes. */
  makes: string;
  /** Nanoseconds of silence that it puts first, and that no container takes off again. */
  delayNs?: bigint;
}

/** An encoder of the table, with its text for each purpose that it serves. */
interface EncoderEntry extends Pick<Encoder, "makes" | "delayNs"> {
  element: string;
  texts: Partial<Record<EncoderPurpose, string>>;
}

const VP8 = "vp8enc deadline=1 end-usage=cq";
const VP9 = "vp9enc deadline=1 end-usage=cq";
const NEVER = 100_000;

/** The encoders by preference; those of hardware first. */
const ENCODERS: EncoderEntry[] = [
  { element: "nvh264enc", makes: "video/x-h264", texts: { ring: "nvh264enc" } },
  { element: "vah264enc", makes: "video/x-h264", texts: { ring: "vah264enc" } },
  { element: "v4l2h264enc", makes: "video/x-h264", texts: { ring: "v4l2h264enc" } },
  { element: "vtenc_h264", makes: "video/x-h264", texts: { ring: "vtenc_h264 realtime=true" } },
  {
    element: "x264enc",
    makes: "video/x-h264",
    texts: {
      clip: "x264enc speed-preset=superfast pass=quant quantizer=20 key-int-max=60 bframes=0",
      ring:
        "x264enc tune=zerolatency speed-preset=ultrafast pass=quant quantizer=21 key-int-max=30",
      smartCut: "x264enc tune=zerolatency speed-preset=superfast pass=quant quantizer=18 " +
        `key-int-max=${NEVER} option-string=scenecut=0`,
    },
  },
  {
    element: "openh264enc",
    makes: "video/x-h264",
    texts: {
      clip: "openh264enc bitrate=8000000 gop-size=60",
      ring: "openh264enc bitrate=8000000 gop-size=30",
      smartCut: `openh264enc bitrate=20000000 gop-size=${NEVER}`,
    },
  },
  {
    element: "x265enc",
    makes: "video/x-h265",
    texts: {
      smartCut: `x265enc tune=zerolatency speed-preset=ultrafast qp=18 key-int-max=${NEVER}`,
    },
  },
  {
    element: "vp8enc",
    makes: "video/x-vp8",
    texts: {
      clip: `${VP8} cpu-used=16 keyframe-max-dist=60 cq-level=12 target-bitrate=20000000`,
      ring: `${VP8} cpu-used=16 keyframe-max-dist=30 cq-level=12 target-bitrate=20000000`,
      smartCut: `${VP8} cpu-used=8 keyframe-max-dist=${NEVER} cq-level=8 target-bitrate=40000000`,
    },
  },
  {
    element: "vp9enc",
    makes: "video/x-vp9",
    texts: {
      smartCut: `${VP9} cpu-used=8 keyframe-max-dist=${NEVER} lag-in-frames=0 cq-level=8 ` +
        "target-bitrate=40000000",
    },
  },
  {
    element: "av1enc",
    makes: "video/x-av1",
    texts: {
      smartCut:
        `av1enc usage-profile=realtime cpu-used=10 keyframe-max-dist=${NEVER} lag-in-frames=0`,
    },
  },
  {
    element: "opusenc",
    makes: "audio/x-opus",
    texts: { clip: "opusenc bitrate=128000" },
  },
  // with joint stereo, each channel gets a part of the other one's sound
  aacEncoder("avenc_aac", 1024, "avenc_aac aac-ms=false aac-is=false"),
  // two channels at most
  aacEncoder("voaacenc", 1600, "audioconvert ! voaacenc"),
];

function aacEncoder(element: string, delaySamples: number, text: string): EncoderEntry {
  return {
    element,
    makes: "audio/mpeg",
    texts: { clip: `${text} bitrate=160000` },
    delayNs: BigInt(Math.round(delaySamples * 1e9 / SOUND_RATE)),
  };
}

/** The encoders for a purpose by preference, without converters and parsers. */
export function encodersFor(purpose: EncoderPurpose): Encoder[] {
  return ENCODERS.flatMap(({ element, texts, ...rest }): Encoder[] => {
    const text = texts[purpose];
    return text === undefined ? [] : [{ ...rest, elements: [element], text }];
  });
}

/** How raw media becomes a track of a clip. */
export interface ClipEncoding {
  /** The media types that the container takes, the preferred first. */
  takes: readonly string[];
  /** Whether the raw media is sound. */
  isSound: boolean;
  /** Returns what it needs in front of the encoder of a media type. */
  converter: (makes: string) => string;
  /** Nanoseconds that a frame lasts where the caps state no rate; `null` where they do. */
  unstatedFrameNs?: bigint | null;
}

/** Returns the preferred of the installed encoders, or of all where none is installed. */
export function chooseClipEncoder(
  encoding: ClipEncoding,
  isInstalled: (element: string) => boolean,
): Omit<Encoder, "makes"> {
  const fitting = clipEncoders(encoding);
  return fitting.find(({ elements }) => elements.every(isInstalled)) ?? fitting[0]!;
}

/** Returns all encoders for a container by preference, each with the converter in front of it and the parser behind it. */
export function clipEncoders(
  encoding: ClipEncoding,
): Omit<Encoder, "makes">[] {
  const { takes, converter, unstatedFrameNs = null } = encoding;
  const rank = ({ makes }: Encoder) => takes.indexOf(makes);
  const isFitting = (one: Encoder) => rank(one) >= 0 && isSound(one.makes) === encoding.isSound;
  const preferred = encodersFor("clip").filter(isFitting).sort((a, b) => rank(a) - rank(b));
  return preferred.map(({ makes, elements, text, ...rest }) => {
    const parser = withRate(PARSERS[makes]!, makes, unstatedFrameNs);
    return {
      ...rest,
      elements: [...elements, ...parser.elements],
      text: chain(converter(makes), text, parser.text),
    };
  });
}
