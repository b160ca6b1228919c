/**
 * Server-sent events (HTML Standard, section 9.2).
 *
 * @module
 */

/** The bytes that may wait for a client to read them. */
const MAX_WAITING_BYTES = 1_000_000;
/** The part of the connections that clients may take: they keep theirs. */
const SHARE = 1 / 4;

const encoder = new TextEncoder();

/** A client was dropped because it did not read: its stream fails with this error. */
export class SlowClientError extends Error {
  override name = "SlowClientError";
}

type Bytes = Uint8Array<ArrayBuffer>;
type Controller = ReadableStreamDefaultController<Bytes>;

/** The streams of the clients that follow the events. */
export class EventStreams {
  readonly #clients = new Set<Controller>();
  readonly #maxClients: number;
  #dropped = 0;

  /** @param connections The number of connections that the server may have. */
  constructor(connections: number) {
    this.#maxClients = Math.ceil(SHARE * connections);
  }

  /** The number of clients. */
  get count(): number {
    return this.#clients.size;
  }

  /** The number of clients that were dropped because they did not read. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Returns the stream of a new client, which begins with some events; null if there are too many clients. */
  open(first: readonly { type: string }[]): Response | null {
    if (this.#clients.size >= this.#maxClients) return null;
    let client: Controller;
    const stream = new ReadableStream<Bytes>({
      start: (controller) => {
        client = controller;
        this.#clients.add(client);
      },
      cancel: () => void this.#clients.delete(client),
    }, new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING_BYTES }));
    client!.enqueue(encoder.encode("retry: 2000\n\n"));
    for (const event of first) client!.enqueue(encode(event));
    return new Response(stream, {
      // no-transform: a proxy would compress the stream, and buffer events for that
      headers: { "content-type": "text/event-stream", "cache-control": "no-store, no-transform" },
    });
  }

  /** Sends an event to all clients, and drops those that do not read. */
  send(event: { type: string }): void {
    const bytes = encode(event);
    for (const client of this.#clients) {
      client.enqueue(bytes);
      // null once the stream has failed
      if ((client.desiredSize ?? -1) >= 0) continue;
      client.error(new SlowClientError("The client does not read its events"));
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

function encode(event: { type: string }): Bytes {
  return encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}
