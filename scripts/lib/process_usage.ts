/**
 * What a process uses: CPU time by its own clock in the kernel, the rest from /proc. Linux only.
 *
 * @module
 */

/** Memory of a process, in bytes. */
export interface Memory {
  /** All that is in memory. */
  resident: number;
  /** The part that the process wrote: heaps, stacks, frames. The rest is mapped from files, and often shared. */
  own: number;
}

const LIBC = {
  // int clock_getcpuclockid (pid_t pid, clockid_t *clockid)
  clock_getcpuclockid: { parameters: ["i32", "buffer"], result: "i32" },
  // int clock_gettime (clockid_t clockid, struct timespec *tp)
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
} as const;
let libc: Deno.DynamicLibrary<typeof LIBC> | undefined;

/**
 * Returns the CPU time, user and system, of all threads that a process has had, in milliseconds.
 *
 * `/proc/PID/stat` counts in steps of 10 ms, which is more than an idle pipeline uses in a second.
 *
 * @throws {Error} If the process has ended.
 */
export function cpuMs(pid: number): number {
  const { symbols } = libc ??= Deno.dlopen("libc.so.6", LIBC);
  const clock = new Int32Array(1);
  const time = new BigInt64Array(2);
  const isRead = symbols.clock_getcpuclockid(pid, clock) === 0 &&
    symbols.clock_gettime(clock[0]!, time) === 0;
  if (!isRead) throw new Error(`Process ${pid} has ended`);
  return Number(time[0]) * 1e3 + Number(time[1]) / 1e6;
}

/** Returns the memory of a process; defaults to this one. */
export function memoryOf(pid: number = Deno.pid): Memory {
  const text = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(text)![1]) * 1024;
  return { resident: bytes("Rss"), own: bytes("Anonymous") };
}

/** Returns the names of the threads of a process; defaults to this one. */
export function threadNames(pid: number = Deno.pid): string[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) => {
    try {
      return [Deno.readTextFileSync(`/proc/${pid}/task/${name}/comm`)];
    } catch {
      return []; // the thread has ended meanwhile
    }
  });
}

/** Returns the number of files that a process has open; defaults to this one. */
export function countOpenFiles(pid: number = Deno.pid): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}
