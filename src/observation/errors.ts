/**
 * Errors of the code that observes a pipeline.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** An extractor or a processor threw, or its promise was rejected. The pipeline and the observation go on. */
export class ObservationError extends Error {
  /** The class's name. */
  override name = "ObservationError";
  /** Which function failed. */
  readonly role: "extractor" | "processor";
  /** The file, line and column, such as `/home/me/faces.ts:12:9`; empty if they are unknown. */
  readonly place: string;

  /**
   * Creates an error whose message begins with the place.
   *
   * @param cause The value that was thrown.
   */
  constructor(role: "extractor" | "processor", cause: unknown) {
    const place = placeOf(cause);
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : Deno.inspect(cause);
    super(`${place === "" ? `The ${role}` : `${place}: the ${role}`} failed: ${what}`, { cause });
    this.role = role;
    this.place = place;
  }
}

/** A line of a stack that is in a module, and not in Deno itself. */
const STACK_LINE = /^ +at .*?\(?((?:file|https?|data|blob):.+):(\d+):(\d+)\)?$/m;

/** Returns the innermost line of an error's stack that is in a module. */
function placeOf(error: unknown): string {
  const [, url, line, column] = STACK_LINE.exec(error instanceof Error ? error.stack ?? "" : "") ??
    [];
  if (url === undefined) return "";
  return `${url.startsWith("file:") ? fileURLToPath(url) : url}:${line}:${column}`;
}
