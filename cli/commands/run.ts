/**
 * `gstp` without a command: runs a pipeline.
 *
 * @module
 */
import { GstError, gstVersion, type Message, type Pipeline, Standalone } from "../../mod.ts";
import { RUN_OPTIONS } from "../args/options.ts";
import {
  type ObserveArguments,
  type PlaybackArguments,
  readRunArguments,
} from "../args/run_arguments.ts";
import { Observer } from "../observe/observer.ts";
import { readPipelineFile } from "../pipeline_file/pipeline_file.ts";
import { pipelineText } from "../pipeline_file/pipeline_text.ts";
import { placeholderHelp } from "../pipeline_file/placeholder_help.ts";
import { Display } from "../terminal/display.ts";
import { formatTime } from "../terminal/format.ts";
import { observerLines, problemLines } from "../terminal/message_lines.ts";
import { printMessage } from "../terminal/print_message.ts";
import { Shutdown, STOP_LIMIT_SEC } from "../terminal/shutdown.ts";
import { usage } from "./help.ts";
import { versions } from "./version.ts";
import { print, printRaw } from "../terminal/print.ts";

/** How to run a pipeline. */
type RunOptions = Omit<PlaybackArguments, "dryRun"> & { observe: ObserveArguments | undefined };

/** Milliseconds between two updates of the status line. */
const STATUS_MS = 100;

/** Runs a pipeline, or prints the help, the versions or the pipeline's text; returns the exit status. */
export async function run(args: string[]): Promise<number> {
  const options = readRunArguments(args);
  const { help, version, source, dryRun } = options;
  if (help) {
    const isFile = source !== undefined && "file" in source;
    const file = isFile ? await readPipelineFile(source.file) : undefined;
    print(file === undefined ? usage() : `${usage()}\n${placeholderHelp(file, RUN_OPTIONS)}`);
    return 0;
  }
  if (version) {
    print(versions());
    return 0;
  }
  const text = await pipelineText(options, RUN_OPTIONS);
  if (!dryRun) return await runPipeline(text, options);
  printRaw(text.trim());
  return 0;
}

/** Runs a pipeline to its end, or until it is interrupted; returns the exit status. */
async function runPipeline(text: string, options: RunOptions): Promise<number> {
  const { verbose, quiet } = options;
  const display = new Display(({ message }) => {
    const text = `standard output failed, finishing: ${message}`;
    shutdown.request({ text, status: 1, forcedStatus: 1 });
  });
  const warn = (line: string) => {
    display.status("");
    display.note(`gstp: ${line}`);
  };
  const note = (line: string) => {
    if (!quiet) display.note(`gstp: ${line}`);
  };
  using shutdown = new Shutdown({ onStop: note, onForce: warn });
  const observer = options.observe && await Observer.load(options.observe, {
    onError: (error) => display.note(observerLines(error, verbose)),
    onFailure: (error) => display.note(`error: ${error.message}`),
    onFatal: (text) => shutdown.request({ text, status: 1, forcedStatus: 1 }),
    signal: shutdown.signal,
  });
  let isPlaying = false;
  let isFinished = false;
  const onMessage = (message: Message) => {
    if (message.type === "eos") isFinished = true;
    printMessage(message, display, { ...options, isFinished });
  };
  try {
    const app = await start(text, options, shutdown, { observer, onMessage });
    // a request to stop may have come too late to keep it from starting
    isPlaying = shutdown.reason === undefined;
    const startMs = performance.now();
    if (isPlaying) note(app.pipeline.isLive ? "playing (live)" : "playing");
    using _status = showPosition(app.pipeline, display);
    await app.ended;
    if (isFinished) note(`end of stream after ${formatTime((performance.now() - startMs) / 1000)}`);
  } catch (error) {
    if (error !== shutdown.reason) {
      if (!(error instanceof GstError)) throw error;
      display.note(problemLines("error", error, verbose));
      return 1;
    }
  } finally {
    const summary = await observer?.finish();
    if (summary !== undefined) note(summary);
  }
  return shutdown.exitStatus(isFinished || !isPlaying, warn);
}

/** Starts the pipeline; the time of `--timeout` counts from when it plays. */
async function start(
  text: string,
  { verbose, timeoutSec }: RunOptions,
  shutdown: Shutdown,
  { observer, onMessage }: {
    observer: Observer | undefined;
    onMessage: (message: Message) => void;
  },
): Promise<Standalone> {
  gstVersion(); // Deno asks for the permission to open libraries, before the time counts
  const stopAfter = (text: string, status: number) =>
    timeoutSec === undefined
      ? () => {}
      : shutdown.requestAfter(timeoutSec, { text, status, forcedStatus: 1 });
  const cancel = stopAfter(`not playing within ${timeoutSec} s: stopping`, 1);
  const app = await Standalone.buildAndRun(text, {
    background: true,
    startTimeoutSec: Infinity,
    stopTimeoutSec: STOP_LIMIT_SEC,
    signal: shutdown.signal,
    watchProperties: verbose,
    beforeStart: (pipeline) => observer?.attach(pipeline),
    onMessage,
  });
  cancel();
  stopAfter(`played for ${timeoutSec} s: finishing`, 0);
  return app;
}

/** Shows the position on the status line until disposed. */
function showPosition(pipeline: Pipeline, display: Display): Disposable {
  const update = () => {
    if (pipeline.state === "null") return;
    const position = pipeline.positionSec ?? pipeline.runningTimeSec ?? 0;
    const duration = pipeline.durationSec;
    display.status(formatTime(position) + (duration === null ? "" : ` / ${formatTime(duration)}`));
  };
  const timer = display.hasStatus ? setInterval(update, STATUS_MS) : undefined;
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      display.status("");
    },
  };
}
