/**
 * The sessions of browsers that have sent the token.
 *
 * @module
 */

/** How long a session lasts, in seconds. */
const SESSION_SEC = 7 * 86_400;
/** The sessions at a time; the oldest ends for a new one. */
const MAX_SESSIONS = 1000;

/** Sessions, each known by the value of a cookie: requests of images, videos and events cannot carry headers. */
export class Sessions {
  /** The milliseconds at which each ends, by its value; oldest first. */
  readonly #ends = new Map<string, number>();

  /** Begins a session; returns its value. */
  begin(nowMs: number = Date.now()): string {
    const value = crypto.randomUUID() + crypto.randomUUID();
    this.#ends.set(value, nowMs + SESSION_SEC * 1000);
    const [oldest] = this.#ends.keys();
    if (this.#ends.size > MAX_SESSIONS) this.#ends.delete(oldest!);
    return value;
  }

  /** Returns when a session ends; undefined if there is none of this value. */
  endOf(value: string, nowMs: number = Date.now()): Date | undefined {
    const endMs = this.#ends.get(value);
    return endMs !== undefined && nowMs < endMs ? new Date(endMs) : undefined;
  }

  /** Ends a session. */
  end(value: string): void {
    this.#ends.delete(value);
  }
}

/** How a cookie is sent. */
export interface CookieOptions {
  /** The port of the server: browsers send the cookies of a host to all of its ports. */
  port: number;
  /** Whether the browser speaks TLS, with a server in front of this one. */
  isSecure: boolean;
}

/** Returns the cookie of a session; an empty value removes it. */
export function cookieOf(value: string, { port, isSecure }: CookieOptions): string {
  const maxAge = value === "" ? 0 : SESSION_SEC;
  return `gstp_session_${port}=${value}; Max-Age=${maxAge}; HttpOnly; SameSite=Strict; Path=/` +
    (isSecure ? "; Secure" : "");
}

/** Returns the value of the cookie among those of a request; undefined if there is none. */
export function sessionOf(cookies: string, port: number): string | undefined {
  const name = `gstp_session_${port}`;
  return cookies.split(/; */).find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
}
