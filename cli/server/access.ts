/**
 * Access control of the server.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "npm:hono@4.13.19";
import { isLoopback } from "../args/address.ts";

/** What is served without the token: the page that asks for it. */
const PUBLIC = ["/", "/page.css", "/page.js", "/icon.svg"];

/**
 * Refuses requests that pages of other sites make a browser send and, if there is a token, those without it.
 *
 * A page of another site can send requests, also under a name of its own that leads here (DNS rebinding). So a request must
 * come from this server's own pages or from no page at all. Without a token, it must also be sent to a name of this machine:
 * only that shows it is not from another site.
 */
export class AccessControl {
  readonly #token: string | undefined;
  /** The cookie that the page sends instead of the token: requests of images, videos and events cannot carry headers. */
  readonly #session: string = crypto.randomUUID() + crypto.randomUUID();

  /** @param token The token; undefined to admit everybody on this machine. */
  constructor(token: string | undefined) {
    this.#token = token;
  }

  /** Checks a request before it is handled. */
  readonly check: MiddlewareHandler = async (c, next) => {
    if (this.#token === undefined && !isLocalName(c.req.header("host"))) {
      return c.json({
        error: "Address this server as 127.0.0.1 or localhost, or start it with a token",
      }, 403);
    }
    if (isForeign(c)) {
      return c.json({ error: "Requests from pages of other sites are refused" }, 403);
    }
    if (!PUBLIC.includes(c.req.path) && !this.#isAllowed(c)) {
      return c.json({ error: "The token is missing or wrong" }, 401, {
        "www-authenticate": "Bearer",
      });
    }
    return await next();
  };

  #isAllowed(c: Context): boolean {
    if (this.#token === undefined) return true;
    const [, bearer] = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
    if (bearer !== undefined) return isSame(bearer, this.#token);
    const [, session] = /(?:^|; *)gstp_session=([^;]*)/.exec(c.req.header("cookie") ?? "") ?? [];
    return session !== undefined && isSame(session, this.#session);
  }

  /** The cookie for a page that has sent the token. */
  get cookie(): string {
    return `gstp_session=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
  }
}

/** Compares texts in a time that does not depend on what they have in common. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(left!, right!);
}

function isLocalName(host: string | undefined): boolean {
  const [, ipv6, name = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host ?? "") ?? [];
  return isLoopback(ipv6 ?? name.toLowerCase());
}

/** Whether a page of another origin sent a request; a link to the page itself is harmless. */
function isForeign(c: Context): boolean {
  const origin = c.req.header("origin");
  if (origin !== undefined && hostOf(origin) !== c.req.header("host")?.toLowerCase()) return true;
  const site = c.req.header("sec-fetch-site") ?? "none";
  if (site === "none" || site === "same-origin") return false;
  return !(c.req.path === "/" && c.req.header("sec-fetch-mode") === "navigate");
}

/** The host of an origin; the origin `null` of a file or a sandbox has none. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
