/**
 * `POST /record`: triggers clips.
 *
 * @module
 */
import * as v from "npm:valibot@1.5.0";
import type { RecordOptions } from "../../../mod.ts";
import type { SupervisedCamera } from "../../record/supervised_camera.ts";
import { type Handler, type ServerContext, teeName } from "../context.ts";
import { RateLimit } from "../rate_limit.ts";
import { readJson, validate } from "../request.ts";
import { clipUrl, json } from "../response.ts";
import { cameraOf } from "./cameras.ts";

const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const BodySchema = v.strictObject({
  before: v.optional(seconds),
  after: v.optional(seconds),
  at: v.optional(seconds),
  tee: v.optional(v.string()),
  camera: v.optional(v.string()),
});

/** Triggers clips. */
export function recordHandler(context: ServerContext): Handler {
  const { recorders, maxCalls } = context;
  const limit = new RateLimit(maxCalls);
  return async (c) => {
    const body = validate(BodySchema, await readJson(c));
    const { before, after, at, tee, camera = c.req.param("name") } = body;
    const call: RecordOptions = {
      ...(before !== undefined && { beforeSec: before }),
      ...(after !== undefined && { afterSec: after }),
      ...(at !== undefined && { at }),
    };
    const tees = tee !== undefined
      ? [teeName(recorders, tee)]
      : camera === undefined
      ? undefined
      : teesOf(cameraOf(context, camera));
    const waitSec = limit.take();
    if (waitSec > 0) {
      const error = `At most ${maxCalls} calls a minute are accepted (--max-calls)`;
      return c.json({ error }, 429, { "retry-after": String(waitSec) });
    }
    const { clips, failures } = await recorders.record("http", { ...call, tees });
    const isWrong = failures.some(({ error }) => error instanceof RangeError);
    const status = isWrong ? 400 : clips.length > 0 || failures.length === 0 ? 202 : 500;
    return json(c, {
      clips: clips.map((clip) => ({ ...clip, url: clipUrl(clip.name) })),
      failures: failures.map(({ tee, error }) => ({ tee, error: error.message })),
    }, status);
  };
}

/** Returns the tees of a camera that can be recorded. */
function teesOf({ tees, absence }: SupervisedCamera): string[] {
  if (absence !== null) throw absence;
  return tees;
}
