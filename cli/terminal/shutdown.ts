/**
 * The shutdown of a run: on signals, a time-out, or an output without a reader.
 *
 * @module
 */
import { isSighupIgnored } from "../../mod.ts";

/** Seconds that a pipeline has to finish its files once it is asked to stop. */
export const STOP_LIMIT_SEC = 5;
/** Seconds after that until the process exits, even if elements have not stopped. */
const GRACE_SEC = 2;

/** Signals that end a run, with the exit status of a forced end (128 and the signal's number). */
function endingSignals(): [name: Deno.Signal, status: number][] {
  if (Deno.build.os === "windows") return [["SIGINT", 130]];
  const signals: [Deno.Signal, number][] = [["SIGINT", 130], ["SIGTERM", 143]];
  return isSighupIgnored() ? signals : [...signals, ["SIGHUP", 129]];
}

type Timer = ReturnType<typeof setTimeout>;

/** Why a pipeline is asked to stop. */
export interface ShutdownReason {
  /** A sentence for the user. */
  text: string;
  /** The exit status if the pipeline finishes in time. */
  status: number;
  /** The exit status if it does not. */
  forcedStatus: number;
}

/** What a shutdown calls. */
export interface ShutdownListeners {
  /** The pipeline is asked to stop. */
  onStop: (text: string) => void;
  /** The process is about to exit, with files unfinished. */
  onForce: (text: string) => void;
}

/** Stops a pipeline when there is a reason, and exits the process if the pipeline does not stop. */
export class Shutdown implements Disposable {
  readonly #controller = new AbortController();
  readonly #listeners: ShutdownListeners;
  readonly #timers: Timer[] = [];
  readonly #signalListeners: [Deno.Signal, () => void][] = [];
  #reason: ShutdownReason | undefined;
  #signals = 0;

  /** Listens to the signals until disposed. */
  constructor(listeners: ShutdownListeners) {
    this.#listeners = listeners;
    for (const [name, status] of endingSignals()) {
      const listener = () => this.#onSignal(name, status);
      Deno.addSignalListener(name, listener);
      this.#signalListeners.push([name, listener]);
    }
  }

  /** Aborts when there is a reason to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The reason to stop; undefined until there is one. */
  get reason(): ShutdownReason | undefined {
    return this.#reason;
  }

  /** Asks the pipeline to stop, and exits the process if that takes too long. The first reason counts. */
  request(reason: ShutdownReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#listeners.onStop(reason.text);
    this.#after(
      STOP_LIMIT_SEC + GRACE_SEC,
      () => this.#force("the pipeline does not stop", reason.forcedStatus),
    );
    this.#controller.abort(reason);
  }

  /**
   * Asks the pipeline to stop after some seconds.
   *
   * @returns A function that cancels it.
   */
  requestAfter(sec: number, reason: ShutdownReason): () => void {
    const timer = this.#after(sec, () => this.request(reason));
    return () => clearTimeout(timer);
  }

  /**
   * Returns the exit status of a run that did not fail.
   *
   * @param isFinished Whether the pipeline got to the end of its stream, or never played.
   * @param warn Receives a sentence if files may be unfinished.
   */
  exitStatus(isFinished: boolean, warn: (line: string) => void): number {
    const reason = this.#reason;
    if (reason === undefined || isFinished) return reason?.status ?? 0;
    warn(`no end of stream within ${STOP_LIMIT_SEC} s: files may be unfinished`);
    return reason.forcedStatus;
  }

  /** Clears the timers and stops listening to signals. */
  [Symbol.dispose](): void {
    this.#timers.forEach(clearTimeout);
    for (const [name, listener] of this.#signalListeners) {
      Deno.removeSignalListener(name, listener);
    }
  }

  #after(sec: number, action: () => void): Timer {
    const timer = setTimeout(action, sec * 1000);
    this.#timers.push(timer);
    return timer;
  }

  #onSignal(name: Deno.Signal, status: number): void {
    // a terminal that closes may send it more than once
    const isRepeated = name !== "SIGHUP" && ++this.#signals > 1;
    if (isRepeated) return this.#force(`${name} again`, status);
    const more = name === "SIGHUP" ? "" : "; once more stops at once";
    this.request({
      text: `${name}: finishing within ${STOP_LIMIT_SEC} s${more}`,
      status: 0,
      forcedStatus: status,
    });
  }

  #force(why: string, status: number): never {
    this.#listeners.onForce(`${why}: stopped at once, files may be unfinished`);
    Deno.exit(status);
  }
}
