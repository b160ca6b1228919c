/**
 * Keys and signals that trigger a clip.
 *
 * @module
 */

/** Called with the kind of each trigger. */
type OnTrigger = (trigger: "key" | "signal") => void;

/** Triggers that are listened to until disposed. */
export interface Triggers extends Disposable {
  /** How to trigger a clip, such as `Enter or r`. */
  readonly names: string[];
}

/** Listens to Enter and `r` on the terminal, if there is one, and to SIGUSR2, until disposed. */
export function listenForTriggers(onTrigger: OnTrigger): Triggers {
  const stops: (() => void)[] = [];
  const names: string[] = [];
  if (Deno.build.os !== "windows") {
    // not SIGUSR1: it makes Deno (since 2.9.2) open its debugger to everybody on the machine
    const onSignal = () => onTrigger("signal");
    Deno.addSignalListener("SIGUSR2", onSignal);
    stops.push(() => Deno.removeSignalListener("SIGUSR2", onSignal));
    names.push(`SIGUSR2 to ${Deno.pid}`);
  }
  if (Deno.stdin.isTerminal() && isForeground()) {
    stops.push(listenForKeys(() => onTrigger("key")));
    names.unshift("Enter or r");
  }
  return { names, [Symbol.dispose]: () => stops.forEach((stop) => stop()) };
}

function listenForKeys(onKey: () => void): () => void {
  // single keys; Ctrl-C still sends a signal
  Deno.stdin.setRaw(true, { cbreak: true });
  const reader = Deno.stdin.readable.getReader();
  const read = async () => {
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (/[r\r\n]/i.test(decoder.decode(value))) onKey();
    }
  };
  // a terminal that was closed sends no keys
  read().catch(() => {});
  return () => {
    void reader.cancel().catch(() => {});
    try {
      Deno.stdin.setRaw(false);
    } catch { /* it was closed */ }
  };
}

/** Whether the process is in the foreground of its terminal; the system stops one in the background that reads from it. */
function isForeground(): boolean {
  if (Deno.build.os !== "linux") return true;
  try {
    // after the name in parentheses: state ppid pgrp session tty_nr tpgid (proc(5))
    const text = Deno.readTextFileSync("/proc/self/stat");
    const [, , group, , , foreground] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return group === foreground;
  } catch {
    // Deno lets only programs with all permissions read /proc
    return true;
  }
}
