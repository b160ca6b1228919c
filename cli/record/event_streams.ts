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

/** The clients that follow the events. */
export class EventStreams {
  readonly #clients = new Set<ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>>();
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
    let client: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        client = controller;
        this.#clients.add(client);
        client.enqueue(encoder.encode("retry: 2000\n\n"));
        for (const event of first) client.enqueue(encode(event));
      },
      cancel: () => {
        this.#clients.delete(client);
      },
    }, { highWaterMark: MAX_WAITING });
    return new Response(body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }

  /** Sends an event to all; those who have not read the last ones are dropped. */
  send(event: { type: string }): void {
    const bytes = encode(event);
    for (const client of this.#clients) {
      if (client.desiredSize! > 0) {
        client.enqueue(bytes);
      } else {
        this.#clients.delete(client);
        this.#dropped++;
        client.error(new Error("The client does not read"));
      }
    }
  }

  /** Ends all streams. */
  close(): void {
    for (const client of this.#clients) client.close();
    this.#clients.clear();
  }
}

function encode(event: { type: string }): Uint8Array<ArrayBuffer> {
  return encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}
