/**
 * Whether a process ignores SIGHUP.
 *
 * @module
 */

let isIgnored: boolean | undefined;

/**
 * Returns whether the process was started to ignore SIGHUP, as by `nohup`, so that closing the terminal does not end it. Do
 * not listen to SIGHUP then: a listener would be called at the hang-up.
 *
 * It reads /proc/self/status, for which Deno needs all permissions (`-A`). Without them, and on other systems than Linux, it
 * returns `false`.
 *
 * @example
 * ```ts
 * import { isSighupIgnored } from "@gstp/gstp";
 *
 * const signals: Deno.Signal[] = ["SIGINT", "SIGTERM"];
 * if (!isSighupIgnored()) signals.push("SIGHUP");
 * const finish = () => console.log("finishing the clips");
 * for (const signal of signals) Deno.addSignalListener(signal, finish);
 * for (const signal of signals) Deno.removeSignalListener(signal, finish);
 * ```
 */
export function isSighupIgnored(): boolean {
  if (isIgnored === undefined) {
    isIgnored = readIgnored();
    // Deno makes SIGHUP end the process as soon as any signal has a listener
    if (isIgnored) Deno.addSignalListener("SIGHUP", () => {});
  }
  return isIgnored;
}

function readIgnored(): boolean {
  const path = "/proc/self/status";
  const mayRead = Deno.permissions.querySync({ name: "read", path }).state === "granted";
  if (Deno.build.os !== "linux" || !mayRead) return false;
  try {
    // a bit per signal, from 1 on (proc(5)); SIGHUP is 1
    const [, mask] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync(path)) ?? [];
    return (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    return false;
  }
}
