/**
 * Errors in what observes a pipeline.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** An extractor or a processor has thrown, or its promise was rejected. The pipeline goes on, and so does the observation. */
export class ObservationError extends Error {
  /** The class\'s name. */
  override name = "ObservationError";
  /** Which of them. */
  readonly role: "extractor" | "processor";
  /** Where it was thrown, such as `/home/me/faces.ts:12:9`; empty where that is not known. */
  readonly place: string;

  /**
   * Makes an error whose message tells the place.
   *
   * @param cause What was thrown.
   */
  constructor(role: "extractor" | "processor", cause: unknown) {
    const place = placeOf(cause);
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : Deno.inspect(cause);
    super(`${place === "" ? `The ${role}` : `${place}: the ${role}`} failed: ${what}`, { cause });
    this.role = role;
    this.place = place;
  }
}

/** A line of a stack in a module, as opposed to one in Deno itself. */
const STACK_LINE = /^ +at .*?\(?((?:file|https?|data|blob):.+):(\d+):(\d+)\)?$/m;

/** The innermost line of code of a module in an error's stack. */
function placeOf(error: unknown): string {
  const [, url, line, column] = STACK_LINE.exec(error instanceof Error ? error.stack ?? "" : "") ??
    [];
  if (url === undefined) return "";
  return `${url.startsWith("file:") ? fileURLToPath(url) : url}:${line}:${column}`;
}
