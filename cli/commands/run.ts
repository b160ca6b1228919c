/**
 * Runs a pipeline in the foreground of a terminal or a script.
 *
 * @module
 */
import { GstError, type Message, type Pipeline, Standalone } from "../../mod.ts";
import { Display, formatTime } from "../terminal/display.ts";
import {
  messageLine,
  observerLines,
  problemLines,
  propertyLine,
} from "../terminal/message_lines.ts";
import { type ObserveArguments, Observer } from "../observe/observer.ts";
import { Shutdown, type ShutdownReason, STOP_LIMIT_SEC } from "../terminal/shutdown.ts";

/** How to run. */
export interface RunOptions {
  verbose: boolean;
  quiet: boolean;
  messages: boolean;
  timeoutSec: number | undefined;
  observe: ObserveArguments | undefined;
}

/** Milliseconds between two updates of the status line. */
const STATUS_MS = 100;

/**
 * Runs a pipeline to its end, or until it is interrupted.
 *
 * @returns The exit status.
 */
export async function runPipeline(text: string, options: RunOptions): Promise<number> {
  const display = new Display((error) =>
    stopper.request({
      text: `standard output failed, finishing: ${error.message}`,
      status: 1,
      forcedStatus: 1,
    })
  );
  const warn = (line: string) => {
    display.status("");
    display.note(`gstp: ${line}`);
  };
  const note = (line: string) => {
    if (!options.quiet) display.note(`gstp: ${line}`);
  };
  using stopper = new Shutdown({ onStop: note, onForce: warn });
  const observer = options.observe && await Observer.load(options.observe, {
    onError: (error) => display.note(observerLines(error, options.verbose)),
    onFailure: (error) => display.note(`error: ${error.message}`),
    onFatal: (text) => stopper.request({ text, status: 1, forcedStatus: 1 }),
    signal: stopper.signal,
  });
  let isPlaying = false;
  let isFinished = false;
  const onMessage = (message: Message) => {
    if (message.type === "eos") isFinished = true;
    showMessage(message, display, { ...options, isFinished });
  };
  try {
    const app = await start(text, options, stopper, { observer, onMessage });
    // a stop asked for on the way may have come too late to keep it from starting
    isPlaying = stopper.reason === undefined;
    const startMs = performance.now();
    if (isPlaying) note(app.pipeline.isLive ? "playing (live)" : "playing");
    using _status = showPosition(app.pipeline, display);
    await app.ended;
    if (isFinished) note(`end of stream after ${formatTime((performance.now() - startMs) / 1000)}`);
  } catch (error) {
    if (error !== stopper.reason) {
      if (!(error instanceof GstError)) throw error;
      display.note(problemLines("error", error, options.verbose));
      return 1;
    }
  } finally {
    const summary = await observer?.finish();
    if (summary !== undefined) note(summary);
  }
  return endStatus(stopper.reason, isFinished || !isPlaying, warn);
}

/** Starts the pipeline; the time of `--timeout` counts from when it plays. */
async function start(
  text: string,
  { verbose, timeoutSec }: RunOptions,
  stopper: Shutdown,
  { observer, onMessage }: {
    observer: Observer | undefined;
    onMessage: (message: Message) => void;
  },
): Promise<Standalone> {
  const stopAfter = (text: string, status: number) =>
    timeoutSec === undefined
      ? () => {}
      : stopper.requestAfter(timeoutSec, { text, status, forcedStatus: 1 });
  const cancel = stopAfter(`not playing within ${timeoutSec} s: stopping`, 1);
  const app = await Standalone.buildAndRun(text, {
    background: true,
    startTimeoutSec: Infinity,
    stopTimeoutSec: STOP_LIMIT_SEC,
    signal: stopper.signal,
    watchProperties: verbose,
    beforeStart: (pipeline) => observer?.attach(pipeline),
    onMessage,
  });
  cancel();
  stopAfter(`played for ${timeoutSec} s: finishing`, 0);
  return app;
}

/** Prints what is wanted of a message; an error ends the run, and is printed then, unless the stream is over. */
export function showMessage(
  message: Message,
  display: Display,
  options: RunOptions & { isFinished: boolean },
): void {
  if (message.type === "property-notify") {
    if (options.verbose) display.print(propertyLine(message));
    return;
  }
  if (options.messages) display.print(messageLine(message));
  if (message.type === "error" && options.isFinished && !options.quiet) {
    display.note(problemLines("while stopping", message.error, options.verbose));
  }
  if ((message.type === "warning" || message.type === "info") && !options.quiet) {
    display.note(problemLines(message.type, message.error, options.verbose));
  }
}

/** Keeps the status line up to date until disposed. */
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

/** The exit status of a run without an error. */
export function endStatus(
  reason: ShutdownReason | undefined,
  isFinished: boolean,
  warn: (line: string) => void,
): number {
  if (reason === undefined || isFinished) return reason?.status ?? 0;
  warn(`no end of stream within ${STOP_LIMIT_SEC} s: files may be unfinished`);
  return reason.forcedStatus;
}
