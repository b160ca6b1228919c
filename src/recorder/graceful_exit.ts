/**
 * Finishing clips when the process ends.
 *
 * @module
 */

import { deadline } from "../util/deadline.ts";
import { isReport, reportUnhandled } from "../util/report_error.ts";
import { isSighupIgnored } from "../util/sighup.ts";

/** Finishes the clips of a recorder at the end of the process. */
export interface ExitHandler {
  /** Returns the milliseconds that finishing the clips may take. */
  exitMs(): number;
  /** Finishes the clips. */
  close(): Promise<void>;
  /** Ends the clips' input, so that they are being finished while others are waited for. */
  endNow(): void;
  /** Waits for the ended clips, blocking, until `Date.now()` is `untilMs`. */
  finishNow(untilMs: number): void;
}

/** The signals that ask a process to end, with their numbers. */
const SIGNALS: Partial<Record<Deno.Signal, number>> = Deno.build.os === "windows"
  ? { SIGINT: 2, SIGBREAK: 21 }
  : { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

const handlers = new Set<ExitHandler>();
let isClosing = false;

/** Registers a handler that finishes clips when the process ends, until {@link forgetAtExit}. */
export function finishAtExit(one: ExitHandler): void {
  if (handlers.size === 0) listen();
  handlers.add(one);
}

/** Removes a handler. */
export function forgetAtExit(one: ExitHandler): void {
  if (handlers.delete(one) && handlers.size === 0 && !isClosing) stopListening();
}

const listeners = Object.keys(SIGNALS).map((name) => {
  const signal = name as Deno.Signal;
  return { signal, listener: () => void onSignal(signal) };
});

function listen(): void {
  for (const { signal, listener } of listeners) {
    if (signal === "SIGHUP" && isSighupIgnored()) continue;
    Deno.addSignalListener(signal, listener);
  }
  globalThis.addEventListener("unload", closeAllNow);
  globalThis.addEventListener("error", onUncaught);
  globalThis.addEventListener("unhandledrejection", onUncaught);
}

function stopListening(): void {
  for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  globalThis.removeEventListener("unload", closeAllNow);
  globalThis.removeEventListener("error", onUncaught);
  globalThis.removeEventListener("unhandledrejection", onUncaught);
}

/** Finishes the clips, then raises the signal again; a second signal does not wait for the clips. */
async function onSignal(signal: Deno.Signal): Promise<void> {
  // a terminal that closes may send it more than once
  if (isClosing && signal === "SIGHUP") return;
  if (!isClosing) {
    isClosing = true;
    const closing = [...handlers].map((one) => deadline(one.close(), one.exitMs() / 1000, "late"));
    await Promise.allSettled(closing);
    isClosing = false;
  }
  finishAllNow(() => 0);
  raise(signal);
}

/** Raising a signal needs a permission that recording itself does not. */
function raise(signal: Deno.Signal): void {
  const mayRaise = Deno.permissions.querySync({ name: "run" }).state === "granted";
  if (mayRaise) Deno.kill(Deno.pid, signal);
  else Deno.exit(128 + SIGNALS[signal]!);
}

function onUncaught(event: Event): void {
  if (!event.defaultPrevented && !isReport(event)) closeAllNow();
}

function closeAllNow(): void {
  const nowMs = Date.now();
  for (const one of handlers) attempt(() => one.endNow());
  finishAllNow((one) => nowMs + one.exitMs());
}

/** Waits for the clips and reports those that are late, once: the end of the process follows an uncaught error. */
function finishAllNow(untilMs: (one: ExitHandler) => number): void {
  const all = [...handlers];
  handlers.clear();
  stopListening();
  for (const one of all) attempt(() => one.finishNow(untilMs(one)));
}

/** Runs a step of a recorder, such as one whose pipeline was closed in between; the others have their turn all the same. */
function attempt(step: () => void): void {
  try {
    step();
  } catch (cause) {
    reportUnhandled(new Error(`A clip could not be finished: ${cause}`, { cause }));
  }
}
