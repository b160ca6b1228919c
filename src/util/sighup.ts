/**
 * The signal of a terminal that closes.
 *
 * @module
 */

let isIgnored: boolean | undefined;

/**
 * Returns whether the process was started with SIGHUP ignored, as `nohup` does. It stays ignored then.
 *
 * Deno reads /proc only with all permissions; without them, the result is false.
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
