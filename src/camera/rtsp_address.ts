/**
 * Addresses of RTSP cameras.
 *
 * @module
 */

import { GstError } from "../../ffi/errors.ts";

/** The address of an RTSP camera, split so that no message can show the user or the password. */
export interface RtspAddress {
  /** The URL without user and password. */
  readonly location: string;
  /** The host and, if given, the port. */
  readonly host: string;
  /** The user; empty without one. */
  readonly user: string;
  /** The password; empty without one. */
  readonly password: string;
}

const ADDRESS = /^(rtsps?:\/\/)(?:([^/?#]*)@)?([^/?#]+)([^]*)$/i;

/**
 * Reads an address.
 *
 * @param address A URL with the scheme `rtsp` or `rtsps`; user and password in it are percent-encoded.
 * @param hasUser Whether the user is given elsewhere, and takes the place of the one in the URL.
 * @throws {TypeError} If it is not such a URL.
 */
export function readRtspAddress(address: string, hasUser: boolean): RtspAddress {
  const [, scheme, userInfo, host = "", rest = ""] = ADDRESS.exec(address) ?? [];
  const isUrl = scheme !== undefined && URL.canParse(`${scheme}${host}${rest}`);
  // the rest of a password with a slash
  const isCut = userInfo === undefined && !hasUser && rest.includes("@");
  if (!isUrl || isCut) {
    throw new TypeError(
      "The address of the camera is not a URL such as rtsp://USER:PASSWORD@HOST:554/PATH. Percent-encode / as %2F, ? as " +
        "%3F, # as %23 and @ as %40 in user and password, or pass them as options",
    );
  }
  const [, user = "", password = ""] = /^([^:]*):?([^]*)$/.exec(userInfo ?? "")!;
  return {
    location: `${scheme}${host}${rest}`,
    host,
    user: decode(user),
    password: decode(password),
  };
}

/** Returns the URL of a camera with user and password; without a user, that without them. */
export function urlWithUser({ location, user, password }: RtspAddress): string {
  return location.replace("://", () => `://${userInfo(user, password)}`);
}

/**
 * Returns an error without the user; the same error if it does not show one. It is of an element whose location is from
 * {@link urlWithUser}, so that it shows no password.
 */
export function withoutUser(error: unknown, { user, password }: RtspAddress): unknown {
  if (!(error instanceof GstError) || user === "") return error;
  const remove = (text: string) =>
    text.replaceAll(`://${userInfo(user, password)}`, "://").replaceAll(
      `://${encode(user)}@`,
      "://",
    );
  const [message, debug] = [remove(error.message), error.debug && remove(error.debug)];
  if (message === error.message && debug === error.debug) return error;
  const { domain, code, path, hint } = error;
  const text = hint === undefined ? message : message.slice(0, -hint.length - 1);
  return new GstError(text, { domain, code, path, hint, debug });
}

function userInfo(user: string, password: string): string {
  return user === "" ? "" : `${encode(user)}:${encode(password)}@`;
}

/** Percent-encodes all but letters, digits and what needs no quotes anywhere. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}

/** Decodes percent-encoding; a text with a stray `%` is not encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
