/**
 * Runs a pipeline with armed recorders, or with loops that pull each frame into JavaScript, until it is killed.
 *
 *     deno run -A armed.ts '{"source": "...", "recorders": 8, "windowSec": 2, "way": "recorder"}'
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { EncodedRingBuffer, RingBuffer, Standalone, VideoRecorder } from "../../mod.ts";

/** What to run. */
export interface ArmedOptions {
  /** Pipeline text of a live source. */
  source: string;
  recorders: number;
  windowSec: number;
  /** Recorders of the stream as it is, recorders that encode it, or loops that pull. */
  way: "recorder" | "encoder" | "pull";
}

/** Pulls every frame and keeps the last ones, as a script without a ring would. */
async function pullLoop(sink: Deno.PointerObject, capacity: number): Promise<void> {
  const { symbols } = Deno.dlopen("libgstapp-1.0.so.0", {
    gst_app_sink_pull_sample: { parameters: ["pointer"], result: "pointer", nonblocking: true },
  });
  const ring: Deno.PointerObject[] = [];
  for (;;) {
    const sample = await symbols.gst_app_sink_pull_sample(sink);
    if (sample === null) return;
    ring.push(sample);
    if (ring.length > capacity) gst().gst_mini_object_unref(ring.shift()!);
  }
}

if (import.meta.main) {
  const { source, recorders, windowSec, way }: ArmedOptions = JSON.parse(Deno.args[0]!);
  const indices = Array.from({ length: recorders }, (_, i) => i);
  const branches = way === "pull"
    ? indices.map((i) => `t. ! appsink name=pull${i} async=false sync=false max-buffers=30`)
    : [];
  const app = await Standalone.buildAndRun(
    `${source} ! tee name=t t. ! fakesink async=false ${branches.join(" ")}`,
    { background: true },
  );
  for (const i of indices) {
    if (way === "pull") {
      void pullLoop(app.pipeline.element(`pull${i}`).unsafeHandle, windowSec * 30);
      continue;
    }
    new VideoRecorder({
      pipeline: app.pipeline,
      srcTeeName: "t",
      filenameGenerator: () => "never.mkv",
      windowSizeSec: windowSec,
      ringBufferClass: way === "encoder" ? EncodedRingBuffer : RingBuffer,
    });
  }
  console.log("ready");
  await app.ended;
}
