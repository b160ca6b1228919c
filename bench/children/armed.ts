/**
 * Runs a pipeline with recorders that wait, or with loops that pull each frame into JavaScript, until it is killed.
 *
 *     deno run -A armed.ts '{"source": "...", "recorders": 8, "windowSec": 2, "way": "recorder"}'
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { EncodedRingBuffer, RingBuffer, Standalone, VideoRecorder } from "../../mod.ts";

/** What to run. */
export interface ArmedOptions {
  /** Pipeline text of a live picture. */
  source: string;
  recorders: number;
  windowSec: number;
  /** Recorders that keep what flows, ones that encode it, or loops that pull. */
  way: "recorder" | "encoder" | "pull";
}

/** Holds the last frames, as a script would that pulls each of them. */
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
  const legs = way === "pull"
    ? indices.map((i) => `t. ! appsink name=pull${i} async=false sync=false max-buffers=30`)
    : [];
  const app = await Standalone.buildAndRun(
    `${source} ! tee name=t t. ! fakesink async=false ${legs.join(" ")}`,
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
