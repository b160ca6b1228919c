/**
 * Keys and signals that ask for a clip.
 *
 * @module
 */

/** Which it was. */
type OnTrigger = (trigger: "key" | "signal") => void;

/** What there is to say how to record, such as `Enter or r`. */
export interface Triggers extends Disposable {
  readonly names: string[];
}

/** Records at Enter and `r` where there is a terminal, and at SIGUSR2 where there are signals; until disposed. */
export function listenForTriggers(onTrigger: OnTrigger): Triggers {
  const stops: (() => void)[] = [];
  const names: string[] = [];
  if (Deno.build.os !== "windows") {
    // not SIGUSR1: since 2.9.2, Deno opens its debugger then, to everybody on the machine
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
  // single keys, while Ctrl-C remains what it is
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
  // a terminal that has gone sends no keys
  read().catch(() => {});
  return () => {
    void reader.cancel().catch(() => {});
    try {
      Deno.stdin.setRaw(false);
    } catch { /* it has gone, too */ }
  };
}

/** Whether the terminal is this process's: one in the background would be stopped for using it. */
function isForeground(): boolean {
  if (Deno.build.os !== "linux") return true;
  try {
    // after the name, which is in parentheses: state ppid pgrp session tty_nr tpgid (proc(5))
    const text = Deno.readTextFileSync("/proc/self/stat");
    const [, , group, , , foreground] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return group === foreground;
  } catch {
    // Deno keeps /proc from programs that may not do everything
    return true;
  }
}
