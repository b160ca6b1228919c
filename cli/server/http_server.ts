/**
 * An HTTP/1.1 server that no client can exhaust.
 *
 * `Deno.serve()` has no limits on connections and time, speaks HTTP/2 without TLS, and ends when the process has no
 * descriptor left for a connection; `node:http` has limits.
 *
 * @module
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import type { Address } from "../args/address.ts";
import { type ConnectionLimits, Connections } from "./connections.ts";
import { BadRequestError, readRequest, sendResponse } from "./web_http.ts";

/** Milliseconds that clients have, and between checks. */
export interface HttpTimes {
  /** For the head of a request, from the first byte or, before that, from the connection. */
  headMs: number;
  /** For a whole request. */
  requestMs: number;
  /** Between an answer and the next request. */
  idleMs: number;
  /** Without reading any of an answer, or writing. */
  stallMs: number;
  /** Between two checks of whether connections are accepted. */
  checkMs: number;
}

/** The times unless others are given. */
const TIMES: HttpTimes = {
  ...{ headMs: 10_000, requestMs: 20_000, idleMs: 10_000, stallMs: 60_000, checkMs: 10_000 },
};
/** The longest head of a request, in bytes. */
const MAX_HEAD_BYTES = 16 * 1024;

/** What is known of the client that sent a request. */
export interface Client {
  /** Its address, that of the proxy if there is one. */
  address: string;
}

/** Answers a request. */
export type HttpHandler = (request: Request, client: Client) => Response | Promise<Response>;

/** How to serve. */
export interface HttpServerOptions {
  address: Address;
  handler: HttpHandler;
  limits: ConnectionLimits;
  times?: HttpTimes;
  /** Receives a defect, or why an answer broke off; not what clients do wrong. */
  onError: (error: Error) => void;
}

/** A server, which runs until disposed. */
export class HttpServer implements AsyncDisposable {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #address: Address;

  /**
   * Starts a server.
   *
   * @throws {Error} If it cannot listen on the address.
   */
  static async start(options: HttpServerOptions): Promise<HttpServer> {
    const { headMs, requestMs, idleMs, stallMs } = options.times ?? TIMES;
    const server = createServer({
      headersTimeout: headMs,
      requestTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: Math.min(headMs, 1000),
      maxHeaderSize: MAX_HEAD_BYTES,
    });
    server.timeout = stallMs;
    await listen(server, options.address, options.limits);
    return new HttpServer(server, options);
  }

  private constructor(server: Server, options: HttpServerOptions) {
    this.#options = options;
    this.#server = server;
    this.#connections = new Connections(options.limits);
    const { port } = server.address() as { port: number };
    this.#address = { hostname: options.address.hostname, port };
    server.on("connection", (socket) => this.#accept(socket));
    server.on("request", (message, answer) => void this.#answer(message, answer));
    server.on("clientError", (error, socket) => refuse(error, socket as Socket));
    server.on("error", options.onError);
    this.#timer = setInterval(() => void this.#check(), (options.times ?? TIMES).checkMs);
  }

  /** The address that the server listens on. */
  get address(): Address {
    return this.#address;
  }

  /** The number of open connections. */
  get connections(): number {
    return this.#connections.count;
  }

  #accept(socket: Socket): void {
    // clients that disconnect
    socket.on("error", () => {});
    this.#connections.add(socket);
  }

  async #answer(message: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { socket } = message;
    this.#connections.setBusy(socket);
    answer.once("close", () => this.#connections.setIdle(socket));
    try {
      const request = readRequest(message);
      const response = await this.#options.handler(request, {
        address: socket.remoteAddress ?? "",
      });
      await sendResponse(response, message, answer);
    } catch (error) {
      if (!(error instanceof BadRequestError)) this.#options.onError(error as Error);
      if (answer.headersSent) return void socket.destroy();
      answer.writeHead(error instanceof BadRequestError ? 400 : 500, { connection: "close" }).end();
    }
  }

  /** Deno stops accepting connections, without an error, once the process had no descriptor left for one: listens again. */
  async #check(): Promise<void> {
    const { accepted } = this.#connections;
    const { hostname, port } = this.#address;
    const probe = connect(port, /^(?:0\.0\.0\.0|::)$/.test(hostname) ? "localhost" : hostname);
    probe.on("error", () => {});
    const { checkMs } = this.#options.times ?? TIMES;
    await new Promise((resolve) => setTimeout(resolve, checkMs / 2));
    const isConnected = !probe.pending;
    probe.destroy();
    if (!isConnected || this.#connections.accepted > accepted || !this.#server.listening) return;
    this.#server.close();
    await listen(this.#server, this.#address, this.#options.limits).catch(this.#options.onError);
  }

  /** Ends the server, without waiting for answers under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#connections.close();
    await closed;
  }
}

/** The connections that wait to be accepted have descriptors before they are counted: so that few may wait. */
async function listen(
  server: Server,
  address: Address,
  { total }: ConnectionLimits,
): Promise<void> {
  const { hostname: host, port } = address;
  server.listen({ host, port, backlog: Math.ceil(total / 2) });
  await once(server, "listening");
}

/** Answers what is no HTTP/1.1, or comes too late. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const statuses: Record<string, string> = {
    ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
    HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  };
  const status = statuses[error.code ?? ""] ?? "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}
