/**
 * The server of a recording run, for which recording does not wait.
 *
 * @module
 */
import { isLoopback, originOf } from "../args/address.ts";
import { UsageError } from "../args/usage_error.ts";
import { SETUP_HINT } from "../npm/lazy_modules.ts";
import type { Server, ServerOptions, StartServer } from "./server_interface.ts";

/** Milliseconds in which libraries are loaded that Deno has in its cache. */
const LOAD_MS = 5000;

/** Receives lines for the user. */
export interface ServerOutput {
  note: (line: string) => void;
  warn: (line: string) => void;
}

/** Loads the server's libraries while the pipeline starts, and serves once both are ready. */
export class SessionServer implements AsyncDisposable {
  readonly #output: ServerOutput;
  /** Undefined if the libraries cannot be loaded. */
  readonly #loading: Promise<StartServer | undefined>;
  #server: Server | undefined;
  #isDisposed = false;

  /** Begins to load; a failure is printed, and recording goes on without the server. */
  constructor(load: () => Promise<StartServer>, output: ServerOutput) {
    this.#output = output;
    this.#loading = load().catch((error) => {
      const [reason = ""] = (error as Error).message.split("\n");
      output.warn(`no page: ${reason}. Recording goes on without it. ${SETUP_HINT}.`);
      return undefined;
    });
  }

  /**
   * Serves as soon as the libraries are loaded. Resolves then, or after some seconds if that takes longer.
   *
   * @param ended Resolves when there is nothing more to serve.
   * @throws {UsageError} If it cannot listen on the address; later, that is printed only.
   */
  async serve(options: ServerOptions, ended: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), LOAD_MS);
    const first = await Promise.race([this.#loading, late.promise, ended.then(() => "late")])
      .finally(() => clearTimeout(timer));
    if (first !== "late") return await this.#start(options);
    this.#output.note("the page is still being loaded: recording goes on");
    this.#start(options).catch((error) => this.#output.warn(error.message));
  }

  async #start(options: ServerOptions): Promise<void> {
    const startServer = await this.#loading;
    if (startServer === undefined || this.#isDisposed) return;
    const { address } = options;
    try {
      this.#server = await startServer(options);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(`Cannot listen on ${originOf(address)}: ${(error as Error).message}`);
    }
    if (this.#isDisposed) return await this[Symbol.asyncDispose]();
    const access = isLoopback(address.hostname) ? "" : " (with the token)";
    this.#output.note(`listening on ${originOf(this.#server.address)}/${access}`);
  }

  /** Ends the server; one that is still being loaded does not start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await this.#server?.[Symbol.asyncDispose]();
  }
}
