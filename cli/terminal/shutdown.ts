/**
 * Reasons to stop: signals, the time-out, an output that nobody reads.
 *
 * @module
 */

import { isSighupIgnored } from "../../src/util/sighup.ts";

/** Seconds that the pipeline gets to finish its files once it has been asked to stop. */
export const STOP_LIMIT_SEC = 5;
/** Seconds beyond that for elements that do not even stop. */
const GRACE_SEC = 2;

/** The signals that ask for an end, with the exit status of one that is forced. */
function endingSignals(): [name: Deno.Signal, status: number][] {
  if (Deno.build.os === "windows") return [["SIGINT", 130]];
  const signals: [Deno.Signal, number][] = [["SIGINT", 130], ["SIGTERM", 143]];
  return isSighupIgnored() ? signals : [...signals, ["SIGHUP", 129]];
}

type Timer = ReturnType<typeof setTimeout>;

/** Why a pipeline is asked to stop. */
export interface ShutdownReason {
  /** What to tell the user. */
  text: string;
  /** The exit status after a clean stop. */
  status: number;
  /** The exit status if the pipeline does not finish in time. */
  forcedStatus: number;
}

/** Who is told. */
export interface ShutdownListeners {
  /** The pipeline is asked to stop, for this reason. */
  onStop: (text: string) => void;
  /** The process ends now, for this reason. */
  onForce: (text: string) => void;
}

/** Stops a pipeline once there is a reason, and the process where the pipeline does not stop. */
export class Shutdown implements Disposable {
  readonly #controller = new AbortController();
  readonly #tell: ShutdownListeners;
  readonly #timers: Timer[] = [];
  readonly #listeners: [Deno.Signal, () => void][] = [];
  #reason: ShutdownReason | undefined;
  #signals = 0;

  /** Listens to the signals. */
  constructor(listeners: ShutdownListeners) {
    this.#tell = listeners;
    for (const [name, status] of endingSignals()) {
      const listener = () => this.#onSignal(name, status);
      Deno.addSignalListener(name, listener);
      this.#listeners.push([name, listener]);
    }
  }

  /** Aborted once there is a reason to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it was asked to stop; undefined if it was not. */
  get reason(): ShutdownReason | undefined {
    return this.#reason;
  }

  /** Asks the pipeline to stop; ends the process if that takes too long. */
  request(reason: ShutdownReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#tell.onStop(reason.text);
    this.#after(
      STOP_LIMIT_SEC + GRACE_SEC,
      () => this.#force("the pipeline does not stop", reason.forcedStatus),
    );
    this.#controller.abort(reason);
  }

  /**
   * Asks the pipeline to stop after some seconds.
   *
   * @returns Takes that back.
   */
  requestAfter(sec: number, reason: ShutdownReason): () => void {
    const timer = this.#after(sec, () => this.request(reason));
    return () => clearTimeout(timer);
  }

  /** Forgets the timers and the signals. */
  [Symbol.dispose](): void {
    this.#timers.forEach(clearTimeout);
    for (const [name, listener] of this.#listeners) Deno.removeSignalListener(name, listener);
  }

  #after(sec: number, action: () => void): Timer {
    const timer = setTimeout(action, sec * 1000);
    this.#timers.push(timer);
    return timer;
  }

  #onSignal(name: Deno.Signal, status: number): void {
    // a terminal that closes may send it more than once
    const isImpatient = name !== "SIGHUP" && ++this.#signals > 1;
    if (isImpatient) return this.#force(`${name} again`, status);
    const more = name === "SIGHUP" ? "" : "; once more stops at once";
    this.request({
      text: `${name}: finishing within ${STOP_LIMIT_SEC} s${more}`,
      status: 0,
      forcedStatus: status,
    });
  }

  #force(why: string, status: number): never {
    this.#tell.onForce(`${why}: stopped at once, files may be unfinished`);
    Deno.exit(status);
  }
}
