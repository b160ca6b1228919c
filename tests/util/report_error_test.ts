import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { isReport, reportUnhandled } from "../../src/util/report_error.ts";
import { printedErrors } from "../helpers/printed_errors.ts";
import { runScript } from "../helpers/script.ts";

/** Returns the events that a report dispatches, with their messages and what is printed. */
async function report(error: unknown, onEvent = (_event: ErrorEvent) => {}) {
  const events: ErrorEvent[] = [];
  const listener = (event: ErrorEvent) => {
    events.push(event);
    onEvent(event);
  };
  globalThis.addEventListener("error", listener);
  const printed = await printedErrors(() => Promise.resolve(reportUnhandled(error)));
  globalThis.removeEventListener("error", listener);
  return { events, printed };
}

Deno.test("reportUnhandled() dispatches a cancelable error event", async () => {
  const error = new RangeError("too late");
  const { events: [event], printed } = await report(error);
  assertStrictEquals(event!.error, error);
  assertEquals([event!.message, event!.cancelable], ["RangeError: too late", true]);
  assertEquals(printed, [error]);
});

Deno.test("reportUnhandled() takes anything that can be thrown", async () => {
  const { events: [event], printed } = await report(Object.create(null));
  assertEquals([event!.message, printed.length], ["[Object: null prototype] {}", 1]);
});

Deno.test("reportUnhandled() prints nothing if a listener cancels the event", async () => {
  const { events, printed } = await report(new Error("no"), (event) => event.preventDefault());
  assertEquals([events.length, printed], [1, []]);
});

Deno.test("reportUnhandled() does not end the process", async () => {
  const { code, stdout, stderr } = await runScript(`
    import { reportUnhandled } from "./src/util/report_error.ts";
    reportUnhandled(new Error("disk full"));
    console.log("alive");
  `);
  assertEquals([code, stdout], [0, "alive\n"]);
  assert(stderr.startsWith("Error: disk full\n"), stderr);
});

Deno.test("isReport() returns false for errors that end the process", async () => {
  const { events: [event] } = await report(new Error("no"));
  assert(isReport(event!));
  assert(!isReport(new ErrorEvent("error", { error: new Error("no") })));
});
