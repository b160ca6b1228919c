/**
 * Tasks on files in another process: a file that was made to crash a demuxer, or to keep it busy, ends only that.
 *
 * @module
 */
import { commandLine, GstError } from "../../mod.ts";
import { linesOf } from "./lines.ts";
import { type Answer, runTask, type Task, type TaskResults } from "./tasks.ts";

/** The argument that makes a compiled command a worker. */
export const WORKER = "--worker";
/** Seconds for a task, whatever the size of its file. */
const BASE_SEC = 60;
/** The bytes of a file for each of which a second is added: the pace of a slow disk. */
const BYTES_PER_SEC = 2e6;

/** The permissions that a worker can use. */
const PERMISSIONS = ["ffi", "read", "write", "env", "sys"] as const;

/** A task was not done. */
export class WorkerError extends Error {
  override name = "WorkerError";
}

/** A process, and the lines that it writes. */
interface Child {
  process: Deno.ChildProcess;
  input: WritableStreamDefaultWriter<Uint8Array>;
  output: AsyncGenerator<string>;
}

/** Does tasks in another process, which is started at the first one, and again after one that ended it. */
export class FileWorker implements AsyncDisposable {
  #child: Child | undefined;
  #isClosed = false;

  /** Whether this process may start another one that may do as much. If not, {@link run} does tasks in this process. */
  static isPermitted(command: Task["command"]): boolean {
    const needed = command === "recover"
      ? ["ffi", "read", "write"] as const
      : ["ffi", "read"] as const;
    return isGranted({ name: "run", command: Deno.execPath() }) &&
      needed.every((name) => isGranted({ name }));
  }

  /**
   * Does a task. Only one may be under way.
   *
   * @throws {WorkerError} If the process ends, or the time is up, or the worker is disposed.
   * @throws {GstError} If the task fails for another reason than its file.
   */
  async run<T extends Task>(task: T): Promise<TaskResults[T["command"]]> {
    if (!FileWorker.isPermitted(task.command)) return await runTask(task);
    const answer = await this.#ask(task);
    if ("error" in answer) throw new GstError(answer.error);
    return answer.result as TaskResults[T["command"]];
  }

  async #ask(task: Task): Promise<Answer> {
    if (this.#isClosed) throw new WorkerError("The worker was stopped");
    const child = this.#child ??= startChild();
    const limitSec = await secondsFor(filesOf(task));
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      void end(child);
    }, limitSec * 1000);
    try {
      await child.input.write(new TextEncoder().encode(JSON.stringify(task) + "\n"));
      const { value, done } = await child.output.next();
      if (!done) return JSON.parse(value);
    } catch {
      // it cannot be written to any more: it has ended
    } finally {
      clearTimeout(timer);
    }
    this.#child = undefined;
    const { code, signal } = await end(child);
    if (this.#isClosed) throw new WorkerError("The worker was stopped");
    if (isLate) throw new WorkerError(`It takes longer than ${Math.round(limitSec)} s`);
    throw new WorkerError(`The process that read it ended with ${signal ?? `status ${code}`}`);
  }

  /** Ends the process, whatever it is doing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (this.#child !== undefined) await end(this.#child);
    this.#child = undefined;
  }
}

function startChild(): Child {
  // no more than this process has
  const permissions = PERMISSIONS.filter((name) => isGranted({ name }))
    .map((name) => `--allow-${name}`);
  const worker = new URL("./worker.ts", import.meta.url).href;
  const process = new Deno.Command(Deno.execPath(), {
    args: Deno.build.standalone ? [WORKER] : [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-config",
      "--no-lock",
      ...permissions,
      worker,
      commandLine(),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  return { process, input: process.stdin.getWriter(), output: linesOf(process.stdout) };
}

/** Ends a child if it runs, and closes its pipes; an answer that is awaited ends with its output. */
async function end({ process, input, output }: Child): Promise<Deno.CommandStatus> {
  try {
    process.kill("SIGKILL");
  } catch {
    // it has ended already, such as by Ctrl-C, which the terminal sends to both
  }
  const status = await process.status;
  await input.abort().catch(() => {});
  await output.return(undefined).catch(() => {});
  return status;
}

function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}

/** The files that a task reads. */
function filesOf(task: Task): string[] {
  const against = task.command === "verify" ? task.options.against : undefined;
  return [task.path, ...(against === undefined ? [] : [against])];
}

/** The seconds for a task on files. */
async function secondsFor(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(sizeOf));
  return sizes.reduce((sum, bytes) => sum + bytes / BYTES_PER_SEC, BASE_SEC);
}

/** The size of a file; what a sparse one lacks does not count. */
async function sizeOf(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => null);
  if (info === null) return 0;
  return info.blocks === null ? info.size : Math.min(info.size, info.blocks * 512);
}
