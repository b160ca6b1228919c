/**
 * Errors and warnings that nobody awaits or handles.
 *
 * @module
 */
import process from "node:process";

const reports = new WeakSet<Event>();

/**
 * Reports an error that nobody awaits or handles, without ending the process: one that records must go on.
 *
 * Like the global `reportError()`, it dispatches a cancelable `ErrorEvent` named `error` on `globalThis`. If no listener
 * cancels it, Deno's `reportError()` prints the error and ends the process; this function only prints it, as browsers do.
 * `event.preventDefault()` in a listener prevents that.
 *
 * @example
 * ```ts
 * import { reportUnhandled } from "./report_error.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const messages: string[] = [];
 * globalThis.addEventListener("error", (event) => {
 *   event.preventDefault();
 *   messages.push(event.error.message);
 * }, { once: true });
 * reportUnhandled(new Error("disk full"));
 * assertEquals(messages, ["disk full"]);
 * ```
 */
export function reportUnhandled(error: unknown): void {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : Deno.inspect(error);
  const event = new ErrorEvent("error", { cancelable: true, error, message });
  reports.add(event);
  if (globalThis.dispatchEvent(event)) console.error(error);
}

/**
 * Reports a warning that nobody handles, as Node's `process.emitWarning()` does: it is printed to standard error, and
 * listeners to the `warning` event of `node:process` receive it.
 */
export function reportWarning(text: string): void {
  process.emitWarning(text, "GstpWarning");
}

/** Returns whether an event comes from {@link reportUnhandled}: the process goes on after it. */
export function isReport(event: Event): boolean {
  return reports.has(event);
}
