/**
 * Silent packets of encoded sound, as decoders take them between those of an encoder.
 *
 * @module
 */
import { MP3 } from "./codecs.ts";

/** A stream of sound, as its caps describe it. */
export interface SoundStream {
  /** The media type, such as `audio/mpeg`. */
  mediaType: string;
  /** Samples a second. */
  rate: number;
  channels: number;
  /** How packets of AAC begin: `raw` or `adts`. */
  streamFormat: string | null;
  /** The layer of MPEG audio, and its version (3 for 2.5). */
  layer: number | null;
  version: number | null;
}

/** A silent packet. */
export interface SilentPacket {
  bytes: Uint8Array<ArrayBuffer>;
  /** The samples of each channel, at the stream's rate. */
  samples: number;
}

/** Returns a silent packet of a stream; `null` if there is none for its codec or its channels. */
export function silentPacket(stream: SoundStream): SilentPacket | null {
  const { mediaType, rate, channels } = stream;
  if (rate <= 0 || channels <= 0) return null;
  const samples = Math.round(rate / 50);
  const fill = (value: number) => ({
    bytes: new Uint8Array(samples * channels).fill(value),
    samples,
  });
  switch (mediaType) {
    case "audio/mpeg":
      return aacPacket(stream);
    case MP3:
      return mp3Packet(stream);
    case "audio/x-opus":
      return opusPacket(channels);
    // the codes of 0 (ITU-T G.711)
    case "audio/x-alaw":
      return fill(0xd5);
    case "audio/x-mulaw":
      return fill(0xff);
    default:
      return null;
  }
}

/** A frame of 20 ms by CELT whose silence flag is set (RFC 6716, sections 3.1 and 4.3). */
function opusPacket(channels: number): SilentPacket | null {
  if (channels > 2) return null;
  const header = 31 << 3 | (channels - 1) << 2;
  return { bytes: new Uint8Array([header, 0xff, 0xfe]), samples: 960 };
}

/** An ics_info() of one long window without scale factor bands (ISO/IEC 14496-3, section 4.4.2.1). */
const WINDOW = "0" + "00" + "0" + "000000" + "0";
/** An individual_channel_stream() without spectral data: its gain, and no pulses, noise shaping or gain control. */
const [GAIN, TOOLS] = ["00000000", "000"];
/** The elements: a channel, two channels, a low-frequency channel; each with its id and tag. */
const AAC_ELEMENTS: Record<string, string> = {
  one: `000 0000 ${GAIN} ${WINDOW} ${TOOLS}`,
  two: `001 0000 1 ${WINDOW} 00 ${GAIN} ${TOOLS} ${GAIN} ${TOOLS}`,
  low: `011 0000 ${GAIN} ${WINDOW} ${TOOLS}`,
};
/** The elements by the number of channels (ISO/IEC 14496-3, table 1.19). */
const AAC_CHANNELS: Record<number, string[]> = {
  1: ["one"],
  2: ["two"],
  3: ["one", "two"],
  4: ["one", "two", "one"],
  5: ["one", "two", "two"],
  6: ["one", "two", "two", "low"],
  8: ["one", "two", "two", "two", "low"],
};
const AAC_RATES = [
  ...[96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000],
  ...[11_025, 8000, 7350],
];
const AAC_SAMPLES = 1024;

function aacPacket({ rate, channels, streamFormat }: SoundStream): SilentPacket | null {
  const elements = AAC_CHANNELS[channels];
  const rateIndex = AAC_RATES.indexOf(rate);
  if (elements === undefined || rateIndex === -1) return null;
  const counts: Record<string, number> = {};
  const tagged = elements.map((name) => {
    const tag = counts[name] ?? 0;
    counts[name] = tag + 1;
    return AAC_ELEMENTS[name]!.replace(" 0000 ", bits(tag, 4));
  });
  const bytes = packBits(`${tagged.join("")}111`);
  if (streamFormat === "raw") return { bytes, samples: AAC_SAMPLES };
  if (streamFormat !== "adts") return null;
  const header = packBits(
    `111111111111 0 00 1 01 ${bits(rateIndex, 4)} 0 ${bits(Math.min(channels, 7), 3)} 0000 ` +
      `${bits(bytes.length + 7, 13)} 11111111111 00`,
  );
  return { bytes: new Uint8Array([...header, ...bytes]), samples: AAC_SAMPLES };
}

/** The rates of MPEG audio by its version, in the order of their codes (ISO/IEC 11172-3, section 2.4.2.3). */
const MP3_RATES: Record<number, number[]> = {
  1: [44_100, 48_000, 32_000],
  2: [22_050, 24_000, 16_000],
  3: [11_025, 12_000, 8000],
};

/** A frame whose side information is 0: it has no data, and needs none of those before it. */
function mp3Packet({ rate, channels, layer, version }: SoundStream): SilentPacket | null {
  const rateIndex = MP3_RATES[version ?? 0]?.indexOf(rate) ?? -1;
  if (layer !== 3 || rateIndex === -1 || channels > 2) return null;
  const isFull = version === 1;
  const [bitRate, bitRateIndex] = isFull ? [64_000, 5] : [32_000, 4];
  const samples = isFull ? 1152 : 576;
  const bytes = new Uint8Array(Math.floor(samples / 8 * bitRate / rate));
  const versionCode = { 1: "11", 2: "10", 3: "00" }[version as 1 | 2 | 3];
  const mode = channels === 1 ? "11" : "00";
  bytes.set(
    packBits(
      `11111111111 ${versionCode} 01 1 ${bits(bitRateIndex, 4)} ${
        bits(rateIndex, 2)
      } 00 ${mode} 000000`,
    ),
  );
  return { bytes, samples };
}

function bits(value: number, count: number): string {
  return value.toString(2).padStart(count, "0");
}

/** Returns the bytes of bits, filled up with zeros; spaces are left out. */
function packBits(text: string): Uint8Array<ArrayBuffer> {
  const plain = text.replaceAll(" ", "");
  const bytes = new Uint8Array(Math.ceil(plain.length / 8));
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = parseInt(plain.slice(8 * i, 8 * i + 8).padEnd(8, "0"), 2);
  }
  return bytes;
}
