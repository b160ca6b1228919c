/**
 * Silent packets between those of encoders: decoders take them, and what they decode is silent.
 */
import { assert, assertEquals } from "@std/assert";
import { MP3 } from "../../src/media/codecs.ts";
import { silentPacket, type SoundStream } from "../../src/media/silence.ts";
import { decode, ffmpeg } from "../helpers/ffmpeg.ts";
import { range } from "../helpers/range.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const STREAM = { streamFormat: null, layer: null, version: null };
/** Streams that ffmpeg reads without a container: the name of their format, and how it is made. */
const STREAMS: [string, SoundStream, string[]][] = [
  ...[1, 2, 3, 4, 5, 6].map((channels, index): [string, SoundStream, string[]] => [
    "aac",
    {
      ...STREAM,
      mediaType: "audio/mpeg",
      streamFormat: "adts",
      rate: [48_000, 44_100, 16_000][index % 3]!,
      channels,
    },
    // players put one of 4 channels behind
    channels === 4 ? ["-channel_layout", "4.0"] : [],
  ]),
  ...[48_000, 44_100, 22_050, 12_000].map((rate, index): [string, SoundStream, string[]] => [
    "mp3",
    {
      ...STREAM,
      mediaType: MP3,
      layer: 3,
      version: rate > 24_000 ? 1 : rate > 12_000 ? 2 : 3,
      rate,
      channels: index % 2 + 1,
    },
    ["-write_xing", "0", "-id3v2_version", "0"],
  ]),
  ["alaw", { ...STREAM, mediaType: "audio/x-alaw", rate: 8000, channels: 1 }, []],
  ["mulaw", { ...STREAM, mediaType: "audio/x-mulaw", rate: 16_000, channels: 2 }, []],
];

Deno.test("silentPacket() returns packets that decoders take between those of an encoder", async () => {
  await using dir = await tempDir();
  for (const [format, stream, options] of STREAMS) {
    const { rate, channels } = stream;
    const text = `${format}, ${channels} channels, ${rate} Hz`;
    const path = `${dir.path}/sound.${format}`;
    const muxer = format === "aac" ? "adts" : format;
    const shape = ["-ar", String(rate), "-ac", String(channels)];
    await ffmpeg([
      ...["-f", "lavfi", "-i", "sine=frequency=440:duration=0.5"],
      ...[...shape, ...options, "-f", muxer, path],
    ]);
    const sound = await Deno.readFile(path);
    const packet = silentPacket(stream)!;
    const count = Math.ceil(rate / packet.samples);
    const silence = range(count).flatMap(() => [...packet.bytes]);
    await Deno.writeFile(path, new Uint8Array([...sound, ...silence, ...sound]));
    const input = muxer.endsWith("law") ? `${path}.mkv` : path;
    if (input !== path) {
      await ffmpeg(["-f", muxer, ...shape, "-i", path, "-c", "copy", input]);
    }
    const { bytes, complaints } = await decode(input, ["-f", "s16le", "-ac", "1"]);
    assertEquals(complaints, "", text);
    const samples = new Int16Array(bytes.buffer);
    const middle = samples.length / 2;
    const loud = (from: number, to: number) =>
      Math.max(...samples.subarray(middle + from * rate, middle + to * rate).map(Math.abs));
    assert(Math.abs(samples.length / rate - 2) < 0.3, `${text}: ${samples.length / rate} s`);
    // the codes of 0 mean 8 of 32768 in A-law
    assert(loud(-0.3, 0.3) <= 8, `${text}: ${loud(-0.3, 0.3)}`);
    assert(loud(-0.9, -0.6) > 500 && loud(0.6, 0.9) > 500, text);
  }
});

Deno.test("silentPacket() returns null where a codec or its channels have no such packet", () => {
  const stream = { ...STREAM, mediaType: "audio/x-opus", rate: 48_000, channels: 2 };
  assertEquals(silentPacket(stream)?.samples, 960);
  for (
    const other of [{ channels: 6 }, { mediaType: "audio/x-vorbis" }, { rate: 0 }, {
      mediaType: "audio/mpeg",
      streamFormat: "latm",
    }]
  ) {
    assertEquals(silentPacket({ ...stream, ...other }), null);
  }
});
