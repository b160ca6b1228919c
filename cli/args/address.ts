/**
 * Where the server listens.
 *
 * @module
 */
import { UsageError } from "./usage_error.ts";

/** An address and a port. */
export interface Address {
  /** Without the brackets of IPv6. */
  hostname: string;
  /** 0: any that is free. */
  port: number;
}

/** Reads `PORT`, `HOST:PORT` or `[IPV6]:PORT`; a port alone is on this machine only. */
export function readAddress(name: string, text: string): Address {
  const [, ipv6, host, digits = ""] =
    /^(?:(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = digits === "" ? NaN : Number(digits);
  if (port <= 65_535) return { hostname: ipv6 ?? host ?? "127.0.0.1", port };
  throw new UsageError(
    `--${name} takes PORT, HOST:PORT or [IPV6]:PORT, such as 127.0.0.1:8080, not "${text}"`,
  );
}

/** Whether only this machine gets there. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/** The address as the start of URLs. */
export function origin({ hostname, port }: Address): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
