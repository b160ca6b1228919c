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
import { armTees } from "./arm_tees.ts";
import { Cameras, type CameraSources } from "./cameras.ts";
import { Shutdown, STOP_LIMIT_SEC } from "../terminal/shutdown.ts";
import { ClipFolder } from "./clip_folder.ts";
import { Events, type Trigger } from "./events.ts";
import { checkPrivate, keepPrivate } from "./private_folder.ts";
import { Recorders } from "./recorders.ts";
import type { ServerOptions, StartServer } from "./server_interface.ts";
import { SessionOutput } from "./session_output.ts";
import { SessionServer } from "./session_server.ts";
import { listenForTriggers, type Triggers } from "./triggers.ts";

/** Milliseconds in which most pipelines start; those of cameras that are off do not. */
const START_MS = 3000;

/**
 * Runs a pipeline with recorders until it ends or is interrupted, or cameras until they are.
 *
 * @param source The pipeline's text, or the cameras.
 * @param loadServer Loads the server if it is used.
 * @returns The exit status.
 */
export async function recordSource(
  source: string | CameraSources,
  options: RecordArguments,
  loadServer: () => Promise<StartServer>,
): Promise<number> {
  const session = new Session(options, loadServer);
  return await session.run(source).finally(() => session.output.flush());
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

  /**
   * Runs a pipeline to its end, or cameras until the run is interrupted.
   *
   * @param source The pipeline's text, or the cameras.
   */
  async run(source: string | CameraSources): Promise<number> {
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
    const resources = { folder, scratch, triggers, server };
    let isPlaying = typeof source !== "string";
    try {
      if (typeof source !== "string") await this.#runCameras(source, resources);
      else isPlaying = await this.#runPipeline(source, resources);
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
      this.#isFinished || !isPlaying || typeof source !== "string",
      (line) => this.output.warn(line),
    );
  }

  /** Runs a pipeline to its end; resolves with whether it has played. */
  async #runPipeline(text: string, resources: Resources): Promise<boolean> {
    const app = await this.#start(text);
    const isPlaying = this.#shutdown.reason === undefined;
    try {
      if (isPlaying) await this.#record(app, resources);
      await app.ended;
    } finally {
      // `ended` has rejected with the error of an element that does not stop
      await app.stop().catch(() => {});
    }
    return isPlaying;
  }

  /** Records cameras until the run is interrupted. */
  async #runCameras(sources: CameraSources, resources: Resources): Promise<void> {
    const { signal } = this.#shutdown;
    this.#limitTime();
    const cameras = new Cameras(sources, {
      ...{ folder: resources.folder, scratch: resources.scratch },
      options: this.#options,
      events: this.#events,
      onMessage: (message) => this.output.message(message, false),
    });
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve());
    });
    const ended = stopped.then(() => cameras.close());
    await this.#whileRecording(cameras.recorders, resources, ended, cameras);
  }

  /** Starts the pipeline; the time of `--timeout` counts from when it plays. */
  async #start(text: string): Promise<Standalone> {
    const { verbose } = this.#options.run;
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
    this.#limitTime();
    return app;
  }

  /** Ends the run after the time of `--timeout`. */
  #limitTime(): void {
    const { timeoutSec } = this.#options.run;
    if (timeoutSec === undefined) return;
    const reason = { text: `played for ${timeoutSec} s: finishing`, status: 0, forcedStatus: 1 };
    this.#shutdown.requestAfter(timeoutSec, reason);
  }

  /** Attaches the recorders, and records until the end of the stream and of all clips. */
  async #record({ pipeline, ended }: Standalone, resources: Resources): Promise<void> {
    const recorders = new Recorders({
      folder: resources.folder,
      events: this.#events,
      state: () => {
        const { state, isLive } = pipeline;
        const runningTimeSec = state === "null" ? null : pipeline.runningTimeSec;
        return { state, isLive, runningTimeSec, cameras: [] };
      },
    });
    try {
      const context = {
        ...{ pipeline, folder: resources.folder, scratch: resources.scratch },
        options: this.#options,
        events: this.#events,
        counters: new Map(),
        onFailure: ({ message }: GstError) =>
          this.#fail(`a recorder failed, finishing: ${message}`),
      };
      const onWait = (tees: TeeGroup[]) => {
        const names = tees.map(({ name }) => name).join(", ");
        this.output.note(`waiting for the first frame: ${names}`);
      };
      const tees = teesOf(pipeline, this.#options.tees);
      await armTees(recorders, context, tees, onWait, this.#shutdown.signal);
      if (this.#shutdown.reason !== undefined) return;
      await this.#whileRecording(recorders, resources, ended);
    } catch (error) {
      // the pipeline has ended, and `ended` gives the reason
      if (!(error instanceof GstClosedError)) throw error;
    }
  }

  /** Accepts triggers and requests until the end, and waits for all clips. */
  async #whileRecording(
    recorders: Recorders,
    { folder, triggers, server }: Resources,
    ended: Promise<void>,
    cameras?: Cameras,
  ): Promise<void> {
    await folder.keepLimits();
    // after the recorders: a file that takes long to read holds up nothing
    const recovering = this.#options.recovers && this.#recover(folder);
    this.#recorders = recorders;
    await using _ended = server;
    await this.#serve(server, { recorders, folder, cameras, ended: ended.catch(() => {}) });
    this.output.note(`record with: ${triggers.names.join(", ")}`);
    using _status = this.output.showStatus(recorders);
    await ended.finally(() => recorders.clipsFinished());
    if (this.#shutdown.reason === undefined) await recovering;
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
    { ended, ...served }: Pick<ServerOptions, "recorders" | "folder" | "cameras"> & {
      ended: Promise<void>;
    },
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
