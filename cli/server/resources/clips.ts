/**
 * `GET /clips`: lists clips, and `GET /clips/NAME`: sends one.
 *
 * @module
 */
import * as v from "npm:valibot@1.5.0";
import { clipResponse } from "../clip_response.ts";
import type { Handler, ServerContext } from "../context.ts";
import { RequestError, validate } from "../request.ts";
import { clipUrl, json } from "../response.ts";

/** The longest list of clips. */
const MAX_LISTED = 1000;

const QuerySchema = v.object({
  limit: v.optional(
    v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(1), v.maxValue(MAX_LISTED)),
    "50",
  ),
});

/** Lists the newest clips. */
export function clipListHandler({ folder }: ServerContext): Handler {
  return async (c) => {
    const { limit } = validate(QuerySchema, c.req.query());
    const { count, bytes } = await folder.info();
    const newest = await folder.newest(limit);
    const clips = newest.map((clip) => ({ ...clip, url: clipUrl(clip.name) }));
    return json(c, { clips, count, bytes });
  };
}

/** Sends a clip, or a part of it. */
export function clipHandler({ folder }: ServerContext): Handler {
  return async (c) => {
    const name = c.req.param("name") ?? "";
    const clip = await folder.open(name);
    if (clip === null) throw new RequestError(404, "No clip has this name");
    return await clipResponse(c.req.raw, name, clip);
  };
}
