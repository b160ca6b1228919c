/**
 * What the resources of the server have in common.
 *
 * @module
 */
import type { Context } from "npm:hono@4.13.19";
import type { Recorders } from "../record/recorders.ts";
import type { ServerOptions } from "../record/server_interface.ts";
import type { EventStreams } from "./event_streams.ts";
import { RequestError } from "./request.ts";

/** What a resource shows and does. */
export interface ServerContext extends ServerOptions {
  /** The clients that follow the events. */
  streams: EventStreams;
  /** Returns the port of the server, once it listens. */
  port: () => number;
  /** Returns the number of clips removed so far. */
  removedClips: () => number;
}

/** Answers a request. */
export type Handler = (c: Context) => Response | Promise<Response>;

/**
 * Returns the name of a tee; defaults to the first.
 *
 * @throws {RequestError} If there is no such tee.
 */
export function teeName({ tees }: Recorders, wanted: string | undefined): string {
  const name = wanted ?? tees[0]!;
  if (tees.includes(name)) return name;
  throw new RequestError(404, `No tee is named "${name}"; the tees are: ${tees.join(", ")}`);
}
