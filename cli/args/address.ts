/**
 * The address that the server listens on.
 *
 * @module
 */
import { UsageError } from "./usage_error.ts";

/** A host and a port. */
export interface Address {
  /** A name or an IP address; an IPv6 address without its brackets. */
  hostname: string;
  /** The port; 0 for any that is free. */
  port: number;
}

/** Reads `PORT`, `HOST:PORT` or `[IPV6]:PORT`; a port alone is one of the loopback interface. */
export function readAddress(name: string, text: string): Address {
  const [, ipv6, host, digits = ""] =
    /^(?:(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = digits === "" ? NaN : Number(digits);
  if (port <= 65_535) return { hostname: ipv6 ?? host ?? "127.0.0.1", port };
  throw new UsageError(
    `--${name} takes PORT, HOST:PORT or [IPV6]:PORT, such as 127.0.0.1:8080, not "${text}"`,
  );
}

/** Returns whether a host name reaches this machine only. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/** Returns an address as URLs have it, such as `127.0.0.1:8080`. */
export function hostOf({ hostname, port }: Address): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Returns the origin of an address, such as `http://127.0.0.1:8080`. */
export function originOf(address: Address): string {
  return `http://${hostOf(address)}`;
}
