/**
 * What was measured on.
 *
 * @module
 */
import { gstVersion } from "../mod.ts";

/** The machine, its load and the versions, in a sentence. */
export function machineText(): string {
  const cpus = Deno.readTextFileSync("/proc/cpuinfo").match(/^model name\s*: .*$/gm) ?? [];
  const model = cpus[0]?.replace(/^.*?: /, "") ?? Deno.build.arch;
  const [load] = Deno.loadavg();
  const { major, minor, micro } = gstVersion();
  return [
    `${model}, ${navigator.hardwareConcurrency} cores, other work going on at the same time`,
    `(load average ${load!.toFixed(1)} at the end); Linux ${Deno.osRelease()},`,
    `Deno ${Deno.version.deno}, GStreamer ${major}.${minor}.${micro}.`,
  ].join(" ");
}
