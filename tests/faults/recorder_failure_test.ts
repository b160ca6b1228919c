/**
 * Record bins and ring buffers that fail, hang or are too slow: the recorder reports that within a bounded time, and
 * continues where it can.
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
import { sleep } from "../../scripts/lib/sleep.ts";
import { deadline } from "../../src/util/deadline.ts";
import { fileNames } from "../helpers/file_names.ts";
import { FPS } from "../helpers/fps.ts";
import { printedErrors } from "../helpers/printed_errors.ts";
import {
  checkComplete,
  checkFile,
  newPaths,
  recordClip,
  recorderOf,
  reportOf,
  ringFull,
  runLive,
  WINDOW_SEC,
} from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, until } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

const TAIL = "videoconvert ! vp8enc deadline=1 ! webmmux " +
  "! filesink name=filesink buffer-mode=unbuffered";

Deno.test("record() rejects where the file is not created in time, and leaves none behind", async () => {
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
  await until("its file is gone", () => fileNames(dir.path).length === 0);
  await checkComplete(await recordClip(recorder));
});

Deno.test("finished prints an error that nobody awaits", async () => {
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

Deno.test("VideoRecorder finishes its clip when its ring fails, and other recorders continue", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  class FailingRing extends RingBuffer {
    // the flow return of the broken element must not stop the tee in this test
    static override readonly binString: string =
      "errorignore ! identity name=broken error-after=24 ! appsink name=ringbuffer_appsink";
  }
  const errors: GstError[] = [];
  await using broken = recorderOf(app.pipeline, newPaths(dir.path), {
    ringBufferClass: FailingRing,
    onError: (error) => void errors.push(error),
  });
  await using other = recorderOf(app.pipeline, newPaths(dir.path));
  await playFor(app.pipeline, 0.6);
  const report = await reportOf(await broken.record());
  assert(report.shortfalls.includes("ring-failed"));
  assert(report.end < report.requested.end);
  await checkFile(report);
  assertEquals([errors.length, errors[0]!.path?.includes("broken")], [1, true]);
  assertEquals(broken.state, "detached");
  assertEquals(await assertRejects(() => broken.record()), errors[0]);
  assertEquals(app.pipeline.state, "playing");
  await playFor(app.pipeline, WINDOW_SEC);
  await checkComplete(await recordClip(other));
  addRow(import.meta.url, {
    fault: "a ring fails in mid-clip",
    tries: 1,
    outcome: "the clip is finished with ring-failed, another recorder continues",
    lost: "0 frames before that",
  });
});

Deno.test("VideoRecorder waits a bounded time for record bins that hang or are slow", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await Promise.all([
    lag(app, dir.path),
    stall(app, dir.path),
    trickle(app, dir.path),
    hang(app, dir.path),
    closeLate(app, dir.path),
  ]);
  assertEquals(app.pipeline.state, "playing");
  addRow(import.meta.url, {
    fault: "record bins that lag, stall, trickle, hang or close late",
    tries: 5,
    outcome: "finished or given up in a bounded time",
    lost: "the frames that they had not written",
  });
});

/** An encoder that starts late, then keeps up: frames beyond the backlog are dropped. */
async function lag(app: Standalone, folder: string): Promise<void> {
  class LaggingBin extends RecordBin {
    static override readonly binString: string =
      `appsrc name=appsrc ! identity sync=true ts-offset=8000000000 ! ${TAIL}`;
  }
  await using recorder = recorderOf(app.pipeline, newPaths(folder), { recordBinClass: LaggingBin });
  await ringFull(app.pipeline);
  const report = await recordClip(recorder, { afterSec: 7 });
  assertEquals(report.shortfalls, ["encoder-too-slow"]);
  const { start, end } = report.requested;
  assert(report.frames < (end - start) * FPS - 1, Deno.inspect(report));
  await checkFile(report);
}

/** An encoder that stalls after the last frame: the clip is given up after a while. */
async function stall(app: Standalone, folder: string): Promise<void> {
  class StallingBin extends RecordBin {
    static override readonly binString: string =
      `appsrc name=appsrc ! identity sync=true ts-offset=3600000000000 ! ${TAIL}`;
  }
  await using recorder = recorderOf(app.pipeline, newPaths(folder), {
    recordBinClass: StallingBin,
  });
  const { finished } = await recorder.record();
  await deadline(
    assertRejects(() => finished, RecordingError, "The encoder made no progress"),
    40,
    "The clip does not end",
  );
}

/** An encoder that has taken all frames long before it has written them: it gets the time that it takes. */
async function trickle(app: Standalone, folder: string): Promise<void> {
  class TricklingBin extends RecordBin {
    static override readonly binString: string =
      `appsrc name=appsrc ! queue max-size-time=0 ! identity sleep-time=1300000 ! ${TAIL}`;
  }
  await using recorder = recorderOf(app.pipeline, newPaths(folder), {
    recordBinClass: TricklingBin,
  });
  await ringFull(app.pipeline);
  await checkComplete(await recordClip(recorder));
}

/** An encoder that cannot be stopped: close() does not wait for it. */
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

/** A file that is closed after its clip was given up: it stays at the path of the error. */
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
  await sleep(0); // until the recorder has reacted to that
  const names = fileNames(folder).map((name) => `${folder}/${name}`);
  assertEquals([names.includes(path), names.includes(`${path}.part`)], [false, true]);
}
