/**
 * The server of `gstp record`.
 *
 * @module
 */
import type { Address } from "../args/address.ts";
import type { Server, ServerOptions } from "../record/server_interface.ts";
import { statusEvent } from "../record/status.ts";
import { createApp } from "./app.ts";
import { EventStreams, SlowClientError } from "./event_streams.ts";

/** Milliseconds between two statuses among the events. */
const STATUS_MS = 1000;

/** Serves the page and the API until disposed. */
export class RecordServer implements Server {
  readonly #options: ServerOptions;
  readonly #streams = new EventStreams();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #removedClips = 0;

  /**
   * Starts the server.
   *
   * @throws {Deno.errors.AddrInUse} If another program listens on the address.
   * @throws {Error} If the machine has no such address.
   */
  constructor(options: ServerOptions) {
    this.#options = options;
    const { address: { hostname, port }, events } = options;
    const app = createApp({
      ...options,
      streams: this.#streams,
      removedClips: () => this.#removedClips,
    });
    this.#server = Deno.serve({
      ...{ hostname, port, signal: this.#stop.signal },
      onListen() {},
      onError: (error) => this.#onError(error),
    }, app.fetch);
    events.listen((event) => {
      if (event.type === "removed") this.#removedClips++;
      this.#streams.send(event);
    });
    this.#timer = setInterval(() => void this.#sendStatus(), STATUS_MS);
  }

  /** Handles the error of a response that is under way; the application answers those of requests. */
  #onError(error: unknown): Response {
    if (!(error instanceof SlowClientError)) this.#options.onError(error as Error);
    return new Response(null, { status: 500 });
  }

  /** The address that the server listens on. */
  get address(): Address {
    const { hostname, port } = this.#server.addr;
    return { hostname, port };
  }

  /** Ends the streams of events, then the server, without waiting for downloads. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#streams.close();
    this.#stop.abort();
    await this.#server.finished;
  }

  async #sendStatus(): Promise<void> {
    if (this.#streams.count === 0) return;
    try {
      this.#streams.send(statusEvent(await this.#options.recorders.status()));
    } catch (error) {
      this.#options.onError(error as Error);
    }
  }
}
