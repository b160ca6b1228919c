/**
 * Responses that several resources have in common.
 *
 * @module
 */
import type { Context } from "npm:hono@4.13.19";

/** Returns a value as JSON that is not cached. */
export function json(
  c: Context,
  value: object,
  status: 200 | 202 | 400 | 404 | 413 | 415 | 500 | 503 = 200,
): Response {
  return c.json(value, status, { "cache-control": "no-store" });
}

/** Returns the URL of a clip. */
export function clipUrl(name: string): string {
  return `/clips/${encodeURIComponent(name)}`;
}
