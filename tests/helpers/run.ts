/**
 * Child processes that cannot hang a test.
 *
 * @module
 */

/** How to run a child. */
export interface RunOptions {
  /** Seconds after which the child is killed and the test fails; 60 unless told. */
  timeoutSec?: number;
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** The user to run it as. */
  uid?: number;
  /** What the child reads from its standard input, which then ends. */
  stdin?: string;
}

/** What became of a child. */
export interface RunResult {
  code: number;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** A child that is under way. */
export interface Running {
  readonly pid: number;
  /** Resolves when it has ended; rejects when it had to be killed. */
  readonly result: Promise<RunResult>;
  /** Sends a signal. */
  kill(signal: Deno.Signal): void;
  /** Resolves to what it has written as soon as that holds a text; rejects when it ends without. */
  until(text: string): Promise<string>;
}

/**
 * Runs a command to its end.
 *
 * @throws {Deno.errors.NotFound} if there is no such command.
 * @throws {Error} at the time-out; the child has been killed by then, and the message holds what it wrote.
 */
export async function run(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return await start(command, args, options).result;
}

/** Starts a command, for tests that do something to it while it runs; {@link run} where they do not. */
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

/** A child that ends without reading all of its input is no fault of the test. */
async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text)).catch(() => {});
  await writer.close().catch(() => {});
}

/** Both outputs of a child, as they come. */
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
