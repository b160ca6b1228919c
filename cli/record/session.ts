/**
 * A run of `gstp record`, from the start of the pipeline to its end.
 *
 * @module
 */
import {
  chooseTees,
  GstClosedError,
  GstError,
  gstVersion,
  type Pipeline,
  Standalone,
  type TeeGroup,
} from "../../mod.ts";
import { hostOf } from "../args/address.ts";
import type { RecordArguments } from "../args/record_arguments.ts";
import { UsageError } from "../args/usage_error.ts";
import { Shutdown, STOP_LIMIT_SEC } from "../terminal/shutdown.ts";
import { ClipFolder } from "./clip_folder.ts";
import { Events, type Trigger } from "./events.ts";
import { checkPrivate, keepPrivate } from "./private_folder.ts";
import { Recorders } from "./recorders.ts";
import type { StartServer } from "./server_interface.ts";
import { SessionOutput } from "./session_output.ts";
import { SessionServer } from "./session_server.ts";
import { listenForTriggers, type Triggers } from "./triggers.ts";

/** Milliseconds in which most pipelines start; those of cameras that are off do not. */
const START_MS = 3000;

/**
 * Runs a pipeline with recorders until it ends or is interrupted.
 *
 * @param loadServer Loads the server if it is used.
 * @returns The exit status.
 */
export async function recordPipeline(
  text: string,
  options: RecordArguments,
  loadServer: () => Promise<StartServer>,
): Promise<number> {
  const session = new Session(options, loadServer);
  return await session.run(text).finally(() => session.output.flush());
}

/**
 * Has Deno ask for what is used later: it cannot once keys are read, and an answer would take from the time of `--timeout`.
 */
function askForPermissions({ listen }: RecordArguments): void {
  gstVersion(); // asks for the permission to open libraries
  if (listen !== undefined) {
    Deno.permissions.requestSync({ name: "net", host: hostOf(listen) });
  }
}

/** What a recording takes besides the pipeline. */
interface Resources {
  folder: ClipFolder;
  /** A folder for temporary files. */
  scratch: string;
  triggers: Triggers;
  /** Undefined for none. */
  server: SessionServer | undefined;
}

class Session {
  readonly output: SessionOutput;
  readonly #options: RecordArguments;
  readonly #loadServer: () => Promise<StartServer>;
  readonly #events = new Events();
  readonly #shutdown: Shutdown;
  /** Undefined before all are attached. */
  #recorders: Recorders | undefined;
  #isFinished = false;

  constructor(options: RecordArguments, loadServer: () => Promise<StartServer>) {
    this.#options = options;
    this.#loadServer = loadServer;
    this.output = new SessionOutput(
      options,
      ({ message }) => this.#fail(`standard output failed, finishing: ${message}`),
    );
    this.#shutdown = new Shutdown({
      onStop: (text) => this.output.note(text),
      onForce: (text) => this.output.finalLine(text),
    });
    this.#events.listen((event) => this.output.event(event));
  }

  async run(text: string): Promise<number> {
    using shutdown = this.#shutdown;
    const { folder: path, limits, listen, isForGroup, isShared } = this.#options;
    keepPrivate(isForGroup);
    using folder = await ClipFolder.create(path, limits, this.#events);
    if (!isShared) await checkPrivate(path);
    const server = listen && new SessionServer(this.#loadServer, this.output);
    askForPermissions(this.#options);
    const scratch = await Deno.makeTempDir({ prefix: "gstp-" });
    // before the pipeline starts: SIGUSR2 would end a process that does not listen to it
    using triggers = listenForTriggers((trigger) => this.#trigger(trigger));
    let isPlaying = false;
    try {
      const app = await this.#start(text);
      isPlaying = shutdown.reason === undefined;
      try {
        if (isPlaying) await this.#record(app, { folder, scratch, triggers, server });
        await app.ended;
      } finally {
        // `ended` has rejected with the error of an element that does not stop
        await app.stop().catch(() => {});
      }
      if (this.#isFinished) this.output.note("end of stream");
    } catch (error) {
      if (error !== shutdown.reason) {
        if (!(error instanceof GstError)) throw error;
        this.output.error(error);
        return 1;
      }
    } finally {
      await Deno.remove(scratch, { recursive: true });
    }
    return shutdown.exitStatus(
      this.#isFinished || !isPlaying,
      (line) => this.output.warn(line),
    );
  }

  /** Starts the pipeline; the time of `--timeout` counts from when it plays. */
  async #start(text: string): Promise<Standalone> {
    const { verbose, timeoutSec } = this.#options.run;
    const waiting = setTimeout(
      () => this.output.note("waiting for the pipeline to play"),
      START_MS,
    );
    const app = await Standalone.buildAndRun(text, {
      background: true,
      startTimeoutSec: Infinity,
      stopTimeoutSec: STOP_LIMIT_SEC,
      signal: this.#shutdown.signal,
      watchProperties: verbose,
      onMessage: (message) => {
        if (message.type === "eos") this.#isFinished = true;
        this.output.message(message, this.#isFinished);
      },
    }).finally(() => clearTimeout(waiting));
    if (timeoutSec !== undefined) {
      const reason = { text: `played for ${timeoutSec} s: finishing`, status: 0, forcedStatus: 1 };
      this.#shutdown.requestAfter(timeoutSec, reason);
    }
    return app;
  }

  /** Attaches the recorders, accepts triggers and requests, and waits for the end of the stream and of all clips. */
  async #record(
    { pipeline, ended }: Standalone,
    { folder, scratch, triggers, server }: Resources,
  ): Promise<void> {
    const recorders = new Recorders({
      ...{ pipeline, folder, scratch },
      options: this.#options,
      events: this.#events,
      onFailure: ({ message }) => this.#fail(`a recorder failed, finishing: ${message}`),
    });
    try {
      await recorders.attach(
        teesOf(pipeline, this.#options.tees),
        (tees) => {
          const names = tees.map(({ name }) => name).join(", ");
          this.output.note(`waiting for the first frame: ${names}`);
        },
        this.#shutdown.signal,
      );
      if (this.#shutdown.reason !== undefined) return;
      await folder.keepLimits();
      // after the recorders: a file that takes long to read holds up nothing
      const recovering = this.#options.recovers && this.#recover(folder);
      this.#recorders = recorders;
      await using _ended = server;
      await this.#serve(server, { recorders, folder, ended: ended.catch(() => {}) });
      this.output.note(`record with: ${triggers.names.join(", ")}`);
      using _status = this.output.showStatus(recorders);
      await ended.finally(() => recorders.clipsFinished());
      if (this.#shutdown.reason === undefined) await recovering;
    } catch (error) {
      // the pipeline has ended, and `ended` gives the reason
      if (!(error instanceof GstClosedError)) throw error;
    }
  }

  #recover(folder: ClipFolder): Promise<void> {
    return folder.recover(this.#shutdown.signal, (text) => this.output.warn(text));
  }

  #trigger(trigger: Trigger): void {
    if (this.#recorders === undefined) this.output.note("not recording yet: trigger ignored");
    else void this.#recorders.record(trigger);
  }

  async #serve(
    server: SessionServer | undefined,
    { ended, ...served }: { recorders: Recorders; folder: ClipFolder; ended: Promise<void> },
  ): Promise<void> {
    const { listen: address, token, maxCalls } = this.#options;
    if (server === undefined || address === undefined) return;
    await server.serve({
      ...{ address, token, maxCalls, ...served, events: this.#events },
      onWarning: (text) => this.output.warn(text),
      onError: (error) => this.output.warn(Deno.inspect(error)),
    }, ended);
  }

  #fail(text: string): void {
    this.#shutdown.request({ text, status: 1, forcedStatus: 1 });
  }
}

function teesOf(pipeline: Pipeline, wanted: readonly string[]): TeeGroup[] {
  try {
    return chooseTees(pipeline, wanted);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}
