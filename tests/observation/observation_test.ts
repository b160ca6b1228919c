import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  GstClosedError,
  GstError,
  Observation,
  ObservationError,
  type ObservationOptions,
  Pipeline,
} from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import "../../scripts/open_libraries.ts";
import { pushUnreadable } from "../helpers/buffers.ts";
import { blockEventLoop } from "../helpers/event_loop.ts";
import { FPS } from "../helpers/fps.ts";
import { printedErrors } from "../helpers/printed_errors.ts";
import { range } from "../helpers/range.ts";
import { ended } from "../helpers/ring.ts";
import { sinkStats } from "../helpers/sink_stats.ts";
import { reached, until } from "../helpers/wait.ts";

const HERE = fileName(import.meta.url);

function fileName(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

/** Returns the text of a source of test pictures, with an identity named `here`. */
function source(frames: number, rest = ""): string {
  return `videotestsrc num-buffers=${frames} ${rest} ` +
    `! video/x-raw,width=32,height=24,framerate=${FPS}/1 ! identity name=here`;
}

/** Observes the numbers of frames, with queues that are long enough for all of them. */
function observe<T = number>(
  pipeline: Pipeline,
  options: Partial<ObservationOptions<T>> = {},
): { observation: Observation<T>; seen: T[] } {
  const seen: T[] = [];
  const observation = new Observation<T>({
    pipeline,
    elementName: "here",
    extractor: ({ runningTimeSec }) => Math.round(runningTimeSec! * FPS) as T,
    processor: (data) => void seen.push(data),
    maxFrames: 1000,
    maxResults: 1000,
    ...options,
  });
  return { observation, seen };
}

const PLACES: Record<string, string> = {
  "in front of a sink": `${source(40)} ! fakesink`,
  "in front of an encoder that looks ahead": `${source(40)} ! x264enc ! fakesink`,
  "with a live source": `${source(20, "is-live=true")} ! fakesink`,
  "at the end of a bin": `( ${source(40)} ) ! fakesink`,
  "that is a bin itself":
    `bin.( name=here videotestsrc num-buffers=40 ! capsfilter caps=video/x-raw,framerate=${FPS}/1 ) ! fakesink`,
  "in front of a tee": `${source(40)} ! tee name=t ! queue ! fakesink t. ! queue ! fakesink`,
};

for (const [where, text] of Object.entries(PLACES)) {
  Deno.test(`Observation sees every frame with its running time, at an element ${where}`, async () => {
    await using pipeline = Pipeline.parse(text);
    const names = pipeline.elementNames();
    // after the stop, the pipeline is restored and can be observed again
    for (let run = 0; run < 2; run++) {
      const { observation, seen } = observe(pipeline);
      const messages = pipeline.bus.messages();
      await pipeline.play();
      const report = await observation.finished;
      await ended(messages);
      const frames = where.includes("live") ? 20 : 40;
      assertEquals(seen, range(frames));
      assertEquals(report, {
        frames,
        droppedFrames: 0,
        results: frames,
        droppedResults: 0,
        errors: 0,
      });
      await pipeline.stop();
      assertEquals(pipeline.elementNames(), names);
    }
  });
}

Deno.test("Observation does not change the position or the states of the pipeline", async () => {
  await using pipeline = Pipeline.parse(`${source(-1)} ! fakesink sync=true`);
  const { observation } = observe(pipeline, { maxFrames: 4 });
  await pipeline.pause();
  assertEquals(pipeline.positionSec, 0);
  await pipeline.play();
  await reached(pipeline, 0.2);
  await pipeline.pause();
  const { frames } = observation.report;
  assert(pipeline.positionSec! <= pipeline.runningTimeSec! + 0.1, `${pipeline.positionSec}`);
  await pipeline.play();
  await until("more frames come", () => observation.report.frames > frames);
});

Deno.test("Observation can observe an element that another one observes", async () => {
  await using pipeline = Pipeline.parse(`${source(30)} ! fakesink`);
  const [first, second] = [observe(pipeline), observe(pipeline)];
  await pipeline.play();
  await Promise.all([first.observation.finished, second.observation.finished]);
  assertEquals([first.seen, second.seen], [range(30), range(30)]);
});

Deno.test("Observation drops frames or results of slow code, and does not slow the pipeline down", async () => {
  await using pipeline = Pipeline.parse(`${source(-1, "is-live=true")} ! fakesink name=sink`);
  const counts: { frames: number; due: number }[] = [];
  const { observation } = observe(pipeline, {
    maxFrames: 3,
    processor: () => {
      if (counts.length === 3) return;
      blockEventLoop(0.4);
      const due = Math.floor(pipeline.runningTimeSec! * FPS);
      counts.push({ frames: sinkStats(pipeline, "sink").rendered, due });
    },
  });
  await pipeline.play();
  await until("the processor has run", () => counts.length >= 3);
  await pipeline.stop();
  // if the code slowed the pipeline down, each count would be late by the time that the code takes
  assert(counts.some(({ frames, due }) => frames >= due - 3), Deno.inspect(counts));
  const { frames, droppedFrames } = await observation.finished;
  assert(droppedFrames >= 9, `${droppedFrames} of ${frames}`);
});

Deno.test("Observation drops the oldest results of a slow processor, and counts them", async () => {
  await using pipeline = Pipeline.parse(`${source(20)} ! fakesink`);
  const messages = pipeline.bus.messages();
  const seen: number[] = [];
  const isDone = Promise.withResolvers<void>();
  const { observation } = observe(pipeline, {
    maxResults: 3,
    async processor(number) {
      seen.push(number);
      await isDone.promise;
    },
  });
  await pipeline.play();
  await ended(messages);
  await until("all frames are seen", () => observation.report.frames === 20);
  isDone.resolve();
  const { frames, droppedFrames, results, droppedResults } = await observation.finished;
  assertEquals([frames, droppedFrames, results, droppedResults], [20, 0, 4, 16]);
  assertEquals(seen.slice(1), [17, 18, 19]);
});

Deno.test("Observation awaits promises, and skips undefined", async () => {
  await using pipeline = Pipeline.parse(`${source(10)} ! fakesink`);
  const { observation, seen } = observe<string | null>(pipeline, {
    async extractor({ runningTimeSec }) {
      await sleep(0);
      const number = Math.round(runningTimeSec! * FPS);
      return number % 2 > 0 ? undefined : number % 4 > 0 ? null : `${number}`;
    },
  });
  await pipeline.play();
  await observation.finished;
  assertEquals(seen, ["0", null, "4", null, "8"]);
});

Deno.test("Observation passes errors of the user's code to onError with their place, and goes on", async () => {
  await using pipeline = Pipeline.parse(`${source(10)} ! fakesink`);
  const messages = pipeline.bus.messages();
  const errors: ObservationError[] = [];
  const { observation } = observe(pipeline, {
    extractor({ runningTimeSec }) {
      const number = Math.round(runningTimeSec! * FPS);
      if (number % 2 > 0) throw new TypeError(`odd ${number}`);
      return number;
    },
    processor: (number) => number === 4 ? Promise.reject("text") : undefined,
    onError: (error) => errors.push(error),
  });
  await pipeline.play();
  const { frames, results } = await observation.finished;
  await ended(messages);
  assertEquals([frames, results, errors.length], [10, 5, 6]);
  const extractor = errors.find(({ role }) => role === "extractor")!;
  assertMatch(extractor.place, new RegExp(`/${HERE}:\\d+:\\d+$`));
  assertEquals(extractor.message, `${extractor.place}: the extractor failed: TypeError: odd 1`);
  assert(extractor.cause instanceof TypeError);
  const processor = errors.find(({ role }) => role === "processor")!;
  assertEquals([processor.place, processor.cause], ["", "text"]);
  assertEquals(processor.message, 'The processor failed: "text"');
});

Deno.test("Observation reports errors of the user's code if there is no onError", async () => {
  await using pipeline = Pipeline.parse(`${source(3)} ! fakesink`);
  const { observation } = observe(pipeline, {
    extractor: () => Promise.reject(new Error("no")),
  });
  const events: ErrorEvent[] = [];
  const listener = (event: ErrorEvent) => {
    event.preventDefault();
    events.push(event);
  };
  globalThis.addEventListener("error", listener);
  const printed = await printedErrors(async () => {
    await pipeline.play();
    await observation.finished;
  });
  globalThis.removeEventListener("error", listener);
  assertEquals([events.length, printed], [3, []]);
  for (const { error } of events) assert(error instanceof ObservationError);
});

Deno.test("Observation ends if onError throws", async () => {
  for (const role of ["extractor", "processor"]) {
    await using pipeline = Pipeline.parse(`${source(-1, "is-live=true")} ! fakesink`);
    const { observation } = observe(pipeline, {
      [role]: () => Promise.reject(new Error("no")),
      onError(error) {
        throw error;
      },
    });
    const failed = assertRejects(
      () => observation.finished,
      ObservationError,
      `the ${role} failed`,
    );
    await pipeline.play();
    await failed;
    assertEquals(observation.report.errors, 1);
  }
});

Deno.test("Observation reports an error that nobody awaits, unless it is the pipeline's", async () => {
  const printed = await printedErrors(async () => {
    const caps = "video/x-raw,format=GRAY8,width=4,height=4";
    await using unreadable = Pipeline.parse(
      `appsrc name=source format=time caps=${caps} ! identity name=here ! fakesink`,
    );
    observe(unreadable);
    const started = unreadable.play();
    await until("the source is ready", () => unreadable.state !== "null");
    pushUnreadable(unreadable, "source", 16);
    await started;
    await using failing = Pipeline.parse(`${source(9)} ! identity error-after=5 ! fakesink`);
    const { observation } = observe(failing);
    await failing.play().catch(() => {});
    await until("it has seen the error", () => failing.failure !== undefined);
    observation.close();
    await failing.stop();
  });
  assertEquals(printed.length, 1, Deno.inspect(printed));
  assertStringIncludes((printed[0] as Error).message, "Cannot read the memory of frames");
});

Deno.test("Observation.finished rejects with the error of an element", async () => {
  await using pipeline = Pipeline.parse(`${source(20)} ! identity error-after=5 ! fakesink`);
  const { observation, seen } = observe(pipeline);
  await pipeline.play().catch(() => {});
  await assertRejects(() => observation.finished, GstError, "Failed after iterations");
  assertEquals(seen.slice(0, 4), range(4));
});

Deno.test("Observation.finished rejects if the pipeline is closed", async () => {
  for (const isStarted of [true, false]) {
    await using pipeline = Pipeline.parse(`${source(-1, "is-live=true")} ! fakesink`);
    const { observation } = observe(pipeline);
    if (isStarted) await pipeline.play();
    await pipeline.close();
    await assertRejects(() => observation.finished, GstClosedError);
    observation.close();
  }
});

Deno.test("Observation.close() ends the observation, and the pipeline goes on", async () => {
  await using pipeline = Pipeline.parse(
    `${source(-1, "is-live=true")} ! fakesink name=sink`,
  );
  const { observation } = observe(pipeline);
  await pipeline.play();
  await until("a frame is seen", () => observation.report.frames > 0);
  observation.close();
  observation.close();
  const { frames } = await observation.finished;
  const before = sinkStats(pipeline, "sink").rendered;
  await until("frames flow", () => sinkStats(pipeline, "sink").rendered > before + 5);
  assertEquals(observation.report.frames, frames);
});

Deno.test("Observation() throws for an element that cannot be observed, and restores the pipeline", async () => {
  const refused: [string, string][] = [
    ["videotestsrc ! fakesink name=here", "has no source pad"],
    ["uridecodebin name=here ! fakesink", "has no source pad, or none before it starts"],
    ["tee name=here ! fakesink here. ! fakesink", "has several source pads: src_0, src_1"],
    ["videotestsrc name=here fakesrc ! fakesink", "its source pad is not linked"],
    ["videotestsrc ! fakesink", 'No element is named "here"'],
  ];
  for (const [text, message] of refused) {
    await using pipeline = Pipeline.parse(text);
    const names = pipeline.elementNames();
    assertThrows(() => observe(pipeline), Error, message);
    assertThrows(() => observe(pipeline, { maxFrames: 0 }), RangeError, "maxFrames");
    assertEquals(pipeline.elementNames(), names);
  }
});

Deno.test("Observation() throws if the pipeline is started or closed", async () => {
  await using pipeline = Pipeline.parse(`${source(-1, "is-live=true")} ! fakesink`);
  await pipeline.play();
  assertThrows(
    () => observe(pipeline),
    GstError,
    'Cannot observe "here": the pipeline is already started',
  );
  await pipeline.close();
  assertThrows(() => observe(pipeline), GstClosedError);
});

Deno.test("Observation() throws for wrong options, with their names", async () => {
  await using pipeline = Pipeline.parse(`${source(1)} ! fakesink`);
  const names = pipeline.elementNames();
  const wrong: [Record<string, unknown>, string][] = [
    [{ pipeline: "videotestsrc" }, "pipeline must be"],
    [{ elementName: 5 }, "elementName must be"],
    [{ extractor: undefined }, "extractor must be"],
    [{ processor: {} }, "processor must be"],
    [{ maxFrames: "4" }, "maxFrames must be"],
    [{ maxResults: -1 }, "maxResults must be"],
    [{ onError: 1 }, "onError must be"],
  ];
  for (const [options, message] of wrong) {
    const error = assertThrows(() => observe(pipeline, options), Error);
    assertStringIncludes(error.message, message);
  }
  assertEquals(pipeline.elementNames(), names);
});
