/**
 * A run of `gstp record`, from the pipeline's start to its end.
 *
 * @module
 */
import { GstClosedError, GstError, Standalone } from "../../mod.ts";
import { Display } from "../terminal/display.ts";
import { UsageError } from "../args/usage_error.ts";
import { problemLines } from "../terminal/message_lines.ts";
import { endStatus, showMessage } from "../commands/run.ts";
import { Shutdown, STOP_LIMIT_SEC } from "../terminal/shutdown.ts";
import { isLoopback, origin } from "../args/address.ts";
import type { RecordArguments } from "../args/record_arguments.ts";
import { ClipFolder } from "./clip_folder.ts";
import { Events, type TimedEvent, type Trigger } from "./events.ts";
import { OutputQueue } from "../terminal/output_queue.ts";
import { chooseTees, Recorders, statusEvent } from "./recorders.ts";
import type { RecordServer } from "../server/server.ts";
import { eventLine, statusLine } from "./status_line.ts";
import { listenForTriggers, type Triggers } from "./triggers.ts";

/** A variable, as Deno would fetch the libraries of what is named here for whoever runs a pipeline. */
const SERVER: string = "../server/server.ts";
/** Milliseconds in which most pipelines play; cameras that are off do not. */
const START_MS = 3000;
/** Milliseconds between two updates of the status line. */
const STATUS_MS = 1000;

/** Runs a pipeline with recorders until it ends or is interrupted; returns the exit status. */
export async function recordPipeline(text: string, options: RecordArguments): Promise<number> {
  const session = new Session(options);
  return await session.run(text).finally(() => session.flush());
}

class Session {
  readonly #options: RecordArguments;
  readonly #events = new Events();
  readonly #output: OutputQueue;
  readonly #display: Display;
  readonly #stopper: Shutdown;
  #serverClass: typeof RecordServer | undefined;
  /** Undefined before they are armed. */
  #recorders: Recorders | undefined;
  #isFinished = false;

  constructor(options: RecordArguments) {
    this.#options = options;
    const onFailed = ({ message }: Error) =>
      this.#fail(`standard output failed, finishing: ${message}`);
    this.#output = new OutputQueue((stream, error) => {
      if (stream === Deno.stdout) onFailed(error);
    });
    this.#display = new Display(onFailed, (stream, text) => void this.#output.push(stream, text));
    this.#stopper = new Shutdown({
      onStop: (text) => this.#note(text),
      onForce: (text) => {
        this.#output.hurry();
        this.#display.status("");
        this.#warn(text);
      },
    });
    this.#events.listen((event) => this.#show(event));
  }

  /** Waits a little for what there is to print. */
  async flush(): Promise<void> {
    await this.#output.flush();
  }

  async run(text: string): Promise<number> {
    using stopper = this.#stopper;
    const { folder: path, retention, run } = this.#options;
    using folder = await ClipFolder.make(path, retention, this.#events);
    if (this.#options.listen !== undefined) this.#serverClass = await loadServer();
    // from now on: a signal that nobody listens to would end the process
    using triggers = listenForTriggers((trigger) => this.#trigger(trigger));
    const recovering = folder.recover();
    const scratch = await Deno.makeTempDir({ prefix: "gstp-" });
    let isPlaying = false;
    try {
      const app = await this.#start(text);
      isPlaying = stopper.reason === undefined;
      try {
        if (isPlaying) await this.#record(app, folder, scratch, triggers);
        await app.ended;
        if (stopper.reason === undefined) await recovering;
      } finally {
        // `ended` has told of an element that does not stop
        await app.stop().catch(() => {});
      }
      if (this.#isFinished) this.#note("end of stream");
    } catch (error) {
      if (error !== stopper.reason) {
        if (!(error instanceof GstError)) throw error;
        this.#display.note(problemLines("error", error, run.verbose));
        return 1;
      }
    } finally {
      await Deno.remove(scratch, { recursive: true });
    }
    return endStatus(stopper.reason, this.#isFinished || !isPlaying, (line) => this.#warn(line));
  }

  async #start(text: string): Promise<Standalone> {
    const { run } = this.#options;
    const { timeoutSec } = run;
    const waiting = setTimeout(() => this.#note("waiting for the pipeline to play"), START_MS);
    const app = await Standalone.buildAndRun(text, {
      background: true,
      startTimeoutSec: Infinity,
      stopTimeoutSec: STOP_LIMIT_SEC,
      signal: this.#stopper.signal,
      watchProperties: run.verbose,
      onMessage: (message) => {
        if (message.type === "eos") this.#isFinished = true;
        showMessage(message, this.#display, { ...run, isFinished: this.#isFinished });
      },
    }).finally(() => clearTimeout(waiting));
    if (timeoutSec !== undefined) {
      const reason = { text: `played for ${timeoutSec} s: finishing`, status: 0, forcedStatus: 1 };
      this.#stopper.requestAfter(timeoutSec, reason);
    }
    return app;
  }

  /** Arms the recorders, lets triggers and requests in, and waits for the end of the stream and of all clips. */
  async #record(
    app: Standalone,
    folder: ClipFolder,
    scratch: string,
    triggers: Triggers,
  ): Promise<void> {
    const { pipeline, ended } = app;
    const recorders = new Recorders({
      ...{ pipeline, folder, scratch },
      options: this.#options,
      events: this.#events,
      onWarning: (text) => this.#warn(text),
      onFailure: ({ message }) => this.#fail(`a recorder failed, finishing: ${message}`),
    });
    try {
      await recorders.arm(
        chooseTees(pipeline, this.#options.tees),
        (tees) =>
          this.#note(`waiting for the first frame: ${tees.map(({ name }) => name).join(", ")}`),
        this.#stopper.signal,
      );
      if (this.#stopper.reason !== undefined) return;
      await folder.tidy();
      await using _server = this.#serve(recorders, folder);
      this.#recorders = recorders;
      this.#note(`record with: ${triggers.names.join(", ")}`);
      using _status = this.#showStatus(recorders);
      await ended.finally(() => recorders.settled());
    } catch (error) {
      // it ended meanwhile: that tells why
      if (!(error instanceof GstClosedError)) throw error;
    }
  }

  #trigger(trigger: Trigger): void {
    if (this.#recorders === undefined) this.#note("not recording yet: a trigger was ignored");
    else void this.#recorders.record(trigger);
  }

  #serve(recorders: Recorders, folder: ClipFolder): RecordServer | undefined {
    const { listen: address, token } = this.#options;
    if (address === undefined || this.#serverClass === undefined) return undefined;
    const onError = (error: Error) => this.#warn(Deno.inspect(error));
    try {
      const events = this.#events;
      const server = new this.#serverClass({ address, token, recorders, folder, events, onError });
      const reach = isLoopback(address.hostname) ? "" : " (with the token)";
      this.#note(`listening on ${origin(server.address)}/${reach}`);
      return server;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(`Cannot listen on ${origin(address)}: ${(error as Error).message}`);
    }
  }

  /** Tells the status again and again until disposed: on the terminal, or as lines of JSON where they are wanted. */
  #showStatus(recorders: Recorders): Disposable {
    const { isJson, statusSec } = this.#options;
    const ms = isJson
      ? statusSec && statusSec * 1000
      : this.#display.hasStatus
      ? STATUS_MS
      : undefined;
    let isOver = false;
    const update = async () => {
      const status = await recorders.status();
      if (isOver) return;
      if (isJson) this.#display.print(JSON.stringify(statusEvent(status)));
      else this.#display.status(statusLine(status));
    };
    const timer = ms === undefined
      ? undefined
      : setInterval(() => void update().catch(() => {}), ms);
    return {
      [Symbol.dispose]: () => {
        isOver = true;
        clearInterval(timer);
        this.#display.status("");
      },
    };
  }

  #show(event: TimedEvent): void {
    if (this.#options.isJson) this.#display.print(JSON.stringify(event));
    else if (event.type === "failed" || event.type === "unrecovered") this.#warn(eventLine(event));
    else this.#note(eventLine(event));
  }

  #fail(text: string): void {
    this.#stopper.request({ text, status: 1, forcedStatus: 1 });
  }

  #warn(line: string): void {
    this.#display.note(`gstp: ${line}`);
  }

  #note(line: string): void {
    if (!this.#options.run.quiet) this.#warn(line);
  }
}

/** Loads the server, with the libraries that only it needs. */
async function loadServer(): Promise<typeof RecordServer> {
  try {
    const module: typeof import("../server/server.ts") = await import(SERVER);
    return module.RecordServer;
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    throw new UsageError(`Cannot load what --listen needs: ${reason}`);
  }
}
