import { assertEquals } from "@std/assert";
import { parseCaps } from "../../src/gst/caps.ts";
import { rawVideoOf } from "../../src/gst/video_info.ts";
import "../../scripts/open_libraries.ts";

const SIZE = "width=64,height=48";

Deno.test("rawVideoOf() returns what caps state, and what GStreamer assumes of the rest", () => {
  const colorsOf = (fields: string) => {
    const video = parseCaps(`video/x-raw,${fields}`, rawVideoOf);
    const { range, matrix, transfer, primaries } = video!.colorimetry;
    return [range, matrix, transfer, primaries].join(":");
  };
  assertEquals(colorsOf(`format=I420,${SIZE}`), "2:4:16:4");
  assertEquals(colorsOf("format=I420,width=1280,height=720"), "2:3:5:1");
  assertEquals(colorsOf(`format=RGB,${SIZE}`), "1:1:7:1");
  assertEquals(colorsOf(`format=GRAY8,${SIZE}`), "1:4:0:0");
  assertEquals(colorsOf(`format=NV12,colorimetry=(string)1:4:0:0,${SIZE}`), "1:4:0:0");
  const { colorimetry: _, ...rest } = parseCaps(
    `video/x-raw,format=I420,${SIZE},pixel-aspect-ratio=64/45,interlace-mode=interleaved`,
    rawVideoOf,
  )!;
  assertEquals(rest, { width: 64, height: 48, pixelAspectRatio: [64, 45], isInterlaced: true });
});

Deno.test("rawVideoOf() returns null for anything but raw video of a fixed size in system memory", () => {
  for (
    const text of [
      `video/x-h264,${SIZE}`,
      "video/x-raw,format=RGB",
      "video/x-raw,format=RGB,width=[1,64],height=48",
      `video/x-raw(memory:GLMemory),format=RGBA,${SIZE}`,
      `video/x-raw(memory:SystemMemory,meta:GstVideoOverlayComposition),format=RGB,${SIZE}`,
    ]
  ) {
    assertEquals(parseCaps(text, rawVideoOf), null, text);
  }
  const plain = `video/x-raw(memory:SystemMemory),format=RGB,${SIZE}`;
  assertEquals(parseCaps(plain, rawVideoOf)?.width, 64);
});
