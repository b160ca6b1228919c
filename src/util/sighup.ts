/**
 * Whether the end of its terminal is the end of a process.
 *
 * @module
 */

let isIgnored: boolean | undefined;

/**
 * Whether this process was started to outlive its terminal, as `nohup` does; SIGHUP goes on doing nothing then. Deno tells
 * only programs that may do everything; for others it counts as no.
 */
export function isSighupIgnored(): boolean {
  if (isIgnored === undefined) {
    isIgnored = readIgnored();
    // with the first listener to whatever signal, Deno has SIGHUP end the process, too
    if (isIgnored) Deno.addSignalListener("SIGHUP", () => {});
  }
  return isIgnored;
}

function readIgnored(): boolean {
  const path = "/proc/self/status";
  const mayRead = Deno.permissions.querySync({ name: "read", path }).state === "granted";
  if (Deno.build.os !== "linux" || !mayRead) return false;
  try {
    // a bit for each signal, from 1 on (proc(5)); SIGHUP is 1
    const [, mask] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync(path)) ?? [];
    return (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    return false;
  }
}
