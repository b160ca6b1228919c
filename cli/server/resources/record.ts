/**
 * `POST /record`: triggers clips.
 *
 * @module
 */
import * as v from "npm:valibot@1.5.0";
import type { RecordOptions } from "../../../mod.ts";
import { type Handler, type ServerContext, teeName } from "../context.ts";
import { RateLimit } from "../rate_limit.ts";
import { readJson, validate } from "../request.ts";
import { clipUrl, json } from "../response.ts";

const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const BodySchema = v.strictObject({
  before: v.optional(seconds),
  after: v.optional(seconds),
  at: v.optional(seconds),
  tee: v.optional(v.string()),
});

/** Triggers clips. */
export function recordHandler({ recorders, maxCalls }: ServerContext): Handler {
  const limit = new RateLimit(maxCalls);
  return async (c) => {
    const { before, after, at, tee } = validate(BodySchema, await readJson(c));
    const call: RecordOptions = {
      ...(before !== undefined && { beforeSec: before }),
      ...(after !== undefined && { afterSec: after }),
      ...(at !== undefined && { at }),
    };
    const tees = tee === undefined ? recorders.tees : [teeName(recorders, tee)];
    const waitSec = limit.take();
    if (waitSec > 0) {
      const error = `At most ${maxCalls} calls a minute are accepted (--max-calls)`;
      return c.json({ error }, 429, { "retry-after": String(waitSec) });
    }
    const { clips, failures } = await recorders.record("http", call, tees);
    const isWrong = failures.some(({ error }) => error instanceof RangeError);
    const status = isWrong ? 400 : failures.length > 0 ? 500 : 202;
    return json(c, {
      clips: clips.map((clip) => ({ ...clip, url: clipUrl(clip.name) })),
      failures: failures.map(({ tee, error }) => ({ tee, error: error.message })),
    }, status);
  };
}
