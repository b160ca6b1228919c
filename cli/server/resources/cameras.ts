/**
 * `/cameras`: the cameras of the run, and `GET /health`: whether they are there.
 *
 * @module
 */
import type { SupervisedCamera } from "../../record/supervised_camera.ts";
import type { Handler, ServerContext } from "../context.ts";
import { RequestError } from "../request.ts";
import { json } from "../response.ts";

/** Sends the cameras; none of a run that records one pipeline. */
export function cameraListHandler({ recorders, cameras }: ServerContext): Handler {
  return async (c) => {
    const { tees } = await recorders.status();
    return json(c, {
      cameras: (cameras?.all ?? []).map(({ info: { camera: name, ...info } }) => {
        const own = tees.filter(({ tee }) => info.tees.includes(tee));
        return {
          name,
          ...info,
          ring: own.map(({ ring }) => ring),
          openClips: own.flatMap(({ openClips }) => openClips),
        };
      }),
    });
  };
}

/** Ends a camera's wait, or switches it. */
export function cameraActionHandler(context: ServerContext): Handler {
  const actions: Record<string, (camera: SupervisedCamera) => void> = {
    retry: (camera) => camera.retry(),
    on: (camera) => camera.switch(true),
    off: (camera) => camera.switch(false),
  };
  return (c) => {
    const camera = cameraOf(context, c.req.param("name")!);
    const name = c.req.param("action")!;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) {
      throw new RequestError(
        404,
        `There is no action "${name}"; the actions are: record, ${Object.keys(actions).join(", ")}`,
      );
    }
    action(camera);
    return json(c, camera.status, 202);
  };
}

/** Sends whether all cameras that are on are live, and the names of those that are not. */
export function healthHandler({ cameras }: ServerContext): Handler {
  return (c) => {
    const missing = (cameras?.all ?? []).map(({ status }) => status)
      .filter(({ state }) => state !== "live" && state !== "off")
      .map(({ camera, state, reason, since }) => ({
        ...{ camera, state, reason },
        seconds: Math.round((Date.now() - since.getTime()) / 1000),
      }));
    return json(c, { isHealthy: missing.length === 0, missing }, missing.length === 0 ? 200 : 503);
  };
}

/**
 * Returns the camera of a name.
 *
 * @throws {RequestError} If there is none.
 */
export function cameraOf({ cameras }: ServerContext, name: string): SupervisedCamera {
  const camera = cameras?.get(name);
  if (camera !== undefined) return camera;
  const names = (cameras?.all ?? []).map((one) => one.name).join(", ");
  throw new RequestError(404, `No camera is named "${name}"; the cameras are: ${names || "none"}`);
}
