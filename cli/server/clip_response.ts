/**
 * Sends clips, whole or in parts (RFC 9110, sections 13 and 14).
 *
 * @module
 */
import { parse } from "npm:range-parser@2.0.0";
import { mimeTypeOf } from "../../mod.ts";
import type { OpenClip } from "../record/open_clip.ts";

/** What range-parser returns for a range outside of the file. */
const UNSATISFIABLE = 2;
const CHUNK_BYTES = 64 * 1024;

/** Answers a GET or HEAD request for a clip, and closes the clip once it is sent. */
export async function clipResponse(
  request: Request,
  name: string,
  clip: OpenClip,
): Promise<Response> {
  const headers = new Headers({
    "content-type": mimeTypeOf(name),
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "last-modified": clip.modifiedAt.toUTCString(),
    etag: clip.tag,
  });
  if (isCached(request, clip)) return empty(clip, 304, headers);
  const range = readRange(request, clip);
  if (range === null) {
    headers.set("content-range", `bytes */${clip.bytes}`);
    return empty(clip, 416, headers);
  }
  const { start, end, isPart } = range;
  headers.set("content-length", String(end - start));
  if (isPart) headers.set("content-range", `bytes ${start}-${end - 1}/${clip.bytes}`);
  const status = isPart ? 206 : 200;
  if (request.method === "HEAD") return empty(clip, status, headers);
  await clip.file.seek(start, Deno.SeekMode.Start);
  return new Response(readBytes(clip.file, end - start), { status, headers });
}

function empty(clip: OpenClip, status: number, headers: Headers): Response {
  clip.file.close();
  return new Response(null, { status, headers });
}

/** Whether the client has this clip in its cache. */
function isCached(request: Request, { tag }: OpenClip): boolean {
  const tags = request.headers.get("if-none-match")?.split(",").map((one) => one.trim()) ?? [];
  return tags.some((one) => one === "*" || one.replace(/^W\//, "") === tag);
}

/** The bytes to send, `end` not included; null if the range is outside of the clip. */
function readRange(
  request: Request,
  clip: OpenClip,
): { start: number; end: number; isPart: boolean } | null {
  const whole = { start: 0, end: clip.bytes, isPart: false };
  const wanted = request.headers.get("range");
  if (wanted === null || !/^bytes=/i.test(wanted) || !isSameClip(request, clip)) return whole;
  const { code, ranges: [range, ...more] } = parse(clip.bytes, wanted);
  if (code === UNSATISFIABLE) return null;
  // a malformed range, or several: the whole clip is a valid answer
  if (range === undefined || more.length > 0) return whole;
  const { start, end } = range;
  return { start, end: end + 1, isPart: true };
}

/** Whether the part that the client has is of this clip. */
function isSameClip(request: Request, { tag, modifiedAt }: OpenClip): boolean {
  const condition = request.headers.get("if-range");
  return condition === null || condition === tag || condition === modifiedAt.toUTCString();
}

/** Reads a file as fast as the client takes it, then closes it. */
function readBytes(file: Deno.FsFile, bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = bytes;
  return new ReadableStream({
    async pull(controller) {
      const chunk = new Uint8Array(Math.min(left, CHUNK_BYTES));
      const count = left === 0 ? null : await file.read(chunk);
      if (count !== null) {
        left -= count;
        controller.enqueue(chunk.subarray(0, count));
        return;
      }
      file.close();
      if (left > 0) controller.error(new Error("The clip has become shorter"));
      else controller.close();
    },
    cancel: () => file.close(),
  }, { highWaterMark: 0 });
}
