/**
 * A TCP proxy that can stop forwarding, as a network does whose cable is pulled out.
 *
 * @module
 */

const CHUNK_SIZE = 65_536;

/** A running proxy on the loopback interface. */
export class TcpProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #targetPort: number;
  readonly #connections = new Set<Deno.Conn>();
  readonly #served: Promise<void>;
  /** Resolves when the proxy forwards. */
  #forwards = Promise.resolve();
  #mend = () => {};

  /** Starts a proxy in front of a port of the loopback interface. */
  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#served = this.#serve();
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Stops reading and writing: connections stay open, and new ones are accepted without an answer. */
  cut(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#forwards = promise;
    this.#mend = resolve;
  }

  /** Goes on with all connections. */
  mend(): void {
    this.#mend();
  }

  async #serve(): Promise<void> {
    const served: Promise<void>[] = [];
    for await (const client of this.#listener) served.push(this.#connect(client));
    await Promise.all(served);
  }

  async #connect(client: Deno.Conn): Promise<void> {
    this.#connections.add(client);
    await this.#forwards;
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#targetPort });
      this.#connections.add(server);
      await Promise.race([this.#pump(client, server), this.#pump(server, client)]);
      this.#close(server);
    } catch { /* the target does not listen */ }
    this.#close(client);
  }

  /** Forwards until either connection ends. */
  async #pump(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const chunk = new Uint8Array(CHUNK_SIZE);
    try {
      for (;;) {
        await this.#forwards;
        const size = await from.read(chunk);
        if (size === null) return;
        await this.#forwards;
        for (let sent = 0; sent < size;) sent += await to.write(chunk.subarray(sent, size));
      }
    } catch { /* a connection was closed or reset */ }
  }

  #close(connection: Deno.Conn): void {
    if (this.#connections.delete(connection)) connection.close();
  }

  /** Closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#mend();
    for (const connection of this.#connections) this.#close(connection);
    await this.#served;
  }
}
