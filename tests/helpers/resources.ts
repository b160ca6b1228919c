/**
 * What this process holds of the system.
 *
 * @module
 */
import { countOpenFiles, memoryOf, threadNames } from "../../scripts/lib/process_usage.ts";

/** Threads of Deno itself, which come and go on their own. */
const DENO_THREADS = /^(deno|V8|tokio|pool-deno)/;

/** Resources of a process. */
export interface Resources {
  /** Resident memory. */
  kib: number;
  /** Threads other than Deno's own. */
  threads: number;
  /** Open files. */
  files: number;
}

/** Collects garbage where there is a gc() function, then measures this process. */
export function measureResources(): Resources {
  (globalThis as { gc?: () => void }).gc?.();
  return {
    kib: memoryOf().resident / 1024,
    threads: threadNames().filter((name) => !DENO_THREADS.test(name)).length,
    files: countOpenFiles(),
  };
}
