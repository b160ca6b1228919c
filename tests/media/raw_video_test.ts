import { assertEquals } from "@std/assert";
import { type RawVideo, streamConverter, videoConverter } from "../../src/media/raw_video.ts";

const H264 = "video/x-h264";
const VP8 = "video/x-vp8";
const THROUGH_RGB = "videoconvert ! video/x-raw,format=BGRx ! ";

function video(colorimetry: string, height = 48): RawVideo {
  const [range, matrix, transfer, primaries] = colorimetry.split(":").map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return {
    ...{ width: 65, height, pixelAspectRatio: [64, 45], isInterlaced: false },
    colorimetry: { range, matrix, transfer, primaries },
  };
}

Deno.test("videoConverter() chooses a limited range, and a colorimetry that the codec states", () => {
  for (
    const [colorimetry, makes, expected, isThroughRgb] of [
      // named, in limited range
      ["2:3:5:1", H264, "2:3:5:1", false],
      ["2:4:7:1", H264, "2:4:7:1", false],
      ["2:4:7:1", VP8, "2:4:7:1", false],
      ["2:6:13:7", H264, "2:6:13:7", false],
      // VP8 has one matrix
      ["2:3:5:1", VP8, "bt601", false],
      // unnamed
      ["2:4:0:0", H264, "bt601", false],
      ["2:3:0:1", H264, "bt709", false],
      // full range
      ["1:4:0:0", H264, "bt601", true],
      ["1:4:16:4", VP8, "2:4:16:4", true],
      ["1:3:5:1", H264, "bt601", true],
      // RGB
      ["1:1:7:1", H264, "bt601", false],
    ] as const
  ) {
    const text = videoConverter(video(colorimetry), makes);
    assertEquals(text.startsWith(THROUGH_RGB), isThroughRgb, text);
    assertEquals(text.split(",colorimetry=")[1], expected, `${colorimetry} to ${makes}`);
  }
  const large = videoConverter(video("1:1:7:1", 720), H264);
  assertEquals(large.split(",colorimetry=")[1], "bt709");
});

Deno.test("videoConverter() keeps the size but for an even one in H.264, and the pixel aspect ratio", () => {
  const shapeFor = (makes: string) =>
    /width=.*(?=,colorimetry)/.exec(videoConverter(video("2:4:16:4", 49), makes))?.[0];
  assertEquals(shapeFor(H264), "width=66,height=50,pixel-aspect-ratio=64/45");
  assertEquals(shapeFor(VP8), "width=65,height=49,pixel-aspect-ratio=64/45");
});

Deno.test("streamConverter() converts through RGB if the range is full or not known", () => {
  const isThroughRgb = (raw: RawVideo | null) => streamConverter(raw, H264).startsWith(THROUGH_RGB);
  assertEquals(isThroughRgb(null), true);
  assertEquals(isThroughRgb(video("1:4:0:0")), true);
  assertEquals(isThroughRgb(video("2:4:16:4")), false);
});
