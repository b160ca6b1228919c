/**
 * Calls everything that mod.ts exports with odd values, and with closed handles.
 *
 *     deno run -A api_walk.ts FOLDER
 *
 * Errors must be of the documented classes and have a message that makes sense. Prints the number of calls. The last line
 * on standard error is the last call that was tried.
 *
 * @module
 */
import * as gstp from "../../mod.ts";
import { deadline } from "../../src/util/deadline.ts";

const folder = Deno.args[0]!;

/** Values of wrong types, and values at the limits of their type. */
const ODD: unknown[] = [
  ...[
    undefined,
    null,
    NaN,
    -1,
    0,
    1.5,
    Infinity,
    -Infinity,
    1e308,
    2 ** 53,
    2 ** 31,
    -5n,
    2n ** 70n,
  ],
  ...["", " ", "a\0b", "\ud800", "x".repeat(1 << 20), "../..", "%s%n", "a. ! b."],
  ...[true, {}, [], [null], Object.create(null), () => {}, Symbol("odd"), new Date(NaN), /x/],
  ...[new Uint8Array(3), new Proxy({}, {}), class {}, Promise.resolve(1)],
];
/** A message about internals of the library instead of an argument. */
const INSIDE =
  /^Cannot (?:read|convert|destructure|set|mix|access)|is not (?:a function|iterable|a constructor)|BigInt|ERR_/;
const ALLOWED = [
  ...[gstp.GstError, TypeError, RangeError, gstp.TemplateError, Deno.errors.NotFound],
  ...[Deno.errors.AlreadyExists, Deno.errors.IsADirectory, Deno.errors.NotADirectory],
];

const faults: string[] = [];
let calls = 0;

function show(value: unknown): string {
  const text = typeof value === "string"
    ? JSON.stringify(value)
    : Deno.inspect(value, { depth: 1 });
  return text.slice(0, 60).replaceAll("\n", " ");
}

/** Makes a call; notes an error that does not make sense. */
async function attempt(name: string, call: () => unknown): Promise<void> {
  console.error(name);
  calls++;
  try {
    await deadline(Promise.resolve(call()), 5, "HANGS");
  } catch (error) {
    const isAllowed = ALLOWED.some((kind) => error instanceof kind);
    const { message = "" } = error as Error;
    const isLate = error instanceof gstp.GstTimeoutError && message.startsWith("HANGS");
    if (/\(os error \d+\)/.test(message)) return; // the system's own message
    if (isAllowed && !isLate && message !== "" && !INSIDE.test(message)) return;
    const fault = `${name}: ${Deno.inspect(error, { depth: 0 }).split("\n")[0]}`;
    console.log(fault);
    faults.push(fault);
  }
}

/** Calls a function with each odd value in place of each argument. */
async function walk(
  name: string,
  call: (...args: never[]) => unknown,
  args: readonly unknown[],
): Promise<void> {
  for (const at of args.keys()) {
    for (const odd of ODD) {
      const changed = args.map((arg, i) => i === at ? odd : arg);
      await attempt(`${name}(${changed.map(show).join(", ")})`, () => call(...changed as never[]));
    }
  }
}

/** Calls a function with each odd value in place of each option, and of all options. */
async function walkOptions(
  name: string,
  call: (options: never) => unknown,
  options: Record<string, unknown>,
): Promise<void> {
  await walk(name, call, [options]);
  for (const key of Object.keys(options)) {
    for (const odd of ODD) {
      const changed = { ...options, [key]: odd };
      await attempt(`${name}({ ${key}: ${show(odd)} })`, () => call(changed as never));
    }
  }
}

const TEXT =
  "videotestsrc is-live=true ! video/x-raw,width=16,height=16,framerate=30/1 ! tee name=t " +
  "t. ! fakesink name=sink appsrc name=source ! fakesink async=false t. ! queue ! appsink name=frames async=false";
const close = (closed: { close(): unknown }) => closed.close();

/** Reads and calls everything of a pipeline, its bus and an element. */
async function walkPipeline(
  state: string,
  pipeline: gstp.Pipeline,
  element: gstp.Element,
): Promise<void> {
  const at = `${state} pipeline`;
  for (
    const name of [
      "state",
      "isLive",
      "runningTimeNs",
      "runningTimeSec",
      "positionSec",
      "durationSec",
    ]
  ) {
    await attempt(`${at}.${name}`, () => pipeline[name as keyof gstp.Pipeline]);
  }
  await walk(`${at}.element`, (name) => pipeline.element(name), ["t"]);
  await walk(`${at}.setState`, (to) => pipeline.setState(to, { timeoutSec: 1 }), ["paused"]);
  await walkOptions(`${at}.pause`, (options) => pipeline.pause(options), { timeoutSec: 1 });
  await attempt(`${at}.elementNames()`, () => pipeline.elementNames());
  await attempt(`${at}.toDot()`, () => pipeline.toDot());
  await attempt(`${at}.watchProperties()`, () => pipeline.watchProperties());
  await attempt(`${at}.bus.flush()`, () => pipeline.bus.flush());
  await attempt(`${at}.bus.messages()`, async () => await pipeline.bus.messages().return());
  await walk(`${at} element.getProperty`, (name) => element.getProperty(name), ["sync"]);
  await walk(`${at} element.setProperty`, (name, to) => element.setProperty(name, to), [
    "sync",
    true,
  ]);
  await walk(`${at} element.caps`, (name) => element.caps(name), ["sink"]);
  await walk(`${at} element.mediaType`, (name) => element.mediaType(name), ["sink"]);
  await attempt(`${at} element.factoryName`, () => element.factoryName);
}

async function walkRecorder(state: string, recorder: gstp.VideoRecorder): Promise<void> {
  const at = `${state} recorder`;
  await walkOptions(`${at}.record`, (options) => recorder.record(options), {
    ...{ beforeSec: 0.1, afterSec: 0.01, maxDelaySec: 0.01 },
    ...{ at: undefined, onVideoFinished: () => {} },
  });
  await walk(`${at}.snapshot`, (path) => recorder.snapshot(path), [`${folder}/a.jpg`]);
  await walkOptions(
    `${at}.snapshot(path, `,
    (options) => recorder.snapshot(`${folder}/b.jpg`, options),
    {
      at: 0,
    },
  );
  for (const name of ["state", "busy"] as const) {
    await attempt(`${at}.${name}`, () => recorder[name]);
  }
  await attempt(`${at}.stats()`, () => recorder.stats());
}

console.warn = () => {};
const errors: unknown[] = [];
const onError = (error: unknown) => void errors.push(error);

await walk("Pipeline.parse", (text) => close(gstp.Pipeline.parse(text)), ["fakesrc ! fakesink"]);
await walk("hasElement", gstp.hasElement, ["tee"]);
await walk("inspectElement", gstp.inspectElement, ["tee"]);
await walk("formatTemplate", gstp.formatTemplate, ["a={b}", { b: 1 }, { file: "f" }]);
await walk("Template.parse", gstp.Template.parse, ["a={b}", { file: "f" }]);
await walkOptions("template.format", (values) => gstp.Template.parse("a={b}").format(values), {
  b: 1,
});
await walk("verifyClip", gstp.verifyClip, [`${folder}/none.webm`, {}]);
await walkOptions(
  "verifyClip(path, ",
  (options) => gstp.verifyClip(`${folder}/none.webm`, options),
  {
    ...{ decode: false, maxGapSec: 1, maxOffsetSec: 1 },
  },
);
await walkOptions(
  "verifyClip(path, ",
  (options) => gstp.verifyClip(`${folder}/none.webm`, options),
  { against: `${folder}/whole.webm` },
);
await Deno.mkdir(`${folder}/empty`);
await walk("listClips", gstp.listClips, [`${folder}/empty`, {}]);
await walk("listClips(path, { onError: ", (onError) => gstp.listClips(folder, { onError }), [
  onError,
]);
await walk("listParts", gstp.listParts, [`${folder}/empty`]);
await walk("readClip", gstp.readClip, [`${folder}/none.webm`]);
await walk("checkContainer", gstp.checkContainer, [".webm", ["video/x-raw"]]);
await walk("containersFor", gstp.containersFor, [["video/x-raw"]]);
for (const odd of ODD.filter((value) => value !== " " && value !== "../..")) {
  await attempt(`recoverClips(${show(odd)})`, () => gstp.recoverClips(odd as string));
}
await walkOptions("new RetentionPolicy", (options) => new gstp.RetentionPolicy(options), {
  ...{ directory: `${folder}/empty`, maxFiles: 1, maxBytes: 5, maxAgeSec: 5, minAgeSec: 1 },
  ...{ inUse: () => [], clips: () => [], onRemoved: () => {}, onError },
});
await walkOptions("Standalone.buildAndRun(text, ", async (options) => {
  const app = await gstp.Standalone.buildAndRun("videotestsrc num-buffers=1 ! fakesink", options);
  await app.stop();
}, {
  ...{ background: true, startTimeoutSec: 5, stopTimeoutSec: 1, signal: undefined },
  ...{ onMessage: () => {}, beforeStart: () => {}, watchProperties: false },
});

await using pipeline = gstp.Pipeline.parse(TEXT);
const element = pipeline.element("sink");
await walkPipeline("stopped", pipeline, element);
await pipeline.play();
await walkPipeline("playing", pipeline, element);
await pipeline.play();

const recorderOptions = {
  ...{
    pipeline,
    srcTeeName: "t",
    windowSizeSec: 0.2,
    filenameGenerator: () => `${folder}/${crypto.randomUUID()}.webm`,
  },
  ...{
    timeoutSec: 1,
    closeTimeoutSec: 1,
    finishOnExit: false,
    exitTimeoutSec: 1,
    maxRingBytes: 1e6,
  },
  ...{ startAtZero: false, exactStart: false, onWarning: () => {}, onError },
  ...{ ringBufferClass: gstp.RingBuffer, recordBinClass: gstp.RecordBin },
};
await walkOptions(
  "new VideoRecorder",
  (options) => close(new gstp.VideoRecorder(options)),
  recorderOptions,
);
await walk("new VideoRecorder({ tracks: ", (first) =>
  close(
    new gstp.VideoRecorder({ ...recorderOptions, srcTeeName: undefined, tracks: first } as never),
  ), [["t"]]);
const { srcTeeName: _, filenameGenerator: __, ...shared } = recorderOptions;
await walkOptions(
  "new MultiVideoRecorder",
  (options) => close(new gstp.MultiVideoRecorder(options)),
  {
    ...shared,
    ...{ srcTeePrefix: "nosuch", padNumberToFileSuffix: { 0: "a" }, videoStorage: folder },
  },
);
await walkOptions("new RingBuffer", (options) => new gstp.RingBuffer(options).detach(), {
  ...{ pipeline, teeName: "t", windowSec: 1, timeoutSec: 1, maxBytes: 1e6 },
});
const binOptions = {
  path: "a.webm",
  location: `${folder}/bin.webm`,
  tracks: [{ mediaType: "video/x-raw" }],
};
await walkOptions("new RecordBin", (options) => close(new gstp.RecordBin(options)), {
  ...binOptions,
  startAtZero: false,
});
await walkOptions("new AppSink", (options) => new gstp.AppSink(options)[Symbol.dispose](), {
  ...{ pipeline, name: "frames", every: false, maxFrames: 4 },
});
const source = new gstp.AppSrc({ pipeline, name: "source", maxFrames: 10_000 });
await walkOptions("new AppSrc", (options) => new gstp.AppSrc(options), {
  ...{ pipeline, name: "nosuch", caps: "video/x-raw", live: true, maxFrames: 4 },
});
await walk("source.push", (bytes) => source.push(bytes), [new Uint8Array(1)]);
await walkOptions("source.push(bytes, ", (options) => source.push(new Uint8Array(1), options), {
  ...{ ptsSec: 1, durationSec: 1, isKeyframe: true },
});
await walkOptions("new Observation", (options) => new gstp.Observation(options)[Symbol.dispose](), {
  ...{ pipeline, elementName: "t", extractor: () => 1, processor: () => {} },
  ...{ maxFrames: 1, maxResults: 1, onError },
});
for (const generator of ODD) {
  await using recorder = new gstp.VideoRecorder({
    ...recorderOptions,
    filenameGenerator: () => generator as string,
  });
  await attempt(
    `filenameGenerator gives ${show(generator)}`,
    () => recorder.record({ maxDelaySec: 0.01 }),
  );
}
const recorder = new gstp.VideoRecorder(recorderOptions);
await walkRecorder("armed", recorder);
await recorder.close();
await walkRecorder("closed", recorder);
const bin = new gstp.RecordBin(binOptions);
await bin.close();
for (const name of ["start", "endStream", "backlog", "isEnded", "close", "closeNow"] as const) {
  await attempt(`closed bin.${name}()`, () => bin[name]());
}
const ring = new gstp.RingBuffer({ pipeline, teeName: "t", windowSec: 1, timeoutSec: 1 });
const frame = await deadline(
  (async () => {
    for (;;) {
      const [first, ...others] = ring.drain();
      for (const other of others) other.release();
      if (first !== undefined) return first;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })(),
  10,
  "no frame",
);
await walk("bin.write", (frame, track) => new gstp.RecordBin(binOptions).write(frame, track), [
  frame,
  0,
]);
await attempt("closed bin.write()", () => bin.write(frame));
frame.release();
frame.release();
for (const name of ["sample", "mediaType", "caps", "timeNs"] as const) {
  await attempt(`released frame.${name}`, () => frame[name]);
}
ring.detach();
for (const name of ["drain", "resize", "detach"] as const) {
  await attempt(`detached ring.${name}()`, () => ring[name]());
}
for (const name of ["path", "isEos", "failure", "frameNs", "holdSec", "isLive"] as const) {
  await attempt(`detached ring.${name}`, () => ring[name]);
}
const app = await gstp.Standalone.buildAndRun("videotestsrc is-live=true ! fakesink", {
  background: true,
});
await walkOptions("app.stop", (options) => app.stop(options), { timeoutSec: 1 });
await pipeline.close();
await walkPipeline("closed", pipeline, element);
await walkRecorder("orphaned", recorder);
await walkOptions(
  "source.push after close(bytes, ",
  (options) => source.push(new Uint8Array(1), options),
  {
    ptsSec: 1,
  },
);
await walkOptions("new VideoRecorder of a closed pipeline", (options) =>
  close(
    new gstp.VideoRecorder(options),
  ), { ...recorderOptions });

console.log(`${calls} calls, ${faults.length} faults`);
Deno.exit(faults.length === 0 ? 0 : 1);
