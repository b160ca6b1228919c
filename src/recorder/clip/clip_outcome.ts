/**
 * What becomes of a clip, for those who wait for it.
 *
 * @module
 */
import { reportUnhandled } from "../../util/report_error.ts";
import type { RecordingError } from "./errors.ts";
import type { RecordingReport } from "./report.ts";

/** The start and the end of a clip, and those of the clip in which its event goes on. */
export class ClipOutcome {
  /** Resolves once the file exists and takes frames. */
  readonly started: Promise<void>;
  /** Resolves when the clip is complete or has failed, whatever becomes of its continuation. */
  readonly done: Promise<void>;
  readonly #start = Promise.withResolvers<void>();
  readonly #finish = Promise.withResolvers<RecordingReport>();
  #hasStarted = false;
  #isAwaited = false;
  /** The clip in which the event goes on. */
  #continuation: { readonly finished: Promise<RecordingReport> } | undefined;

  /** Creates the outcome of a clip that has not started. */
  constructor() {
    this.started = this.#start.promise;
    this.done = this.#finish.promise.then(() => {}, (error) => {
      if (this.#hasStarted && !this.#isAwaited) reportUnhandled(error);
    });
  }

  /** Notes that the file takes frames. */
  start(): void {
    this.#hasStarted = true;
    this.#start.resolve();
  }

  /** Notes that the clip is complete. */
  finish(report: RecordingReport): void {
    this.#finish.resolve(report);
  }

  /** Notes that the clip has failed. */
  fail(error: RecordingError): void {
    this.#start.reject(error);
    this.#finish.reject(error);
  }

  /** Whether the event goes on in another clip. */
  get isContinued(): boolean {
    return this.#continuation !== undefined;
  }

  /** Lets the event go on in another clip, whose reports are added to this one's. */
  continueIn(clip: { readonly finished: Promise<RecordingReport> }): void {
    this.#continuation = clip;
  }

  /** Resolves with the report of the whole event, or rejects if its first clip fails. */
  get finished(): Promise<RecordingReport> {
    this.#isAwaited = true;
    return this.#finish.promise.then((report) => this.#withContinuations(report));
  }

  /** Waits for the further clips of the event. One that fails is reported as a failure that nobody awaits. */
  async #withContinuations(report: RecordingReport): Promise<RecordingReport> {
    const next = this.#continuation;
    if (next === undefined) return report;
    try {
      const { continuations, ...rest } = await next.finished;
      return { ...report, continuations: [{ ...rest, continuations: [] }, ...continuations] };
    } catch (error) {
      reportUnhandled(error);
      return report;
    }
  }

  /** Calls a function with the report; a failure is seen by {@link finished} alone. */
  onFinished(callback: (report: RecordingReport) => void): void {
    const call = async (report: RecordingReport) =>
      await callback(await this.#withContinuations(report));
    this.#finish.promise.then((report) => call(report).catch(reportUnhandled), () => {});
  }
}
