/**
 * The recorders by HTTP.
 *
 * @module
 */
import { type Context, Hono } from "npm:hono@^4";
import { secureHeaders } from "npm:hono@^4/secure-headers";
import * as v from "npm:valibot@^1";
import { GstError, type RecordOptions } from "../../mod.ts";
import type { Address } from "../args/address.ts";
import type { ClipFolder, ClipInfo } from "../record/clip_folder.ts";
import { clipResponse } from "./clip_response.ts";
import { EventStreams } from "./event_streams.ts";
import type { Events } from "../record/events.ts";
import { AccessControl } from "./access.ts";
import { metricsText } from "./metrics.ts";
import icon from "./page/icon.svg" with { type: "text" };
import html from "./page/index.html" with { type: "text" };
import style from "./page/page.css" with { type: "text" };
import script from "./page/page.js" with { type: "text" };
import { type Recorders, statusEvent } from "../record/recorders.ts";

/** What the server shows and does. */
export interface ServerOptions {
  address: Address;
  token: string | undefined;
  recorders: Recorders;
  folder: ClipFolder;
  events: Events;
  /** Takes a defect of the server itself. */
  onError: (error: Error) => void;
}

/** Bytes of a request's body. */
const MAX_BODY_BYTES = 4096;
/** Milliseconds between two looks at the rings for those who follow the events. */
const STATUS_MS = 1000;
/** Clips in a list. */
const MAX_LISTED = 1000;

const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const CallSchema = v.strictObject({
  before: v.optional(seconds),
  after: v.optional(seconds),
  at: v.optional(seconds),
  tee: v.optional(v.string()),
});
const ListSchema = v.object({
  limit: v.optional(
    v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(1), v.maxValue(MAX_LISTED)),
    "50",
  ),
});

/** A wrong request. */
class RequestError extends Error {
  /** What the client is told. */
  constructor(readonly status: 400 | 404 | 413 | 415, message: string) {
    super(message);
  }
}

/** Serves the page, the clips and what there is to know, until disposed. */
export class RecordServer implements AsyncDisposable {
  readonly #options: ServerOptions;
  readonly #streams = new EventStreams();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #removedClips = 0;

  /**
   * Starts it.
   *
   * @throws {Deno.errors.AddrInUse} if another program listens there, or {@link Error} if there is no such address.
   */
  constructor(options: ServerOptions) {
    this.#options = options;
    const { address, events } = options;
    const { hostname, port } = address;
    const { signal } = this.#stop;
    this.#server = Deno.serve({ hostname, port, signal, onListen() {} }, this.#app().fetch);
    events.listen((event) => {
      if (event.type === "removed") this.#removedClips++;
      this.#streams.send(event);
    });
    this.#timer = setInterval(() => void this.#sendStatus(), STATUS_MS);
  }

  /** Where it listens. */
  get address(): Address {
    const { hostname, port } = this.#server.addr;
    return { hostname, port };
  }

  /** Ends the events, then the server, without waiting for downloads. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#streams.close();
    this.#stop.abort();
    await this.#server.finished;
  }

  #app(): Hono {
    const app = new Hono();
    const access = new AccessControl(this.#options.token);
    app.use(secureHeaders({
      strictTransportSecurity: false,
      xFrameOptions: "DENY",
      contentSecurityPolicy: {
        ...{ defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"] },
        ...{ imgSrc: ["'self'"], mediaSrc: ["'self'"], connectSrc: ["'self'"] },
        ...{ baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
      },
    }));
    app.use(access.check);
    app.notFound((c) => c.json({ error: "There is no such page" }, 404));
    app.onError((error, c) => this.#reportFailure(error, c));

    for (const [path, type, text] of FILES) {
      app.get(
        path,
        (c) => c.body(text, 200, { "content-type": type, "cache-control": "no-cache" }),
      );
    }
    app.post("/session", (c) => c.body(null, 204, { "set-cookie": access.cookie }));
    app.post("/record", (c) => this.#record(c));
    app.get("/status", async (c) => json(c, await this.#options.recorders.status()));
    app.get("/clips", (c) => this.#listClips(c));
    app.get("/clips/:name", (c) => this.#sendClip(c));
    app.get("/snapshot.jpg", (c) => this.#sendSnapshot(c));
    app.get("/metrics", (c) => this.#sendMetrics(c));
    app.get("/events", (c) => this.#sendEvents(c));
    return app;
  }

  async #record(c: Context): Promise<Response> {
    const { before, after, at, tee } = check(CallSchema, await readJson(c));
    const { recorders } = this.#options;
    const call: RecordOptions = {
      ...(before !== undefined && { beforeSec: before }),
      ...(after !== undefined && { afterSec: after }),
      ...(at !== undefined && { at }),
    };
    const tees = tee === undefined ? recorders.tees : [this.#checkTee(tee)];
    const { clips, failures } = await recorders.record("http", call, tees);
    const isWrong = failures.some(({ error }) => error instanceof RangeError);
    const status = isWrong ? 400 : failures.length > 0 ? 500 : 202;
    const told = failures.map(({ tee, error }) => ({ tee, error: error.message }));
    const where = clips.map((clip) => ({ ...clip, url: urlOf(clip.name) }));
    return json(c, { clips: where, failures: told }, status);
  }

  /** A tee's name, which may be left out where there is only one. */
  #checkTee(tee: string | undefined): string {
    const { tees } = this.#options.recorders;
    const name = tee ?? tees[0]!;
    if (tees.includes(name)) return name;
    throw new RequestError(404, `There is no tee "${name}"; there are: ${tees.join(", ")}`);
  }

  async #listClips(c: Context): Promise<Response> {
    const { limit } = check(ListSchema, c.req.query());
    const { folder } = this.#options;
    const { count, bytes } = await folder.info();
    return json(c, { clips: (await folder.newest(limit)).map(describe), count, bytes });
  }

  async #sendClip(c: Context): Promise<Response> {
    const name = c.req.param("name") ?? "";
    const clip = await this.#options.folder.open(name);
    if (clip === null) throw new RequestError(404, "There is no such clip");
    return await clipResponse(c.req.raw, name, clip);
  }

  async #sendSnapshot(c: Context): Promise<Response> {
    const tee = this.#checkTee(c.req.query("tee"));
    const picture = await this.#options.recorders.get(tee)!.snapshot();
    return c.body(picture, 200, { "content-type": "image/jpeg", "cache-control": "no-store" });
  }

  async #sendMetrics(c: Context): Promise<Response> {
    const status = await this.#options.recorders.status();
    const text = metricsText(status, {
      removedClips: this.#removedClips,
      eventClients: this.#streams.count,
      droppedClients: this.#streams.dropped,
    });
    return c.text(text, 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  }

  async #sendEvents(c: Context): Promise<Response> {
    const status = await this.#options.recorders.status();
    const armed = status.tees.map(({ tee, mediaTypes, container, windowSec }) => ({
      type: "armed",
      ...{ tee, mediaTypes, container, windowSec },
      time: new Date(),
    }));
    const first = [...armed, statusEvent(status)];
    if (c.req.raw.method === "HEAD") return c.body(null, 200);
    return this.#streams.open(first) ?? json(c, { error: "Too many clients follow" }, 503);
  }

  async #sendStatus(): Promise<void> {
    if (this.#streams.count === 0) return;
    try {
      this.#streams.send(statusEvent(await this.#options.recorders.status()));
    } catch (error) {
      this.#options.onError(error as Error);
    }
  }

  #reportFailure(error: Error, c: Context): Response {
    if (error instanceof RequestError) return json(c, { error: error.message }, error.status);
    // such as no frame yet, or the end of the stream
    if (error instanceof GstError) return json(c, { error: error.message }, 503);
    this.#options.onError(error);
    return json(c, { error: "The server failed; its terminal tells why" }, 500);
  }
}

/** The page. */
const FILES = [
  ["/", "text/html; charset=utf-8", html],
  ["/page.css", "text/css; charset=utf-8", style],
  ["/page.js", "text/javascript; charset=utf-8", script],
  ["/icon.svg", "image/svg+xml", icon],
] as const;

/** Reads a body of JSON; none is an empty object. */
async function readJson(c: Context): Promise<unknown> {
  const text = await readText(c.req.raw);
  if (text === "") return {};
  if (!/^application\/json *(;|$)/i.test(c.req.header("content-type") ?? "")) {
    throw new RequestError(415, "The body must be application/json");
  }
  try {
    const value: unknown = JSON.parse(text);
    // an array has an `at`, too
    if (!Array.isArray(value)) return value;
  } catch (error) {
    throw new RequestError(400, `The body is no JSON: ${(error as Error).message}`);
  }
  throw new RequestError(400, "body: it must be an object");
}

/** Reads a body, and no further than it may be long. */
async function readText(request: Request): Promise<string> {
  const tooLong = new RequestError(413, `A body has at most ${MAX_BODY_BYTES} bytes`);
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

/** Checks what a client has sent. */
function check<const S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  const texts = issues.map((issue) => {
    const isUnknown = issue.expected === "never";
    return `${v.getDotPath(issue) ?? "body"}: ${isUnknown ? "unknown" : issue.message}`;
  });
  throw new RequestError(400, texts.join("; "));
}

function json(
  c: Context,
  value: object,
  status: 200 | 202 | 400 | 404 | 413 | 415 | 500 | 503 = 200,
) {
  return c.json(value, status, { "cache-control": "no-store" });
}

function describe(clip: ClipInfo): ClipInfo & { url: string } {
  return { ...clip, url: urlOf(clip.name) };
}

function urlOf(name: string): string {
  return `/clips/${encodeURIComponent(name)}`;
}
