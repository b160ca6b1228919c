import { assertEquals } from "@std/assert";
import { gst, gstApp } from "../../ffi/gst.ts";
import { Pipeline } from "../../mod.ts";
import {
  areAlike,
  capsText,
  frameRateOf,
  mediaTypeOf,
  replaceFrameRate,
} from "../../src/gst/caps.ts";
import "../../scripts/open_libraries.ts";

/** Returns what a function returns for caps, one for each text; they are freed after the call. */
async function withCaps<T>(texts: string[], use: (...caps: Deno.PointerObject[]) => T): Promise<T> {
  await using pipeline = Pipeline.parse("appsrc name=source ! fakesink");
  const source = pipeline.element("source");
  const all = texts.map((text) => {
    source.setProperty("caps", text);
    return gstApp().gst_app_src_get_caps(source.unsafeHandle)!;
  });
  try {
    return use(...all);
  } finally {
    for (const caps of all) gst().gst_mini_object_unref(caps);
  }
}

Deno.test("mediaTypeOf() returns the name, and one of its own for MP3", async () => {
  for (
    const [text, expected] of [
      ["video/x-raw,format=RGB", "video/x-raw"],
      ["audio/mpeg,mpegversion=4", "audio/mpeg"],
      ["audio/mpeg,mpegversion=1", "audio/mpeg, mpegversion=1"],
    ] as const
  ) {
    assertEquals(await withCaps([text], (caps) => mediaTypeOf(caps!)), expected);
  }
  const second = await withCaps(["image/png;image/jpeg"], (caps) => mediaTypeOf(caps!, 1));
  assertEquals(second, "image/jpeg");
});

Deno.test("frameRateOf() returns frames per second, or null without a fixed rate", async () => {
  for (
    const [rate, expected] of [
      [",framerate=30000/1001", 30000 / 1001],
      [",framerate=0/1", null],
      [",framerate=[0/1,30/1]", null],
      ["", null],
    ] as const
  ) {
    const caps = `video/x-raw,format=RGB${rate}`;
    assertEquals(await withCaps([caps], (caps) => frameRateOf(caps!)), expected);
  }
});

Deno.test("areAlike() compares all fields but those to ignore", async () => {
  const texts = ["video/x-raw,width=64,framerate=30/1", "video/x-raw,width=64,framerate=25/1"];
  const alike = (ignored: string[]) =>
    withCaps(texts, (caps, other) => areAlike(caps!, other!, ignored));
  assertEquals([await alike([]), await alike(["framerate"])], [false, true]);
});

Deno.test("replaceFrameRate() copies caps only if the frame rates differ", async () => {
  const replace = (text: string, model: string) =>
    withCaps([text, model], (caps, model) => {
      const copy = replaceFrameRate(caps!, model!);
      if (copy === null) return null;
      const text = capsText(copy);
      gst().gst_mini_object_unref(copy);
      return text;
    });
  const caps = "video/x-h264, width=(int)64";
  assertEquals(await replace(`${caps},framerate=30/1`, "video/x-raw,framerate=60/2"), null);
  assertEquals(await replace(caps, "video/x-raw,format=RGB"), null);
  assertEquals(
    await replace(`${caps},framerate=30/1`, "video/x-raw,framerate=25/1"),
    `${caps}, framerate=(fraction)25/1`,
  );
  assertEquals(await replace(`${caps},framerate=30/1`, "video/x-raw,format=RGB"), caps);
  assertEquals(
    await replace(caps, "video/x-raw,framerate=25/1"),
    `${caps}, framerate=(fraction)25/1`,
  );
});
