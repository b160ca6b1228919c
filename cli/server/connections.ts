/**
 * Limits on the connections of the server.
 *
 * @module
 */
import type { Socket } from "node:net";
import { isLoopback } from "../args/address.ts";

/** The connections at a time, where the process may open enough files. */
const MAX_CONNECTIONS = 256;
/** The part of a process's descriptors that connections get: each may also have a clip open. The rest is for recording. */
const SHARE = 1 / 4;
/** The connections from one address at a time. Those from this machine may be of a proxy, and have no such limit. */
const MAX_PER_ADDRESS = 64;

/** How many connections there may be. */
export interface ConnectionLimits {
  total: number;
  perAddress: number;
}

/** Returns the limits that leave enough descriptors for recording. */
export function connectionLimits(): ConnectionLimits {
  const total = Math.min(MAX_CONNECTIONS, Math.floor(SHARE * descriptorLimit()));
  return { total: Math.max(1, total), perAddress: MAX_PER_ADDRESS };
}

/** The number of descriptors that this process may have (proc(5)). */
function descriptorLimit(): number {
  try {
    const text = Deno.readTextFileSync("/proc/self/limits");
    return Number(/^Max open files +(\d+)/m.exec(text)?.[1] ?? Infinity);
  } catch {
    // no Linux, or not permitted: Deno lets only programs with all permissions read it
    return Infinity;
  }
}

/** What is needed of a connection. */
export type Connection = Pick<Socket, "remoteAddress" | "destroy" | "once">;

/**
 * The open connections. Where there are too many, one that waits for a request is closed for the new one, the one that has
 * waited longest; where all have a request, the new one is closed.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #all = new Set<Connection>();
  /** Those that wait for a request, the one that has waited longest first. */
  readonly #idle = new Set<Connection>();
  #accepted = 0;

  /** Admits so many connections. */
  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** The number of open connections. */
  get count(): number {
    return this.#all.size;
  }

  /** The number of all connections that have ever been accepted, those closed at once included. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Adds a new connection, or closes it; returns whether it stays open. */
  add(connection: Connection): boolean {
    this.#accepted++;
    const { total, perAddress } = this.#limits;
    const address = connection.remoteAddress ?? "";
    const neighbours = [...this.#all].filter(({ remoteAddress }) => remoteAddress === address);
    const isCrowded = !isLoopback(address) && neighbours.length >= perAddress;
    if (isCrowded || this.#all.size >= total) {
      const candidates = isCrowded ? new Set(neighbours) : this.#all;
      const oldest = [...this.#idle].find((one) => candidates.has(one));
      if (oldest === undefined) {
        connection.destroy();
        return false;
      }
      this.#delete(oldest);
      oldest.destroy();
    }
    this.#all.add(connection);
    this.#idle.add(connection);
    connection.once("close", () => this.#delete(connection));
    return true;
  }

  /** A request has come on a connection. */
  setBusy(connection: Connection): void {
    this.#idle.delete(connection);
  }

  /** A request is answered, and the connection waits for the next one. */
  setIdle(connection: Connection): void {
    if (this.#all.has(connection)) this.#idle.add(connection);
  }

  #delete(connection: Connection): void {
    this.#all.delete(connection);
    this.#idle.delete(connection);
  }

  /** Closes all connections. */
  close(): void {
    for (const connection of this.#all) connection.destroy();
  }
}
