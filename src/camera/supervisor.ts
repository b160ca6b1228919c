/**
 * Pipelines that run again when they fail.
 *
 * @module
 */
import type { Message } from "../gst/message.ts";
import type { Pipeline } from "../pipeline.ts";
import { aborted } from "../util/abort.ts";
import { AsyncQueue } from "../util/async_queue.ts";
import { checkFunction, checkObject, checkSec } from "../util/check.ts";
import { deadline } from "../util/deadline.ts";
import { GstClosedError } from "../util/errors.ts";
import { Attempt, type Outcome } from "./attempt.ts";
import { BackOff } from "./back_off.ts";
import { countAtSinks } from "./frame_flow.ts";
import { isLasting, type OfflineReason } from "./offline_reason.ts";

/**
 * The state of a supervised pipeline:
 *
 * - `connecting`: it starts; no keyframe has come yet,
 * - `live`: frames come,
 * - `stalled`: no frame has come for a while; clips stay open,
 * - `offline`: it has failed, and waits for the next try,
 * - `off`: it is switched off, or at the end of a stream that is not live.
 */
export type SupervisorState = "connecting" | "live" | "stalled" | "offline" | "off";

/** What a supervised pipeline does, and why. */
export interface SupervisorStatus {
  state: SupervisorState;
  /** Why it is offline, or off at the end of its stream; `null` otherwise. */
  reason: OfflineReason | null;
  /** What the pipeline has failed with last; `null` if it has not, or is live again. */
  error: Error | null;
  /** Since when it is in this state. */
  since: Date;
  /** The tries since it was live last. */
  attempts: number;
  /** When the next try begins; `null` unless it is offline. */
  nextTryAt: Date | null;
}

/** Returns a pipeline's text for each try. */
export type PipelineSource = (
  /** How the try before ended; undefined at the first one. */
  previous?: { wasLive: boolean },
) => string | Promise<string>;

/** Options of {@link Supervisor}. */
export interface SupervisorOptions {
  /** The pipeline's text, or a function that makes it anew for each try. What it throws counts as the try's failure. */
  pipeline: string | PipelineSource;
  /** Called with each new pipeline before it starts, for example to attach recorders. */
  onPipeline?: (pipeline: Pipeline) => void;
  /** Called with each message of each pipeline. */
  onMessage?: (message: Message) => void;
  /** Called with each change of the state. */
  onStatus?: (status: SupervisorStatus) => void;
  /** Counts the frames that have come; by default, the buffers at the pipeline's sinks. Called four times a second. */
  frames?: (pipeline: Pipeline) => number;
  /** Whether what has come can be used; by default, it can as soon as there is a frame. */
  isUsable?: (pipeline: Pipeline) => boolean;
  /**
   * Resolves when a camera that was away answers again, so that the wait for the next try ends early. By default, the wait is
   * not shortened. `signal` ends what it does.
   */
  untilBack?: (signal: AbortSignal) => Promise<void>;
  /** Seconds for the first frame of a try to come. Defaults to 10. */
  connectSec?: number;
  /** Seconds without a frame after which the state is `stalled`. Defaults to 3. */
  stallSec?: number;
  /** Seconds without a frame after which the pipeline is built anew. Defaults to 10. */
  giveUpSec?: number;
  /** Whether to try again: `never` ends with the first failure. Defaults to `always`. */
  restart?: "always" | "never";
  /** Whether it begins switched off. Defaults to `false`. */
  isOff?: boolean;
  /** Closes the supervisor when aborted. */
  signal?: AbortSignal;
}

/**
 * Runs a pipeline, and builds it anew when it fails, stalls, or its live stream ends: after one second, then two, four, up to
 * ten; once a minute where that cannot help until somebody changes something. The end of a stream that is not live, as of a
 * file, is the end.
 *
 * It starts at once. {@link close} or `await using` stops it.
 *
 * @example
 * ```ts
 * import { Supervisor } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * let tries = 0;
 * await using camera = new Supervisor({
 *   // fails at first
 *   pipeline: () => `videotestsrc is-live=true num-buffers=${++tries === 1 ? 5 : -1} ! fakesink`,
 * });
 * const seen: string[] = [];
 * for await (const { state, reason } of camera.states()) {
 *   seen.push(reason ?? state);
 *   if (state === "live" && tries === 2) break;
 * }
 * assertEquals(seen, ["connecting", "live", "end-of-stream", "connecting", "live"]);
 * ```
 */
export class Supervisor implements AsyncDisposable {
  readonly #options: Required<Omit<SupervisorOptions, "signal" | "isOff" | "untilBack">>;
  readonly #untilBack: SupervisorOptions["untilBack"];
  readonly #backOff = new BackOff();
  readonly #listeners = new Set<AsyncQueue<SupervisorStatus>>();
  #status: SupervisorStatus;
  #pipeline: Pipeline | null = null;
  /** Ends the try or the wait that is under way. */
  #interruption = new AbortController();
  #isOff: boolean;
  #isClosed = false;
  readonly #ended: Promise<void>;

  /**
   * Starts.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If a number of seconds is negative or NaN.
   */
  constructor(options: SupervisorOptions) {
    checkOptions(options);
    const { signal, isOff = false, untilBack, ...rest } = options;
    this.#options = {
      onPipeline: () => {},
      onMessage: () => {},
      onStatus: () => {},
      frames: countAtSinks,
      isUsable: () => true,
      connectSec: 10,
      stallSec: 3,
      giveUpSec: 10,
      restart: "always",
      ...rest,
    };
    this.#untilBack = untilBack;
    this.#isOff = isOff;
    this.#status = {
      state: isOff ? "off" : "connecting",
      reason: null,
      error: null,
      since: new Date(),
      attempts: isOff ? 0 : 1,
      nextTryAt: null,
    };
    const onAbort = () => void this.close();
    signal?.addEventListener("abort", onAbort);
    // what the caller does right after `new`, such as listening, comes first
    this.#ended = Promise.resolve().then(() => this.#run()).finally(() => {
      signal?.removeEventListener("abort", onAbort);
      for (const listener of this.#listeners) listener.end();
    });
    this.#ended.catch(() => {});
    if (signal?.aborted) onAbort();
  }

  /** What the pipeline does at present. */
  get status(): SupervisorStatus {
    return this.#status;
  }

  /** The pipeline of the present try; `null` in between. It is closed when the try ends: do not keep it. */
  get pipeline(): Pipeline | null {
    return this.#pipeline;
  }

  /**
   * Resolves at the end of a stream that is not live, and when the supervisor is closed; with `restart: "never"`, it rejects
   * with the first failure.
   */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Returns the present status, and then each new one; ends when the supervisor does. */
  async *states(): AsyncGenerator<SupervisorStatus, void, void> {
    const queue = new AsyncQueue<SupervisorStatus>();
    queue.push(this.#status);
    this.#listeners.add(queue);
    if (this.#isClosed) queue.end();
    try {
      for (let next = await queue.next(); !next.done; next = await queue.next()) yield next.value;
    } finally {
      this.#listeners.delete(queue);
    }
  }

  /**
   * Resolves once it is live; at once if it is.
   *
   * @throws {RangeError} If `timeoutSec` is negative or NaN.
   * @throws {GstTimeoutError} If it is not within `timeoutSec` seconds; the message says why.
   * @throws {GstClosedError} If it ends before.
   */
  async live(options: { timeoutSec?: number } = {}): Promise<void> {
    checkObject("options", options);
    const timeoutSec = checkSec("timeoutSec", options.timeoutSec ?? Infinity);
    const states = this.states();
    const wait = async () => {
      for await (const { state } of states) if (state === "live") return;
      throw new GstClosedError("The supervisor is closed");
    };
    const { state, reason, error } = this.#status;
    const why = [state, reason, error?.message].filter((part) => part != null).join(", ");
    try {
      await deadline(wait(), timeoutSec, `Not live within ${timeoutSec} s (${why})`);
    } finally {
      void states.return();
    }
  }

  /** Ends the wait for the next try. */
  retry(): void {
    if (this.#status.state === "offline") this.#interruption.abort();
  }

  /** Stops the pipeline until {@link switchOn}. */
  switchOff(): void {
    this.#isOff = true;
    this.#interruption.abort();
  }

  /** Starts the pipeline again after {@link switchOff}. */
  switchOn(): void {
    if (!this.#isOff) return;
    this.#isOff = false;
    this.#backOff.reset();
    this.#interruption.abort();
  }

  /** Stops the pipeline for good: clips are finished as by {@link Standalone.stop}. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#interruption.abort();
    await this.#ended.catch(() => {});
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #set(state: SupervisorState, changes: Partial<SupervisorStatus> = {}): void {
    const kept = { reason: null, nextTryAt: null };
    this.#status = { ...this.#status, ...kept, ...changes, state, since: new Date() };
    for (const listener of this.#listeners) listener.push(this.#status);
    this.#options.onStatus(this.#status);
  }

  async #run(): Promise<void> {
    let previous: { wasLive: boolean } | undefined;
    this.#options.onStatus(this.#status);
    while (!this.#isClosed) {
      this.#interruption = new AbortController();
      if (this.#isOff) {
        if (this.#status.state !== "off") this.#set("off", { error: null, attempts: 0 });
        await aborted(this.#interruption.signal);
        continue;
      }
      const outcome = await this.#try(previous);
      previous = { wasLive: outcome.liveSec > 0 };
      if (this.#isClosed || this.#isOff) continue;
      const { reason, error } = outcome;
      if (outcome.isEnd) return this.#set("off", { reason });
      if (this.#options.restart === "never") {
        this.#set("off", { reason, error: toError(error) });
        throw error ?? new GstClosedError("The live stream has ended");
      }
      await this.#wait(outcome);
    }
    if (this.#status.state !== "off") this.#set("off");
  }

  async #try(previous: { wasLive: boolean } | undefined): Promise<Outcome> {
    const { pipeline: text, onPipeline, ...rest } = this.#options;
    // the first one began with the supervisor
    if (this.#status.state !== "connecting") {
      this.#set("connecting", { attempts: this.#status.attempts + 1 });
    }
    const attempt = new Attempt({
      ...rest,
      text: () => typeof text === "string" ? text : text(previous),
      onPipeline: (pipeline) => {
        this.#pipeline = pipeline;
        onPipeline(pipeline);
      },
      onFlow: (state) =>
        state === "live"
          ? this.#set(state, { error: null, attempts: 0 })
          : this.#set(state, { reason: "stalled" }),
      signal: this.#interruption.signal,
    });
    return await attempt.run().finally(() => this.#pipeline = null);
  }

  /** Waits for the next try. */
  async #wait({ reason, error, liveSec }: Outcome): Promise<void> {
    const isLong = isLasting(reason, error);
    const sec = this.#backOff.nextSec({ liveSec, isLasting: isLong });
    this.#interruption = new AbortController();
    const { signal } = this.#interruption;
    this.#set("offline", {
      reason,
      error: toError(error),
      nextTryAt: new Date(Date.now() + sec * 1000),
    });
    const timer = setTimeout(() => this.#interruption.abort(), sec * 1000);
    if (!isLong) this.#untilBack?.(signal).then(() => this.#interruption.abort(), () => {});
    await aborted(signal);
    clearTimeout(timer);
  }
}

function toError(error: unknown): Error | null {
  if (error === undefined) return null;
  return error instanceof Error ? error : new Error(String(error));
}

function checkOptions(options: SupervisorOptions): void {
  checkObject("options", options);
  const { pipeline, restart, isOff, signal } = options;
  if (typeof pipeline !== "string") checkFunction("pipeline", pipeline);
  const functions = [
    "onPipeline",
    "onMessage",
    "onStatus",
    "frames",
    "isUsable",
    "untilBack",
  ] as const;
  for (const name of functions) {
    if (options[name] !== undefined) checkFunction(name, options[name]);
  }
  for (const name of ["connectSec", "stallSec", "giveUpSec"] as const) {
    if (options[name] !== undefined) checkSec(name, options[name]);
  }
  if (restart !== undefined && !["always", "never"].includes(restart)) {
    throw new RangeError(`restart must be "always" or "never", got ${Deno.inspect(restart)}`);
  }
  if (isOff !== undefined && typeof isOff !== "boolean") {
    throw new TypeError("isOff must be true or false");
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError("signal must be an AbortSignal");
  }
}
