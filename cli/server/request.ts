/**
 * Reads and validates requests.
 *
 * @module
 */
import type { Context } from "npm:hono@4.13.19";
import * as v from "npm:valibot@1.5.0";

/** The longest body of a request, in bytes. */
const MAX_BODY_BYTES = 4096;

/** A wrong request: what the client gets for it. */
export class RequestError extends Error {
  /** The HTTP status, and a sentence for the client. */
  constructor(readonly status: 400 | 404 | 413 | 415, message: string) {
    super(message);
  }
}

/**
 * Reads a JSON object from the body of a request; a request without a body stands for an empty object.
 *
 * @throws {RequestError} If the body is something else.
 */
export async function readJson(c: Context): Promise<unknown> {
  const text = await readBody(c.req.raw);
  if (text === "") return {};
  if (!/^application\/json *(;|$)/i.test(c.req.header("content-type") ?? "")) {
    throw new RequestError(415, "The body must be application/json");
  }
  try {
    const value: unknown = JSON.parse(text);
    // an array would pass for an object: it has an `at`
    if (!Array.isArray(value)) return value;
  } catch (error) {
    throw new RequestError(400, `The body is not JSON: ${(error as Error).message}`);
  }
  throw new RequestError(400, "body: must be an object");
}

/** Reads a body, and no more of it than is allowed. */
async function readBody(request: Request): Promise<string> {
  const tooLong = new RequestError(413, `The body must have at most ${MAX_BODY_BYTES} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) throw tooLong;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw tooLong;
    chunks.push(chunk);
  }
  return await new Blob(chunks).text();
}

/**
 * Returns a value that a client sent, in the form that a schema describes.
 *
 * @throws {RequestError} If it does not match the schema.
 */
export function validate<const S extends v.GenericSchema>(
  schema: S,
  value: unknown,
): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  const texts = issues.map((issue) => {
    const isUnknown = issue.expected === "never";
    return `${v.getDotPath(issue) ?? "body"}: ${isUnknown ? "unknown" : issue.message}`;
  });
  throw new RequestError(400, texts.join("; "));
}
