/**
 * `GET /snapshot.jpg`: the newest picture of a tee.
 *
 * @module
 */
import { type Handler, type ServerContext, teeName } from "../context.ts";

/** Sends the newest picture. */
export function snapshotHandler({ recorders }: ServerContext): Handler {
  return async (c) => {
    const tee = teeName(recorders, c.req.query("tee"));
    const picture = await recorders.get(tee)!.snapshot();
    return c.body(picture, 200, { "content-type": "image/jpeg", "cache-control": "no-store" });
  };
}
