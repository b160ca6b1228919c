/**
 * Events for browsers and scripts, as they happen (HTML Standard, section 9.2, server-sent events).
 *
 * @module
 */

/** Events that may wait for a client to read them. */
const MAX_WAITING = 256;
/** Clients at a time. */
const MAX_CLIENTS = 64;

const encoder = new TextEncoder();

type Bytes = Uint8Array<ArrayBuffer>;

/** The clients that follow the events. */
export class EventStreams {
  readonly #clients = new Set<Client>();
  #dropped = 0;

  /** Clients that follow. */
  get count(): number {
    return this.#clients.size;
  }

  /** Clients that were dropped, as they did not read. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A new client's stream, which begins with these events; null where there are too many clients. */
  open(first: { type: string }[]): Response | null {
    if (this.#clients.size >= MAX_CLIENTS) return null;
    const client = new Client(() => this.#clients.delete(client));
    this.#clients.add(client);
    client.send(encoder.encode("retry: 2000\n\n"));
    for (const event of first) client.send(encode(event));
    return new Response(client.stream, {
      // Deno would compress them otherwise, and hold them back for that
      headers: { "content-type": "text/event-stream", "cache-control": "no-store, no-transform" },
    });
  }

  /** Sends an event to all; those who have not read the last ones are dropped. */
  send(event: { type: string }): void {
    const bytes = encode(event);
    for (const client of this.#clients) {
      client.send(bytes);
      if (client.waiting <= MAX_WAITING) continue;
      client.close();
      this.#clients.delete(client);
      this.#dropped++;
    }
  }

  /** Ends all streams. */
  close(): void {
    for (const client of this.#clients) client.close();
    this.#clients.clear();
  }
}

/** What waits for one client. */
class Client {
  readonly stream: ReadableStream<Bytes>;
  readonly #waiting: Bytes[] = [];
  #isClosed = false;
  #more = Promise.withResolvers<void>();

  constructor(onGone: () => void) {
    this.stream = new ReadableStream({
      pull: (controller) => this.#pull(controller),
      cancel: () => {
        this.close();
        onGone();
      },
    }, { highWaterMark: 0 });
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  send(bytes: Bytes): void {
    this.#waiting.push(bytes);
    this.#more.resolve();
  }

  /** Ends the stream; what waits is not sent any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#more.resolve();
  }

  async #pull(controller: ReadableStreamDefaultController<Bytes>): Promise<void> {
    await this.#more.promise;
    if (this.#isClosed) return controller.close();
    controller.enqueue(this.#waiting.shift()!);
    if (this.#waiting.length === 0) this.#more = Promise.withResolvers();
  }
}

function encode(event: { type: string }): Bytes {
  return encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}
