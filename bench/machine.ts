/**
 * The machine that was measured on.
 *
 * @module
 */
import { gstVersion } from "../mod.ts";

/** Returns a sentence with the machine, its load and the versions. */
export function machineText(): string {
  const cpus = Deno.readTextFileSync("/proc/cpuinfo").match(/^model name\s*: .*$/gm) ?? [];
  const model = cpus[0]?.replace(/^.*?: /, "") ?? Deno.build.arch;
  const [load] = Deno.loadavg();
  const { major, minor, micro } = gstVersion();
  return [
    `${model}, ${navigator.hardwareConcurrency} cores, shared with other processes`,
    `(load average ${load!.toFixed(1)} at the end); Linux ${Deno.osRelease()},`,
    `Deno ${Deno.version.deno}, GStreamer ${major}.${minor}.${micro}.`,
  ].join(" ");
}
