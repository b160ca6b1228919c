/**
 * The processes that are measured.
 *
 * @module
 */
import { cpuMs } from "../scripts/lib/process_usage.ts";
import { type Running, start, words } from "../scripts/lib/run.ts";
import { sleep } from "../scripts/lib/sleep.ts";

/** What gst-launch-1.0 prints when it starts to play. */
export const LAUNCHED = "Setting pipeline to PLAYING";

/** A process under measurement; it is killed when disposed. */
export class Subject implements AsyncDisposable {
  readonly #running: Running;

  constructor(command: string, args: string[]) {
    this.#running = start(command, args, { timeoutSec: 120 });
  }

  /** Starts gst-launch-1.0. */
  static launch(pipeline: string): Subject {
    return new Subject("gst-launch-1.0", words(pipeline));
  }

  /** Starts a script of bench/children with its options as JSON. */
  static script(name: string, options: unknown): Subject {
    const file = new URL(`./children/${name}`, import.meta.url).pathname;
    return new Subject(Deno.execPath(), ["run", "-A", file, JSON.stringify(options)]);
  }

  get pid(): number {
    return this.#running.pid;
  }

  /** Resolves with all that it has written once that contains `text`. */
  until(text: string): Promise<string> {
    return this.#running.until(text);
  }

  /** Resolves with the CPU time that it uses, in milliseconds per second, measured over `sec` seconds. */
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
