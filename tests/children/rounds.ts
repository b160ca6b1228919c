/**
 * Builds, runs and stops pipelines, then shuts GStreamer down, so that its leak tracer lists the objects that are alive.
 *
 *     deno run -A rounds.ts NAME...
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import {
  AppSink,
  AppSrc,
  type FrameData,
  inspectElement,
  installedElements,
  Observation,
  Pipeline,
  Standalone,
  verifyClip,
} from "../../mod.ts";
import { tempDir } from "../helpers/temp_dir.ts";

/** A few frames through bins, a tee, a queue's thread and a link by name. */
const PIPELINE = "videotestsrc name=source num-buffers=5 ! video/x-raw,width=64,height=48 ! " +
  "tee name=t t. ! queue ! ( identity ! identity ) ! fakesink t. ! fakesink";

const NOT_PARSED = [
  "",
  "fakesrc !",
  "( fakesrc ! fakesink",
  "nosuchelement ! fakesink",
  "fakesrc nosuchproperty=1 ! tee name=t t. ! fakesink",
  "fakesrc num-buffers=many ! fakesink",
  "videotestsrc ! audioconvert ! fakesink",
  "fakesrc ! fakesink name=a a. ! fakesink",
  "a. ! b.",
  "b. ! tee !",
  "fakesrc ! nosuchname.",
];

const NOT_STARTED = [
  "filesrc location=/nonexistent ! fakesink",
  "videotestsrc ! filesink location=/nonexistent/film",
  "fakesrc ! videoconvert ! fakesink",
  "fakesrc ! fakesink state-error=null-to-ready",
  "fakesrc ! fakesink state-error=ready-to-paused",
  "fakesrc ! fakesink state-error=paused-to-playing",
  "appsrc ! fakesink",
];

/** Makes a call that must fail. */
async function refuse(call: () => unknown): Promise<void> {
  let failed = false;
  try {
    await call();
  } catch {
    failed = true;
  }
  if (!failed) throw new Error("Expected a failure");
}

const ROUNDS: Record<string, () => Promise<unknown>> = {
  async run() {
    for (let round = 0; round < 100; round++) {
      await using pipeline = Pipeline.parse(PIPELINE);
      pipeline.element("source").setProperty("pattern", "ball");
      const messages = pipeline.bus.messages();
      await pipeline.play();
      if (round % 2) { for await (const { type } of messages) if (type === "eos") break; }
      await pipeline.stop();
    }
  },
  async inspect() {
    installedElements();
    for (const name of ["videotestsrc", "x264enc", "playbin", "filesink"]) inspectElement(name);
    await refuse(() => inspectElement("nosuchelement"));
  },
  async verify() {
    await using dir = await tempDir();
    const clip = `${dir.path}/a.mkv`;
    await Standalone.buildAndRun(
      `videotestsrc num-buffers=10 ! x264enc ! matroskamux ! filesink location=${clip}`,
    );
    const whole = await verifyClip(clip);
    await Deno.truncate(clip, 1000);
    const cut = await verifyClip(clip);
    const none = await verifyClip(dir.path);
    if (!whole.ok || cut.ok || none.ok) throw new Error(Deno.inspect({ whole, cut, none }));
  },
  async standalone() {
    for (let round = 0; round < 50; round++) {
      const app = await Standalone.buildAndRun(PIPELINE, {
        background: round % 2 === 0,
        watchProperties: true,
      });
      await app.stop();
    }
  },
  async parse() {
    for (const text of NOT_PARSED) await refuse(() => Pipeline.parse(text));
  },
  async start() {
    for (const text of NOT_STARTED) {
      for (const background of [true, false]) {
        await refuse(() => Standalone.buildAndRun(text, { background, startTimeoutSec: 0.05 }));
      }
      await using pipeline = Pipeline.parse(text);
      await refuse(() => pipeline.play({ timeoutSec: 0.05 }));
    }
    const signal = AbortSignal.timeout(20);
    await refuse(() => Standalone.buildAndRun("appsrc ! fakesink", { signal }));
    await refuse(() => Standalone.buildAndRun("fakesrc ! fakesink", { stopTimeoutSec: -1 }));
    await refuse(() =>
      Standalone.buildAndRun(PIPELINE, {
        onMessage() {
          throw new Error("no");
        },
      })
    );
  },
  async properties() {
    await using pipeline = Pipeline.parse(PIPELINE);
    const source = pipeline.element("source");
    pipeline.watchProperties();
    await pipeline.play();
    for (const name of ["caps", "parent", "last-message", "stats", "pattern"]) {
      for (const element of pipeline.elementNames()) {
        try {
          pipeline.element(element).getProperty(name);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }
    }
    await refuse(() => source.setProperty("pattern", "nosuch"));
    await refuse(() => pipeline.element("nosuch"));
    source.caps();
  },
  async unfinished() {
    const slow = "videotestsrc ! video/x-raw,framerate=1/60 ! fakesink sync=true";
    await using pipeline = Pipeline.parse(slow);
    await pipeline.play();
    await pipeline.stop({ timeoutSec: 0.01 });
    await pipeline.play();
    const sent = pipeline.sendEos();
    await pipeline.close();
    await sent;
  },
  async frames() {
    for (let round = 0; round < 30; round++) {
      await using pipeline = Pipeline.parse(
        "appsrc name=source ! tee name=t t. ! queue ! appsink name=all sync=false " +
          "t. ! queue ! appsink name=some sync=false t. ! queue ! appsink name=unread",
      );
      const caps = "video/x-raw,format=GRAY8,width=64,height=48,framerate=30/1";
      const source = new AppSrc({ pipeline, name: "source", caps });
      const all = Array.fromAsync(new AppSink({ pipeline, name: "all", every: true }));
      const some = new AppSink({ pipeline, name: "some", every: true });
      new AppSink({ pipeline, name: "unread" });
      const push = async () => {
        for (let i = 0; i < 10; i++) await source.push(new Uint8Array(64 * 48), { ptsSec: i / 30 });
        if (round % 2 > 0) await source.end();
      };
      const pushed = push();
      await pipeline.play();
      for await (const _ of some) break;
      await pushed;
      if (round % 2 > 0) await all;
      else all.catch(() => {});
    }
  },
  async observation() {
    for (let round = 0; round < 30; round++) {
      await using pipeline = Pipeline.parse(PIPELINE);
      const options = { pipeline, extractor: ({ bytes }: FrameData) => bytes, processor() {} };
      await refuse(() => new Observation({ ...options, elementName: "t" }));
      const observation = new Observation({ ...options, elementName: "source" });
      if (round % 3 === 0) continue;
      await pipeline.play();
      if (round % 3 === 1) await observation.finished;
      else observation.close();
      await pipeline.stop();
    }
  },
  async forgotten() {
    const pipeline = Pipeline.parse("fakesrc num-buffers=3 ! fakesink name=forgotten");
    await pipeline.play();
    await pipeline.stop();
  },
};

for (const name of Deno.args) await ROUNDS[name]!();
await Standalone.buildAndRun("fakesrc num-buffers=3 ! fakesink");
console.log("healthy");
gst().gst_deinit();
