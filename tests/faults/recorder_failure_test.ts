/**
 * Record bins and ring buffers that fail, hang or do not keep up: the recorder tells, is done within a bounded time, and
 * goes on where it can.
 */
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  type GstError,
  GstTimeoutError,
  RecordBin,
  RecordingError,
  RingBuffer,
  type Standalone,
} from "../../mod.ts";
import { deadline } from "../../src/util/deadline.ts";
import { FPS } from "../helpers/fps.ts";
import { printedErrors } from "../helpers/printed_errors.ts";
import {
  checkComplete,
  checkFile,
  newPaths,
  recorderOf,
  ringFull,
  runLive,
  WINDOW_SEC,
} from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached, until } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

const TAIL = "videoconvert ! vp8enc deadline=1 ! webmmux " +
  "! filesink name=filesink buffer-mode=unbuffered";

Deno.test("record() rejects where the file cannot be made in time, and leaves none behind", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const { promise: mayStart, resolve: letStart } = Promise.withResolvers<void>();
  let closed = 0;
  class LateBin extends RecordBin {
    override async start(): Promise<void> {
      await mayStart;
      await super.start();
    }
    override async close(): Promise<void> {
      await super.close();
      closed++;
    }
  }
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path), { recordBinClass: LateBin });
  await ringFull(app.pipeline);
  const error = await assertRejects(() => recorder.record({ maxDelaySec: 0.1 }), RecordingError);
  assertInstanceOf(error.cause, GstTimeoutError);
  assertEquals([error.partPath, recorder.busy], [undefined, false]);
  letStart();
  await until("the late record bin is closed", () => closed > 0);
  await until("its file is gone", () => [...Deno.readDirSync(dir.path)].length === 0);
  await checkComplete(await (await recorder.record()).finished);
});

Deno.test("finished prints its error where nobody awaits it", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  class FailingBin extends RecordBin {
    static override readonly binString: string =
      `appsrc name=appsrc ! identity error-after=5 ! ${TAIL}`;
  }
  const options = { recordBinClass: FailingBin };
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path), options);
  const callbacks: unknown[] = [];
  const printed = await printedErrors(async () => {
    await recorder.record({ onVideoFinished: (report) => void callbacks.push(report) });
    await until("the clip has failed", () => !recorder.busy);
    await recorder.close();
  });
  assertEquals([printed.length, callbacks.length], [1, 0]);
  assertInstanceOf(printed[0], RecordingError);
});

Deno.test("a ring buffer that fails ends its recorder and its clip, and nothing else", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  class FailingRing extends RingBuffer {
    // what the broken element returns must not stop the tee, as far as this test goes
    static override readonly binString: string =
      "errorignore ! identity name=broken error-after=24 ! appsink name=ringbuffer_appsink";
  }
  const errors: GstError[] = [];
  await using broken = recorderOf(app.pipeline, newPaths(dir.path), {
    ringBufferClass: FailingRing,
    onError: (error) => void errors.push(error),
  });
  await using other = recorderOf(app.pipeline, newPaths(dir.path));
  await reached(app.pipeline, app.pipeline.runningTimeSec! + 0.6);
  const recording = await broken.record();
  const report = await deadline(recording.finished, 20, "The clip does not end");
  assert(report.shortfalls.includes("ring-failed"));
  assert(report.end < report.requested.end);
  await checkFile(report);
  assertEquals([errors.length, errors[0]!.path?.includes("broken")], [1, true]);
  assertEquals(broken.state, "detached");
  assertEquals(await assertRejects(() => broken.record()), errors[0]);
  assertEquals(app.pipeline.state, "playing");
  await reached(app.pipeline, app.pipeline.runningTimeSec! + WINDOW_SEC);
  await checkComplete(await (await other.record()).finished);
  addRow(import.meta.url, {
    fault: "a ring fails in mid-clip",
    tries: 1,
    outcome: "the clip ends and says ring-failed, another recorder's goes on",
    lost: "0 frames before that",
  });
});

Deno.test("record bins that hang or lag keep nothing up for ever", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await Promise.all([
    lag(app, dir.path),
    standStill(app, dir.path),
    trickle(app, dir.path),
    hang(app, dir.path),
    closeLate(app, dir.path),
  ]);
  assertEquals(app.pipeline.state, "playing");
  addRow(import.meta.url, {
    fault: "record bins that lag, stand still, trickle, hang or close late",
    tries: 5,
    outcome: "finished or given up in a bounded time",
    lost: "what they had not written",
  });
});

/** An encoder that starts after seconds, then takes frames as they come: what cannot wait for it is dropped. */
async function lag(app: Standalone, folder: string): Promise<void> {
  class LaggingBin extends RecordBin {
    static override readonly binString: string =
      `appsrc name=appsrc ! identity sync=true ts-offset=8000000000 ! ${TAIL}`;
  }
  await using recorder = recorderOf(app.pipeline, newPaths(folder), { recordBinClass: LaggingBin });
  await ringFull(app.pipeline);
  const { finished } = await recorder.record({ afterSec: 7 });
  const report = await finished;
  assertEquals(report.shortfalls, ["encoder-too-slow"]);
  const { start, end } = report.requested;
  assert(report.frames < (end - start) * FPS - 1, Deno.inspect(report));
  await checkFile(report);
}

/** An encoder that stands still after the last frame: the clip is given up after a while. */
async function standStill(app: Standalone, folder: string): Promise<void> {
  class StandingBin extends RecordBin {
    static override readonly binString: string =
      `appsrc name=appsrc ! identity sync=true ts-offset=3600000000000 ! ${TAIL}`;
  }
  await using recorder = recorderOf(app.pipeline, newPaths(folder), {
    recordBinClass: StandingBin,
  });
  const { finished } = await recorder.record();
  await deadline(
    assertRejects(() => finished, RecordingError, "The encoder stood still"),
    40,
    "The clip does not end",
  );
}

/** An encoder that has taken all frames long before it has written them: it gets the time that it needs. */
async function trickle(app: Standalone, folder: string): Promise<void> {
  class TricklingBin extends RecordBin {
    static override readonly binString: string =
      `appsrc name=appsrc ! queue max-size-time=0 ! identity sleep-time=1300000 ! ${TAIL}`;
  }
  await using recorder = recorderOf(app.pipeline, newPaths(folder), {
    recordBinClass: TricklingBin,
  });
  await ringFull(app.pipeline);
  await checkComplete(await (await recorder.record()).finished);
}

/** An encoder that cannot be stopped: close() leaves it behind. */
async function hang(app: Standalone, folder: string): Promise<void> {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  let isStopped = false;
  class HangingBin extends RecordBin {
    static override readonly binString: string =
      `appsrc name=appsrc ! identity sleep-time=6000000 ! ${TAIL}`;
    override async close(): Promise<void> {
      await super.close();
      isStopped = true;
      resolve();
    }
  }
  const recorder = recorderOf(app.pipeline, newPaths(folder), {
    recordBinClass: HangingBin,
    closeTimeoutSec: 0.3,
  });
  const { finished } = await recorder.record();
  const failed = assertRejects(() => finished, RecordingError, "Not finished within 0.3 s");
  await recorder.close();
  const error = await failed;
  assertInstanceOf(error.cause, GstTimeoutError);
  assertEquals(isStopped, false);
  await stopped;
}

/** A file that is closed after its clip was given up: it stays where the error said. */
async function closeLate(app: Standalone, folder: string): Promise<void> {
  const { promise: mayClose, resolve: letClose } = Promise.withResolvers<void>();
  let isClosed = false;
  class LateBin extends RecordBin {
    override async close(): Promise<void> {
      await mayClose;
      await super.close();
      isClosed = true;
    }
  }
  const recorder = recorderOf(app.pipeline, newPaths(folder), {
    recordBinClass: LateBin,
    closeTimeoutSec: 0.3,
  });
  const { path, finished } = await recorder.record();
  const failed = assertRejects(() => finished, RecordingError);
  await recorder.close();
  assertEquals((await failed).partPath, `${path}.part`);
  letClose();
  await until("the record bin is closed", () => isClosed);
  await new Promise((resolve) => setTimeout(resolve)); // what follows upon that has its turn
  const names = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
  assertEquals([names.includes(path), names.includes(`${path}.part`)], [false, true]);
}
