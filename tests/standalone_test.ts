import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  GstClosedError,
  GstError,
  GstParseError,
  GstTimeoutError,
  type Message,
  type Pipeline,
  Standalone,
} from "../mod.ts";
import { sleep } from "../scripts/lib/sleep.ts";
import "../scripts/open_libraries.ts";
import { blockEventLoop } from "./helpers/event_loop.ts";
import { codecOf } from "./helpers/ffprobe.ts";
import { runScript } from "./helpers/script.ts";
import { tempDir } from "./helpers/temp_dir.ts";

const LIVE = "videotestsrc is-live=true ! fakesink sync=true";
/** Fails after 50 ms. */
const FAILING = "videotestsrc ! video/x-raw,framerate=1000/1 ! identity name=weak error-after=50 " +
  "! fakesink sync=true";
/** Does not reach PLAYING. */
const STUCK = "appsrc ! fakesink";

/** Asserts that a pipeline is stopped and freed. */
function assertClosed(app: Standalone): void {
  assertEquals(app.pipeline.state, "null");
  let error: unknown;
  try {
    app.pipeline.elementNames();
  } catch (thrown) {
    error = thrown;
  }
  assertInstanceOf(error, GstClosedError);
}

Deno.test("Standalone.buildAndRun() resolves at the end of the stream", async () => {
  const seen: Message[] = [];
  const app = await Standalone.buildAndRun("videotestsrc num-buffers=30 ! fakesink", {
    onMessage: (message) => seen.push(message),
  });
  assert(seen.some(({ type }) => type === "eos"));
  assertClosed(app);
  await app.ended;
  await app.stop();
});

Deno.test("Standalone.buildAndRun() rejects with the error of an element", async () => {
  const error = await assertRejects(() => Standalone.buildAndRun(FAILING), GstError);
  assertMatch(error.path!, /\/GstIdentity:weak$/);
  assertStringIncludes(error.message, error.path!);
});

Deno.test("Standalone.buildAndRun() in the background resolves once playing", async () => {
  const app = await Standalone.buildAndRun(LIVE, { background: true });
  assertEquals(app.pipeline.state, "playing");
  let hasEnded = false;
  const ended = app.ended.then(() => hasEnded = true);
  await app.pipeline.bus.flush();
  assert(!hasEnded);
  await app.stop();
  await ended;
  assertClosed(app);
});

Deno.test("Standalone.buildAndRun() in the background frees the pipeline at the end", async () => {
  const app = await Standalone.buildAndRun("videotestsrc num-buffers=30 ! fakesink", {
    background: true,
  });
  await app.ended;
  assertClosed(app);
});

Deno.test("Standalone.buildAndRun() rejects if the pipeline cannot be parsed or started", async () => {
  for (const background of [false, true]) {
    const rejects = <E extends Error>(
      text: string,
      ErrorClass: new (message: string) => E,
      includes: string,
    ) =>
      assertRejects(
        () => Standalone.buildAndRun(text, { background, startTimeoutSec: 0.05 }),
        ErrorClass,
        includes,
      );
    await rejects("nosuchelement ! fakesink", GstParseError, "nosuchelement");
    await rejects("filesrc location=/nonexistent ! fakesink", GstError, "GstFileSrc:filesrc");
    await rejects("fakesrc ! fakesink state-error=paused-to-playing", GstError, "GstFakeSink");
    await rejects(STUCK, GstTimeoutError, "0.05 s");
  }
});

Deno.test("Standalone.buildAndRun() calls beforeStart with the stopped pipeline", async () => {
  const seen: string[] = [];
  const app = await Standalone.buildAndRun("videotestsrc num-buffers=3 ! fakesink name=sink", {
    beforeStart: ({ state, path }) => seen.push(state, path),
    onMessage: ({ type }) => seen.push(type),
  });
  assertEquals(seen.slice(0, 2), ["null", app.pipeline.path]);
  let pipeline: Pipeline | undefined;
  const failing = Standalone.buildAndRun(LIVE, {
    background: true,
    beforeStart(given) {
      pipeline = given;
      throw new RangeError("no");
    },
  });
  await assertRejects(() => failing, RangeError, "no");
  assertThrows(() => pipeline!.elementNames(), GstClosedError);
});

Deno.test("Standalone.buildAndRun() rejects for invalid times", async () => {
  for (const option of ["startTimeoutSec", "stopTimeoutSec"]) {
    for (const [value, ErrorClass] of [[-1, RangeError], [NaN, RangeError], ["1", TypeError]]) {
      await assertRejects(
        () => Standalone.buildAndRun(LIVE, { [option as string]: value, background: true }),
        ErrorClass as typeof Error,
        option,
      );
    }
  }
});

Deno.test("Standalone.cliRun() is buildAndRun()", async () => {
  const app = await Standalone.cliRun(LIVE, { background: true });
  assert(app instanceof Standalone);
  assertEquals(app.pipeline.state, "playing");
  await app.stop();
});

Deno.test("Standalone.stop() finishes files, and may be called twice", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/film.mp4`;
  const app = await Standalone.buildAndRun(
    `videotestsrc ! video/x-raw,width=64,height=48 ! x264enc ! mp4mux ! filesink location=${path}`,
    { background: true },
  );
  await Promise.all([app.stop(), app.stop()]);
  await app.stop();
  await app.ended;
  assertClosed(app);
  assertEquals(await codecOf(path), "h264");
});

Deno.test("Standalone.stop() resolves at the end of the stream", async () => {
  const isEos = Promise.withResolvers<void>();
  const app = await Standalone.buildAndRun("videotestsrc num-buffers=30 ! fakesink", {
    background: true,
    onMessage: (message) => message.type === "eos" && isEos.resolve(),
  });
  await isEos.promise;
  await Promise.all([app.stop(), app.ended]);
  assertClosed(app);
});

Deno.test("Standalone.stop() waits for EOS up to the time limit", async () => {
  const app = await Standalone.buildAndRun(
    "videotestsrc ! video/x-raw,framerate=1/60 ! fakesink sync=true",
    { background: true, stopTimeoutSec: 0.05 },
  );
  await assertRejects(() => app.stop({ timeoutSec: -1 }), RangeError, "timeoutSec");
  assertEquals(app.pipeline.state, "playing");
  await app.stop();
  assertClosed(app);
});

Deno.test("Standalone[Symbol.asyncDispose]() stops the pipeline", async () => {
  let stopped: Standalone;
  {
    await using app = await Standalone.buildAndRun(LIVE, { background: true });
    stopped = app;
  }
  assertClosed(stopped);
});

Deno.test("Standalone.buildAndRun() rejects if the signal is already aborted", async () => {
  const reason = new Error("not today");
  const signal = AbortSignal.abort(reason);
  const error = await assertRejects(() => Standalone.buildAndRun("nosuchelement", { signal }));
  assertStrictEquals(error, reason);
});

Deno.test("Standalone.buildAndRun() rejects with the reason of an abort during the start", async () => {
  for (const background of [false, true]) {
    const abort = new AbortController();
    const reason = new Error("no longer");
    const running = Standalone.buildAndRun(STUCK, { signal: abort.signal, background });
    abort.abort(reason);
    assertStrictEquals(await assertRejects(() => running), reason);
  }
});

Deno.test("Standalone.buildAndRun() stops the pipeline at an abort", async () => {
  for (const background of [false, true]) {
    const abort = new AbortController();
    const app = await Standalone.buildAndRun(LIVE, {
      signal: abort.signal,
      background,
      onMessage: (message) => {
        const isPlaying = message.type === "state-changed" && message.newState === "playing";
        if (isPlaying && !background) setTimeout(() => abort.abort());
      },
    });
    abort.abort();
    await app.ended;
    assertClosed(app);
  }
});

Deno.test("Standalone.ended rejects with an element's error when the pipeline is closed", async () => {
  const app = await Standalone.buildAndRun(FAILING, { background: true });
  const error = await assertRejects(() => app.ended, GstError);
  assertMatch(error.path!, /\/GstIdentity:weak$/);
  assertClosed(app);
  await app.stop();
});

Deno.test("Standalone.ended settles when the pipeline is closed by stop()", async () => {
  const app = await Standalone.buildAndRun(FAILING, { background: true });
  const ended = app.ended;
  const outcome = await Promise.allSettled([ended.finally(() => assertClosed(app)), app.stop()]);
  assertEquals(outcome[1].status, "fulfilled");
  assert(outcome[0].status === "fulfilled" || outcome[0].reason instanceof GstError);
});

Deno.test("Standalone.ended is printed if it rejects and nobody awaits it, and the process goes on", async () => {
  const { code, stdout, stderr } = await runScript(`
    import { Standalone } from "./mod.ts";
    const app = await Standalone.buildAndRun("${FAILING}", { background: true });
    const messages = app.pipeline.bus.messages();
    for await (const _ of messages);
    await Standalone.buildAndRun("fakesrc num-buffers=3 ! fakesink");
    console.log("alive");
  `);
  assertEquals([code, stdout], [0, "alive\n"], stderr);
  assertMatch(stderr, /GstError: \/GstPipeline:pipeline0\/GstIdentity:weak: /);
});

Deno.test("Standalone.ended becomes an error event if it rejects and nobody awaits it", async () => {
  const { code, stdout, stderr } = await runScript(`
    import { Standalone } from "./mod.ts";
    globalThis.addEventListener("error", (event) => {
      event.preventDefault();
      console.log(event.error.name);
    });
    const app = await Standalone.buildAndRun("${FAILING}", { background: true });
    for await (const _ of app.pipeline.bus.messages());
  `);
  assertEquals([code, stdout, stderr], [0, "GstError\n", ""]);
});

Deno.test("Standalone.ended does not end the recordings of other pipelines if it rejects", async () => {
  await using folder = await tempDir();
  const { code, stdout, stderr } = await runScript(`
    import { Standalone, VideoRecorder } from "./mod.ts";
    await using app = await Standalone.buildAndRun(
      "videotestsrc is-live=true ! video/x-raw,width=64,height=48 ! tee name=t ! fakesink",
      { background: true },
    );
    await using recorder = new VideoRecorder({
      pipeline: app.pipeline,
      srcTeeName: "t",
      filenameGenerator: () => "${folder.path}/clip.webm",
      windowSizeSec: 0.5,
    });
    const recording = await recorder.record({ beforeSec: 0 });
    const failing = await Standalone.buildAndRun("${FAILING}", { background: true });
    for await (const _ of failing.pipeline.bus.messages());
    console.log(recorder.state, (await recording.finished).shortfalls);
  `);
  assertEquals([code, stdout], [0, "recording []\n"], stderr);
  assertMatch(stderr, /GstError: .*GstIdentity:weak: /);
});

Deno.test("Standalone closes the pipeline if onMessage throws", async () => {
  const mine = new Error("mine");
  for (const state of ["ready", "playing"]) {
    const starting = Standalone.buildAndRun(LIVE, {
      background: true,
      onMessage(message) {
        if (message.type === "state-changed" && message.newState === state) throw mine;
      },
    });
    const error = await assertRejects(async () => {
      const app = await starting;
      await app.ended.finally(() => assertClosed(app));
    });
    assertStrictEquals(error, mine);
  }
});

Deno.test("Standalone.buildAndRun() calls onMessage with each message from the first to the last", async () => {
  const states: string[] = [];
  const app = await Standalone.buildAndRun(LIVE, {
    background: true,
    onMessage(message) {
      if (message.type === "state-changed" && message.source.lastIndexOf("/") === 0) {
        states.push(`${message.oldState}-${message.newState}`);
      }
    },
  });
  await app.stop();
  await app.ended;
  assertEquals(states, [
    "null-ready",
    "ready-paused",
    "paused-playing",
    "playing-paused",
    "paused-ready",
    "ready-null",
  ]);
});

Deno.test("Standalone.buildAndRun() posts changes of properties with watchProperties", async () => {
  const changes: string[] = [];
  await Standalone.buildAndRun("videotestsrc num-buffers=3 ! video/x-raw,width=64 ! fakesink", {
    watchProperties: true,
    onMessage(message) {
      if (message.type === "property-notify") changes.push(`${message.property}=${message.value}`);
    },
  });
  assert(changes.some((change) => /^caps=video\/x-raw, .*width=\(int\)64/.test(change)));
});

Deno.test("Standalone.buildAndRun() blocks the tees for one turn of the event loop", async () => {
  // counts the frames that pass the tee
  const app = await Standalone.buildAndRun(
    "videotestsrc name=source ! tee name=t t. ! identity name=counter ! fakesink",
    { background: true },
  );
  const stats = () => Number(/num-buffers=\(guint64\)(\d+)/.exec(counted())?.[1] ?? 0);
  const counted = () => String(app.pipeline.element("counter").getProperty("stats"));
  const first = stats();
  for (let turn = 0; turn < 1000; turn++) await null;
  blockEventLoop(0.05);
  assertEquals(stats(), first);
  // the next turn unblocks the tee
  while (stats() < first + 100) await sleep(0.001);
  assertGreater(stats(), first);
  await app.stop();
});
