/**
 * The server of `gstp record`.
 *
 * @module
 */
import type { Address } from "../args/address.ts";
import type { Server, ServerOptions } from "../record/server_interface.ts";
import { statusEvent } from "../record/status.ts";
import { createApp } from "./app.ts";
import { connectionLimits } from "./connections.ts";
import { EventStreams, SlowClientError } from "./event_streams.ts";
import { HttpServer } from "./http_server.ts";

/** Milliseconds between two statuses among the events. */
const STATUS_MS = 1000;

/** Serves the page and the API until disposed. No failure of it ends the recording. */
export class RecordServer implements Server {
  readonly #options: ServerOptions;
  readonly #streams: EventStreams;
  readonly #server: HttpServer;
  readonly #timer: ReturnType<typeof setInterval>;

  /**
   * Starts the server.
   *
   * @throws {Error} If it cannot listen on the address.
   */
  static async start(options: ServerOptions): Promise<RecordServer> {
    const limits = connectionLimits();
    const streams = new EventStreams(limits.total);
    let removedClips = 0;
    let port = 0;
    const app = createApp({
      ...{ ...options, streams },
      port: () => port,
      removedClips: () => removedClips,
    });
    options.events.listen((event) => {
      if (event.type === "removed") removedClips++;
      try {
        streams.send(event);
      } catch (error) {
        // the recorder emits the event: it must not fail
        options.onError(error as Error);
      }
    });
    const server = await HttpServer.start({
      address: options.address,
      handler: (request, client) => app.fetch(request, client),
      limits,
      onError: (error) => {
        if (!(error instanceof SlowClientError)) options.onError(error);
      },
    });
    port = server.address.port;
    return new RecordServer(options, streams, server);
  }

  private constructor(options: ServerOptions, streams: EventStreams, server: HttpServer) {
    this.#options = options;
    this.#streams = streams;
    this.#server = server;
    this.#timer = setInterval(() => void this.#sendStatus(), STATUS_MS);
  }

  /** The address that the server listens on. */
  get address(): Address {
    return this.#server.address;
  }

  /** Ends the streams of events, then the server, without waiting for downloads. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#streams.close();
    await this.#server[Symbol.asyncDispose]();
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
