/**
 * Access control of the server.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "npm:hono@4.13.19";
import { isLoopback } from "../args/address.ts";
import type { Handler } from "./context.ts";
import type { Client } from "./http_server.ts";
import { json } from "./response.ts";
import { cookieOf, sessionOf, Sessions } from "./sessions.ts";
import { WrongTokens } from "./wrong_tokens.ts";

/** What is served without the token: the page that asks for it. */
const PUBLIC = ["/", "/page.css", "/page.js", "/icon.svg"];

/** Whom to admit. */
export interface AccessOptions {
  /** The token; undefined to admit everybody on this machine. */
  token: string | undefined;
  /** Returns the port of the server, once it listens. */
  port: () => number;
  /** Receives where wrong tokens come from. */
  onWarning: (text: string) => void;
}

/**
 * Refuses requests that pages of other sites make a browser send and, if there is a token, those without it.
 *
 * A page of another site can send requests, also under a name of its own that leads here (DNS rebinding). So a request must
 * come from this server's own pages or from no page at all. Without a token, it must also be sent to a name of this machine:
 * only that shows it is not from another site.
 */
export class AccessControl {
  readonly #options: AccessOptions;
  readonly #sessions = new Sessions();
  readonly #wrongTokens: WrongTokens;

  /** Admits those with the token or, without one, everybody on this machine. */
  constructor(options: AccessOptions) {
    this.#options = options;
    this.#wrongTokens = new WrongTokens(options.onWarning);
  }

  /** Checks a request before it is handled. */
  readonly check: MiddlewareHandler = async (c, next) => {
    const { token } = this.#options;
    if (token === undefined && !isLocalName(c.req.header("host"))) {
      return c.json({
        error: "Address this server as 127.0.0.1 or localhost, or start it with a token",
      }, 403);
    }
    if (isForeign(c)) {
      return c.json({ error: "Requests from pages of other sites are refused" }, 403);
    }
    if (token !== undefined && !PUBLIC.includes(c.req.path) && !await this.#isAllowed(c, token)) {
      return c.json({ error: "The token is missing or wrong" }, 401, {
        "www-authenticate": "Bearer",
      });
    }
    return await next();
  };

  async #isAllowed(c: Context, token: string): Promise<boolean> {
    const [, bearer] = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
    if (bearer === undefined) return this.#endOf(c) !== undefined;
    if (isSame(bearer, token)) return true;
    await this.#wrongTokens.add((c.env as Client).address);
    return false;
  }

  #endOf(c: Context): Date | undefined {
    const value = sessionOf(c.req.header("cookie") ?? "", this.#options.port());
    return value === undefined ? undefined : this.#sessions.endOf(value);
  }

  /** Answers `GET /session`: when the session of the request ends; null without one. */
  readonly showSession: Handler = (c) => json(c, { ends: this.#endOf(c) ?? null });

  /** Answers `POST /session`: begins a session for a page that has sent the token. */
  readonly logIn: Handler = (c) => this.#withCookie(c, this.#sessions.begin());

  /** Answers `DELETE /session`: ends the session of the request. */
  readonly logOut: Handler = (c) => {
    this.#sessions.end(sessionOf(c.req.header("cookie") ?? "", this.#options.port()) ?? "");
    return this.#withCookie(c, "");
  };

  #withCookie(c: Context, value: string): Response {
    // a client that sends this header itself gets a cookie that it does not send over HTTP: nobody else is concerned
    const isSecure = c.req.header("x-forwarded-proto") === "https";
    const cookie = cookieOf(value, { port: this.#options.port(), isSecure });
    return c.body(null, 204, { "set-cookie": cookie });
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
