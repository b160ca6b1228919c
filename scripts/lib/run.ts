/**
 * Child processes with a time limit.
 *
 * @module
 */

/** How to run a child process. */
export interface RunOptions {
  /** Seconds after which the child is killed. Defaults to 60. */
  timeoutSec?: number;
  /** Its working directory. Defaults to this process's. */
  cwd?: string;
  /** Variables to add to this process's environment. */
  env?: Record<string, string>;
  /** The user to run it as. Defaults to this process's. */
  uid?: number;
  /** The text of its standard input. Defaults to none. */
  stdin?: string;
}

/** How a child process ended. */
export interface RunResult {
  code: number;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** A child process that is running. */
export interface Running {
  readonly pid: number;
  /** Resolves when it has ended, or rejects when its time is up. */
  readonly result: Promise<RunResult>;
  /** Sends a signal. */
  kill(signal: Deno.Signal): void;
  /** Resolves with all that it has written once that contains `text`, or rejects when it ends before. */
  until(text: string): Promise<string>;
}

/** Splits a command line at its blanks. */
export function words(line: string): string[] {
  return line.trim().split(/\s+/);
}

/**
 * Runs a command to its end.
 *
 * @throws {Deno.errors.NotFound} If there is no such command.
 * @throws {Error} If its time is up: the child was killed, and the message has what it wrote.
 */
export async function run(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return await start(command, args, options).result;
}

/**
 * Runs a command that must succeed; resolves with its standard output.
 *
 * @throws {Error} If its exit status is not 0; the message has what it wrote to standard error.
 */
export async function outputOf(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

/** Starts a command. {@link run} does so and waits for its end. */
export function start(command: string, args: string[], options: RunOptions = {}): Running {
  const { timeoutSec = 60, cwd, env, uid, stdin } = options;
  const child = new Deno.Command(command, {
    args,
    ...(cwd !== undefined && { cwd }),
    ...(uid !== undefined && { uid }),
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = new Output();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, timeoutSec * 1000);

  const finish = async (): Promise<RunResult> => {
    const [stdout, stderr, status] = await Promise.all([
      output.collect(child.stdout),
      output.collect(child.stderr),
      child.status,
      stdin === undefined ? undefined : feed(child.stdin, stdin),
    ]).finally(() => clearTimeout(timer));
    output.end();
    if (isLate) {
      const line = [command, ...args].join(" ");
      throw new Error(`Killed after ${timeoutSec} s: ${line}\n${stdout}\n${stderr}`);
    }
    return { code: status.code, signal: status.signal, stdout, stderr };
  };
  return {
    pid: child.pid,
    result: finish(),
    kill: (signal) => child.kill(signal),
    until: (text) => output.until(text),
  };
}

/** Writes a child's input. A child may end without reading all of it. */
async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text)).catch(() => {});
  await writer.close().catch(() => {});
}

/** Both outputs of a child as they arrive. */
class Output {
  #text = "";
  #isOver = false;
  #wake = Promise.withResolvers<void>();

  async collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
    let all = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      all += text;
      this.#text += text;
      this.#notify();
    }
    return all;
  }

  end(): void {
    this.#isOver = true;
    this.#notify();
  }

  async until(text: string): Promise<string> {
    while (!this.#text.includes(text)) {
      if (this.#isOver) throw new Error(`The child ended without "${text}": ${this.#text}`);
      await this.#wake.promise;
    }
    return this.#text;
  }

  #notify(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}
