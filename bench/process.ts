/**
 * Processes from outside, on Linux: the time that they use by the kernel's clock of each, the rest by /proc.
 *
 * @module
 */
import { type Running, start } from "../tests/helpers/run.ts";

const libc = Deno.dlopen("libc.so.6", {
  // int clock_getcpuclockid (pid_t pid, clockid_t *clockid)
  clock_getcpuclockid: { parameters: ["i32", "buffer"], result: "i32" },
  // int clock_gettime (clockid_t clockid, struct timespec *tp)
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
}).symbols;

/** Threads that are there without GStreamer's elements: Deno's, those of GLib, and the main ones. */
const OTHER_THREADS = /^(deno|gst-launch|tokio|V8|gmain|gdbus|pool-)/;

/** What a process holds in memory, in MB. */
export interface Memory {
  /** All that is in memory. */
  resident: number;
  /** Of that, what the process wrote: heaps, stacks, frames. The rest is code and data in files, mapped and often shared. */
  own: number;
}

/**
 * Milliseconds of processor time, user and system, of all threads that a process has had.
 *
 * `/proc/PID/stat` counts them in steps of 10 ms, which is more than an idle pipeline uses in a second.
 */
export function cpuMs(pid: number): number {
  const clock = new Int32Array(1);
  const time = new BigInt64Array(2);
  const isWell = libc.clock_getcpuclockid(pid, clock) === 0 &&
    libc.clock_gettime(clock[0]!, time) === 0;
  if (!isWell) throw new Error(`Process ${pid} has ended`);
  return Number(time[0]) * 1e3 + Number(time[1]) / 1e6;
}

/** Threads of a pipeline's elements in a process. */
export function streamingThreads(pid: number): number {
  const threads = [...Deno.readDirSync(`/proc/${pid}/task`)];
  const names = threads.map(({ name }) => Deno.readTextFileSync(`/proc/${pid}/task/${name}/comm`));
  return names.filter((name) => !OTHER_THREADS.test(name)).length;
}

/** The memory of a process. */
export function memoryMb(pid: number): Memory {
  const text = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(text)![1]) * 1024 / 1e6;
  return { resident: field("Rss"), own: field("Anonymous") };
}

/** A process to look at; it is killed when disposed. */
export class Subject implements AsyncDisposable {
  readonly #running: Running;

  constructor(command: string, args: string[]) {
    this.#running = start(command, args, { timeoutSec: 120 });
  }

  /** gst-launch-1.0. */
  static launch(pipeline: string): Subject {
    return new Subject("gst-launch-1.0", words(pipeline));
  }

  /** A script of bench/children. */
  static script(name: string, options: unknown): Subject {
    const file = new URL(`./children/${name}`, import.meta.url).pathname;
    return new Subject(Deno.execPath(), ["run", "-A", file, JSON.stringify(options)]);
  }

  get pid(): number {
    return this.#running.pid;
  }

  /** Resolves once it has written a text, and to all that it wrote. */
  until(text: string): Promise<string> {
    return this.#running.until(text);
  }

  /** Milliseconds of processor time that it uses in a second, over some seconds. */
  async cpuRate(sec: number): Promise<number> {
    const [before, startMs] = [cpuMs(this.pid), performance.now()];
    await sleep(sec);
    return (cpuMs(this.pid) - before) / (performance.now() - startMs) * 1000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#running.kill("SIGKILL");
    } catch { /* it has ended */ }
    await this.#running.result;
  }
}

/** What gst-launch-1.0 prints when it starts to play. */
export const LAUNCHED = "Setting pipeline to PLAYING";

/** Splits a line at its blanks. */
export function words(line: string): string[] {
  return line.trim().split(/\s+/);
}

/** Waits for some seconds. */
export function sleep(sec: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, sec * 1000));
}
