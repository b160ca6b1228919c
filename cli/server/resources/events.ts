/**
 * `GET /events`: the events of the run as server-sent events.
 *
 * @module
 */
import { statusEvent } from "../../record/status.ts";
import type { Handler, ServerContext } from "../context.ts";
import { json } from "../response.ts";

/** Sends the events from now on, after an event for each recorder and one for the status. */
export function eventsHandler({ recorders, streams }: ServerContext): Handler {
  return async (c) => {
    const status = await recorders.status();
    const armed = status.tees.map(({ tee, mediaTypes, container, windowSec }) => ({
      type: "armed",
      ...{ tee, mediaTypes, container, windowSec },
      time: new Date(),
    }));
    if (c.req.raw.method === "HEAD") return c.body(null, 200);
    return streams.open([...armed, statusEvent(status)]) ??
      json(c, { error: "Too many clients follow the events" }, 503);
  };
}
