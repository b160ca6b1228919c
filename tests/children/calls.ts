/**
 * Calls recorders in unusual ways, and prints the results as JSON. Collects garbage all the time where there is a gc()
 * function.
 *
 *     deno run -A calls.ts WAY FOLDER
 *
 * @module
 */
import { GstClosedError, Pipeline, type RecordingReport } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { blockEventLoop } from "../helpers/event_loop.ts";
import {
  newPaths,
  recordClip,
  recordClips,
  recorderOf,
  ringFull,
  runLive,
  SOURCE,
} from "../helpers/recording.ts";
import { sinkStats } from "../helpers/sink_stats.ts";
import { reached, until } from "../helpers/wait.ts";

const [way, folder] = [Deno.args[0]!, Deno.args[1]!];
const paths = newPaths(folder);
const { gc } = globalThis as { gc?: () => void };
const collecting = gc && setInterval(gc, 2);

/** For busy machines. */
const PATIENT = { maxDelaySec: 10 };

const WAYS: Record<string, () => Promise<unknown>> = {
  /** 10,000 calls in one turn of the event loop. */
  async burst() {
    await using app = await runLive();
    await using recorder = recorderOf(app.pipeline, paths);
    await ringFull(app.pipeline);
    const calls = Array.from({ length: 10_000 }, () => recorder.record());
    const recordings = await Promise.all(calls);
    const reports = await Promise.all(recordings.map(({ finished }) => finished));
    return {
      clips: new Set(reports).size,
      reports: [reports[0], await recordClip(recorder, PATIENT)],
    };
  },
  /** Two recorders on one tee, called at random times. */
  async two() {
    await using app = await runLive();
    const recorders = [recorderOf(app.pipeline, paths), recorderOf(app.pipeline, paths)];
    await ringFull(app.pipeline);
    const reports = new Set<RecordingReport>();
    await Promise.all(recorders.map(async (recorder) => {
      for (let call = 0; call < 12; call++) {
        const { finished } = await recorder.record(PATIENT);
        finished.then((report) => reports.add(report));
        await sleep(Math.random() ** 3);
      }
      await until("its clips are finished", () => !recorder.busy);
    }));
    return { reports: [...reports] };
  },
  /** An event loop that is blocked for 5 s in the middle of a clip and before one. */
  async blocked() {
    await using app = await runLive(`${SOURCE} t. ! fakesink name=seen`);
    const seen = () => sinkStats(app.pipeline, "seen").rendered;
    await using recorder = recorderOf(app.pipeline, paths);
    await ringFull(app.pipeline);
    const { finished } = await recorder.record({ afterSec: 6 });
    const before = seen();
    blockEventLoop(5);
    const flowed = seen() - before;
    return { flowed, reports: [await finished, await recordClip(recorder, PATIENT)] };
  },
  /** stop() and close() of the pipeline with clips open. */
  async stopped() {
    const reports: RecordingReport[] = [];
    for (const end of ["stop", "close"] as const) {
      await using app = await runLive();
      const recorders = Array.from({ length: 4 }, () => recorderOf(app.pipeline, paths));
      await ringFull(app.pipeline);
      const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
      await app.pipeline[end]();
      for (const { finished } of recordings) reports.push(await finished);
    }
    return { reports };
  },
  /** A call in each state of pipeline and recorder. */
  async states() {
    const outcomes: Record<string, string> = {};
    const pipeline = Pipeline.parse(`${SOURCE} t. ! fakesink`);
    const recorder = recorderOf(pipeline, paths);
    const call = async (state: string, maxDelaySec = 10) => {
      outcomes[state] = await recordClip(recorder, { maxDelaySec })
        .then(() => "clip", (error) => (error.cause ?? error).name);
    };
    await call("stopped", 0.05);
    await pipeline.setState("ready");
    await call("ready", 0.05);
    await pipeline.pause();
    await call("paused before the first frame", 0.05);
    const early = call("waiting for the first frame");
    await pipeline.play();
    await early;
    await call("playing");
    const { finished } = await recorder.record();
    await until("the clip is being finished", () => recorder.state !== "recording");
    await call("finishing");
    await finished;
    await pipeline.pause();
    const paused = call("paused", 10);
    await pipeline.play();
    await paused;
    await pipeline.sendEos();
    await call("at the end of the stream");
    const stopping = pipeline.stop();
    await call("stopping");
    await stopping;
    await call("stopped again");
    await recorder.close();
    await call("closed");
    await pipeline.close();
    await call("pipeline closed");
    return { outcomes, closed: GstClosedError.name };
  },
  /** Clips while garbage is collected all the time. */
  async collected() {
    await using app = await runLive(
      `${SOURCE} t. ! queue ! x264enc tune=zerolatency key-int-max=5 ! h264parse ! tee name=h264 h264. ! fakesink`,
    );
    const recorders = [".webm", ".mkv", ".mp4", ".ts"].flatMap((extension) => [
      recorderOf(app.pipeline, newPaths(folder, extension)),
      ...(extension === ".webm" ? [] : [recorderOf(app.pipeline, newPaths(folder, extension), {
        srcTeeName: "h264",
        onWarning: () => {},
      })]),
    ]);
    await ringFull(app.pipeline);
    const reports: RecordingReport[] = [];
    for (let round = 0; round < 3; round++) {
      reports.push(...await recordClips(recorders, PATIENT));
      await recorders[0]!.snapshot(`${folder}/${round}.png`);
    }
    await reached(app.pipeline, 1);
    return { reports };
  },
};

console.log(JSON.stringify(await WAYS[way]!()));
clearInterval(collecting);
