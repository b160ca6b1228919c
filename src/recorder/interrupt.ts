/**
 * Finishing clips when the process ends.
 *
 * @module
 */

/** Something with clips open. */
export interface Interruptible {
  /** Milliseconds that finishing the clips may take. */
  readonly exitMs: number;
  /** Finishes the clips, within that time. */
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

const guarded = new Set<Interruptible>();
let isClosing = false;

/** Keeps an object's clips from being lost when the process ends, from now until {@link unguard}. */
export function guard(one: Interruptible): void {
  if (guarded.size === 0) listen();
  guarded.add(one);
}

/** Takes back {@link guard}. */
export function unguard(one: Interruptible): void {
  if (guarded.delete(one) && guarded.size === 0 && !isClosing) stopListening();
}

const listeners = Object.keys(SIGNALS).map((name) => {
  const signal = name as Deno.Signal;
  return { signal, listener: () => void onSignal(signal) };
});

function listen(): void {
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
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
  if (!isClosing) {
    isClosing = true;
    await Promise.allSettled([...guarded].map((one) => one.close()));
    isClosing = false;
  }
  stopListening();
  raise(signal);
}

/** Deno raises signals only with a permission that recording itself does not need. */
function raise(signal: Deno.Signal): void {
  const mayRaise = Deno.permissions.querySync({ name: "run" }).state === "granted";
  if (mayRaise) Deno.kill(Deno.pid, signal);
  else Deno.exit(128 + SIGNALS[signal]!);
}

function onUncaught(event: Event): void {
  if (!event.defaultPrevented) closeAllNow();
}

/** Finishes the clips, blocking, once: an uncaught error is followed by the process's end, which asks for it again. */
function closeAllNow(): void {
  const all = [...guarded];
  guarded.clear();
  stopListening();
  const nowMs = Date.now();
  for (const one of all) one.endNow();
  for (const one of all) one.finishNow(nowMs + one.exitMs);
}
