/**
 * Sinks that show video, without a display.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { hasElement } from "../../mod.ts";
import { run, type RunResult, words } from "../../scripts/lib/run.ts";
import { COMMAND } from "../helpers/cli.ts";

const ADVICE =
  "\nSet DISPLAY or WAYLAND_DISPLAY to a display that this user may use, or put fakesink ";

/** Runs a pipeline in a child without a display, which may crash. */
function withoutDisplay(text: string): Promise<RunResult> {
  const unset = ["DISPLAY", "WAYLAND_DISPLAY"].flatMap((name) => ["-u", name]);
  return run("env", [...unset, ...COMMAND, ...words(text)]);
}

/** The sinks that show video and are installed. */
const SINKS = [
  ...["waylandsink", "gtkwaylandsink", "xvimagesink", "ximagesink", "glimagesink", "gtksink"],
].filter(hasElement);

Deno.test("autovideosink without a display is an error that says what to do", async () => {
  for (const sink of ["autovideosink", "fpsdisplaysink"]) {
    if (!hasElement(sink)) continue;
    const { code, stderr } = await withoutDisplay(`videotestsrc num-buffers=9 ! ${sink}`);
    assertEquals(code, 1, stderr);
    assertMatch(
      stderr,
      /error: \/GstPipeline:pipeline0\/.*GstAutoVideoSink:.*: no display was found/,
    );
    assertStringIncludes(stderr, ADVICE);
  }
});

for (const sink of SINKS) {
  Deno.test(`${sink} without a display is an error that says what to do`, async () => {
    const { code, stderr } = await withoutDisplay(`videotestsrc num-buffers=9 ! ${sink}`);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, ADVICE);
  });
}

Deno.test({
  name: "a sink that would end the process without a display is refused",
  ignore: !hasElement("dfbvideosink"),
  async fn() {
    for (const sink of ["dfbvideosink", "autovideosink name=dfbvideosink ! dfbvideosink"]) {
      const { code, stderr } = await withoutDisplay(`videotestsrc num-buffers=9 ! ${sink}`);
      assertEquals(code, 1, stderr);
    }
    const inner = await withoutDisplay("playbin uri=file:///nonexistent video-sink=dfbvideosink");
    assertEquals(inner.code, 1, inner.stderr);
    assertStringIncludes(inner.stderr, "dfbvideosink needs a display or a framebuffer");
  },
});
