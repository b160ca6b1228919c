/**
 * A run of `gstp record`, from the start of the pipeline to its end.
 *
 * @module
 */
import { GstClosedError, GstError, gstVersion, Standalone } from "../../mod.ts";
import { isLoopback, originOf } from "../args/address.ts";
import type { RecordArguments } from "../args/record_arguments.ts";
import { UsageError } from "../args/usage_error.ts";
import { Shutdown, STOP_LIMIT_SEC } from "../terminal/shutdown.ts";
import { ClipFolder } from "./clip_folder.ts";
import { Events, type Trigger } from "./events.ts";
import { Recorders } from "./recorders.ts";
import type { Server, StartServer } from "./server_interface.ts";
import { SessionOutput } from "./session_output.ts";
import { chooseTees } from "./choose_tees.ts";
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
    Deno.permissions.requestSync({ name: "net", host: originOf(listen).replace("http://", "") });
  }
}

/** What a recording takes besides the pipeline. */
interface Resources {
  folder: ClipFolder;
  /** A folder for temporary files. */
  scratch: string;
  triggers: Triggers;
  startServer: StartServer | undefined;
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
    const { folder: path, retention, listen } = this.#options;
    using folder = await ClipFolder.create(path, retention, this.#events);
    const startServer = listen && await this.#loadServer();
    askForPermissions(this.#options);
    const scratch = await Deno.makeTempDir({ prefix: "gstp-" });
    // before the pipeline starts: SIGUSR2 would end a process that does not listen to it
    using triggers = listenForTriggers((trigger) => this.#trigger(trigger));
    const recovering = folder.recover();
    let isPlaying = false;
    try {
      const app = await this.#start(text);
      isPlaying = shutdown.reason === undefined;
      try {
        if (isPlaying) await this.#record(app, { folder, scratch, triggers, startServer });
        await app.ended;
        if (shutdown.reason === undefined) await recovering;
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
    { folder, scratch, triggers, startServer }: Resources,
  ): Promise<void> {
    const recorders = new Recorders({
      ...{ pipeline, folder, scratch },
      options: this.#options,
      events: this.#events,
      onWarning: (text) => this.output.warn(text),
      onFailure: ({ message }) => this.#fail(`a recorder failed, finishing: ${message}`),
    });
    try {
      await recorders.attach(
        chooseTees(pipeline, this.#options.tees),
        (tees) => {
          const names = tees.map(({ name }) => name).join(", ");
          this.output.note(`waiting for the first frame: ${names}`);
        },
        this.#shutdown.signal,
      );
      if (this.#shutdown.reason !== undefined) return;
      await folder.applyLimits();
      await using _server = startServer && this.#serve(startServer, recorders, folder);
      this.#recorders = recorders;
      this.output.note(`record with: ${triggers.names.join(", ")}`);
      using _status = this.output.showStatus(recorders);
      await ended.finally(() => recorders.clipsFinished());
    } catch (error) {
      // the pipeline has ended, and `ended` gives the reason
      if (!(error instanceof GstClosedError)) throw error;
    }
  }

  #trigger(trigger: Trigger): void {
    if (this.#recorders === undefined) this.output.note("not recording yet: trigger ignored");
    else void this.#recorders.record(trigger);
  }

  #serve(startServer: StartServer, recorders: Recorders, folder: ClipFolder): Server {
    const { token } = this.#options;
    const address = this.#options.listen!;
    const onError = (error: Error) => this.output.warn(Deno.inspect(error));
    try {
      const events = this.#events;
      const server = startServer({ address, token, recorders, folder, events, onError });
      const access = isLoopback(address.hostname) ? "" : " (with the token)";
      this.output.note(`listening on ${originOf(server.address)}/${access}`);
      return server;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(`Cannot listen on ${originOf(address)}: ${(error as Error).message}`);
    }
  }

  #fail(text: string): void {
    this.#shutdown.request({ text, status: 1, forcedStatus: 1 });
  }
}
