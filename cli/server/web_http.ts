/**
 * Requests and responses of the web's API from and to those of `node:http`.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";

/** Milliseconds that a client has to read an answer while it sends a body that nobody reads. */
const LINGER_MS = 500;

/** A request that breaks off, or cannot be one of the web's API, such as one with the method TRACE. */
export class BadRequestError extends Error {}

/**
 * Returns a request. The host of its URL means nothing: see its header.
 *
 * @throws {BadRequestError} If the web's API has no such request.
 */
export function readRequest(message: IncomingMessage): Request {
  const { method = "", rawHeaders, url = "" } = message;
  try {
    const headers = new Headers();
    for (let i = 0; i < rawHeaders.length; i += 2) {
      headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
    }
    const { pathname, search } = new URL(url.startsWith("/") ? `http://localhost${url}` : url);
    const hasBody = method !== "GET" && method !== "HEAD";
    return new Request(`http://localhost${pathname}${search}`, {
      ...{ method, headers },
      ...(hasBody && { body: ReadableStream.from(readBody(message)) }),
    });
  } catch (error) {
    throw new BadRequestError("Unsupported request", { cause: error });
  }
}

/** Reads a body; a reader that stops early does not close the connection, on which the answer is sent. */
async function* readBody(message: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* message.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw new BadRequestError("The body breaks off", { cause: error });
  }
}

/**
 * Sends a response, as fast as the client reads it.
 *
 * @throws {Error} If its body fails; the connection is closed then. A client that disconnects is no error.
 */
export async function sendResponse(
  response: Response,
  message: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const { status, headers, body } = response;
  for (const [name, value] of headers) if (name !== "set-cookie") answer.setHeader(name, value);
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) answer.setHeader("set-cookie", cookies);
  if (!message.complete) answer.once("finish", () => closeLater(message.socket));
  answer.writeHead(status);
  if (body === null || message.method === "HEAD") {
    await body?.cancel();
    answer.end();
    return;
  }
  const source = Readable.fromWeb(body as NodeReadableStream);
  let failure: Error | undefined;
  source.once("error", (error) => failure = error);
  await pipeline(source, answer).catch(() => {});
  if (failure !== undefined && !isDisconnect(failure)) throw failure;
}

/** Closes a connection whose client still sends a body that nobody reads: at once, the client would not get the answer. */
function closeLater(socket: Socket): void {
  socket.pause();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
}

function isDisconnect(error: Error & { code?: string }): boolean {
  return error.code === "ERR_STREAM_PREMATURE_CLOSE" || error.name === "AbortError";
}
