/**
 * Finishing clips when the process ends.
 *
 * @module
 */

import { deadline } from "../util/deadline.ts";
import { isReport } from "../util/report_error.ts";
import { isSighupIgnored } from "../util/sighup.ts";

/** Something with clips open. */
export interface ExitHandler {
  /** Milliseconds that finishing the clips may take. */
  exitMs(): number;
  /** Finishes the clips. */
  close(): Promise<void>;
  /** Ends the clips' input, so that they are finished while others are waited for. */
  endNow(): void;
  /** Waits for the ended clips, blocking, until `Date.now()` is `untilMs`. */
  finishNow(untilMs: number): void;
}

/** What asks a process to end, with its number. */
const SIGNALS: Partial<Record<Deno.Signal, number>> = Deno.build.os === "windows"
  ? { SIGINT: 2, SIGBREAK: 21 }
  : { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

const guarded = new Set<ExitHandler>();
let isClosing = false;

/** Keeps an object's clips from being lost when the process ends, from now until {@link forgetAtExit}. */
export function finishAtExit(one: ExitHandler): void {
  if (guarded.size === 0) listen();
  guarded.add(one);
}

/** Takes back {@link finishAtExit}. */
export function forgetAtExit(one: ExitHandler): void {
  if (guarded.delete(one) && guarded.size === 0 && !isClosing) stopListening();
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

/** Finishes the clips, then lets the signal do what it does; a second signal does not wait for the clips. */
async function onSignal(signal: Deno.Signal): Promise<void> {
  // a terminal that closes may send it more than once
  if (isClosing && signal === "SIGHUP") return;
  if (!isClosing) {
    isClosing = true;
    const closing = [...guarded].map((one) => deadline(one.close(), one.exitMs() / 1000, "late"));
    await Promise.allSettled(closing);
    isClosing = false;
  }
  finishAllNow(() => 0);
  raise(signal);
}

/** Deno raises signals only with a permission that recording itself does not need. */
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
  for (const one of guarded) one.endNow();
  finishAllNow((one) => nowMs + one.exitMs());
}

/** Waits for the clips and tells of those that are late, once: after an uncaught error comes the process's end. */
function finishAllNow(untilMs: (one: ExitHandler) => number): void {
  const all = [...guarded];
  guarded.clear();
  stopListening();
  for (const one of all) one.finishNow(untilMs(one));
}
