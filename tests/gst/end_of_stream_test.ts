import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { Pipeline } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { ffprobe } from "../helpers/ffprobe.ts";
import { tempDir } from "../helpers/temp_dir.ts";

Deno.test("Pipeline.stop() ends a pending start", async () => {
  await using pipeline = Pipeline.parse("appsrc ! fakesink");
  const [playing] = await Promise.allSettled([pipeline.play(), pipeline.stop()]);
  assert(playing.status === "rejected");
  assertStringIncludes(playing.reason.message, "was stopped on its way to playing");
  assertEquals(pipeline.state, "null");
});

for (const [extension, elements] of [["mp4", "x264enc ! mp4mux"], ["webm", "vp8enc ! webmmux"]]) {
  Deno.test(`Pipeline.stop() finishes a .${extension} file downstream`, async () => {
    await using folder = await tempDir();
    const path = `${folder.path}/film.${extension}`;
    await using pipeline = Pipeline.parse(
      `videotestsrc ! video/x-raw,width=64,height=48 ! ${elements} ! filesink location=${path}`,
    );
    await pipeline.play();
    assertEquals(await pipeline.stop(), true);
    const { format, streams: [stream] } = await ffprobe<{
      format: { duration: string };
      streams: { nb_read_packets: string }[];
    }>(path, "format=duration:stream=nb_read_packets", { args: ["-count_packets"] });
    const packets = Number(stream!.nb_read_packets);
    assert(packets > 0);
    assertAlmostEquals(Number(format.duration), packets / 30, 0.04);
  });
}

Deno.test("Pipeline.stop() resolves with whether the end was reached", async () => {
  const failing = "videotestsrc ! video/x-raw,framerate=1000/1 ! identity error-after=50 ! " +
    "fakesink sync=true";
  for (
    const [text, type, isEnd] of [
      ["fakesrc num-buffers=3 ! fakesink", "eos", true],
      [failing, "error", false],
    ] as const
  ) {
    await using pipeline = Pipeline.parse(text);
    const messages = pipeline.bus.messages();
    await pipeline.play();
    for await (const message of messages) if (message.type === type) break;
    assertEquals(await pipeline.stop(), isEnd);
  }
});

/** Pipelines whose sources take EOS only after a minute, as a frame is waiting for its time. */
const SLOW = [
  "videotestsrc ! video/x-raw,framerate=1/60 ! fakesink sync=true",
  "videotestsrc ! video/x-raw,framerate=1/60 ! queue ! fakesink sync=true",
  "videotestsrc is-live=true ! video/x-raw,framerate=1/60 ! fakesink sync=true",
  "( videotestsrc ! video/x-raw,framerate=1/60 ! fakesink sync=true )",
];

for (const text of SLOW) {
  Deno.test(`Pipeline.stop() does not wait for ${text}`, async () => {
    await using pipeline = Pipeline.parse(text);
    for (let run = 0; run < 2; run++) {
      await pipeline.play();
      // the event loop must not block either
      const stopped = pipeline.stop({ timeoutSec: 0.1 });
      assertEquals(pipeline.state, "playing");
      assertEquals(await stopped, false);
      assertEquals(pipeline.state, "null");
    }
    await pipeline.play();
    const sent = pipeline.sendEos();
    await pipeline.close();
    await sent;
  });
}

Deno.test("Pipeline.stop() may be called twice, also at the same time", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink");
  await pipeline.play();
  assertEquals(await Promise.all([pipeline.stop(), pipeline.stop()]), [true, true]);
  assertEquals(await pipeline.stop(), true);
});

Deno.test("Pipeline.sendEos() ends the stream once, even if it is called again", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
  const messages = pipeline.bus.messages();
  await pipeline.play();
  await Promise.all([pipeline.sendEos(), pipeline.sendEos()]);
  await pipeline.sendEos();
  for await (const message of messages) if (message.type === "eos") break;
  assertEquals(await pipeline.stop(), true);
});

Deno.test("Pipeline.sendEos() does nothing unless the pipeline is playing", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
  await pipeline.sendEos();
  await pipeline.pause();
  await pipeline.sendEos();
  const messages = pipeline.bus.messages();
  await pipeline.play();
  const { promise, resolve } = Promise.withResolvers<string>();
  setTimeout(resolve, 50, "playing");
  const eos = (async () => {
    for await (const message of messages) if (message.type === "eos") return "eos";
    return "closed";
  })();
  assertEquals(await Promise.race([eos, promise]), "playing");
  messages.return();
});
