/**
 * `GET /status`: the status of the run, `GET /metrics`: the same for Prometheus.
 *
 * @module
 */
import type { Handler, ServerContext } from "../context.ts";
import { metricsText } from "../metrics.ts";
import { json } from "../response.ts";

/** Sends the status. */
export function statusHandler({ recorders }: ServerContext): Handler {
  return async (c) => json(c, await recorders.status());
}

/** Sends the metrics. */
export function metricsHandler({ recorders, streams, removedClips }: ServerContext): Handler {
  return async (c) => {
    const text = metricsText(await recorders.status(), {
      removedClips: removedClips(),
      eventClients: streams.count,
      droppedClients: streams.dropped,
    });
    return c.text(text, 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  };
}
