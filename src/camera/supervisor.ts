/**
 * Pipelines that run again when they fail.
 *
 * @module
 */
import type { Pipeline } from "../pipeline.ts";
import { aborted } from "../util/abort.ts";
import { AsyncQueue } from "../util/async_queue.ts";
import { checkObject, checkSec } from "../util/check.ts";
import { deadline } from "../util/deadline.ts";
import { GstClosedError, GstTimeoutError } from "../util/errors.ts";
import { Attempt, type Outcome } from "./attempt.ts";
import { BackOff } from "./back_off.ts";
import { isLasting } from "./offline_reason.ts";
import {
  completeOptions,
  type CompleteSupervisorOptions,
  type SupervisorOptions,
  type SupervisorState,
  type SupervisorStatus,
} from "./supervisor_options.ts";

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
  readonly #options: CompleteSupervisorOptions;
  readonly #backOff = new BackOff();
  readonly #listeners = new Set<AsyncQueue<SupervisorStatus>>();
  #status: SupervisorStatus;
  #pipeline: Pipeline | null = null;
  /** Ends the try or the wait that is under way. */
  #interruption = new AbortController();
  /** When a look has seen a further frame; `null` before the first one. */
  #frameMs: number | null = null;
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
    this.#options = completeOptions(options);
    const { signal, isOff } = this.#options;
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
      this.#isClosed = true;
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

  /** Seconds since the last frame came, to a quarter of a second; `null` before the first one. */
  get lastFrameAgeSec(): number | null {
    return this.#frameMs === null ? null : (performance.now() - this.#frameMs) / 1000;
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
    try {
      await deadline(wait(), timeoutSec, "");
    } catch (error) {
      throw error instanceof GstTimeoutError ? this.#late(timeoutSec) : error;
    } finally {
      void states.return();
    }
  }

  #late(sec: number): GstTimeoutError {
    const { state, reason, error } = this.#status;
    const why = [state, reason, error?.message].filter((part) =>
      part !== null && part !== undefined
    );
    return new GstTimeoutError(`Not live within ${sec} s: ${why.join(", ")}`, { cause: error });
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
      onFrame: () => this.#frameMs = performance.now(),
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
    const interruption = this.#interruption = new AbortController();
    const { signal } = interruption;
    this.#set("offline", {
      reason,
      error: toError(error),
      nextTryAt: new Date(Date.now() + sec * 1000),
    });
    const end = () => interruption.abort();
    const timer = setTimeout(end, sec * 1000);
    if (!isLong) this.#options.untilBack?.(signal).then(end, () => {});
    await aborted(signal);
    clearTimeout(timer);
  }
}

function toError(error: unknown): Error | null {
  if (error === undefined) return null;
  return error instanceof Error ? error : new Error(String(error));
}
