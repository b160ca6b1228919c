/**
 * The resources of the server, and who may use them.
 *
 * @module
 */
import { type Context, Hono } from "npm:hono@4.13.19";
import { secureHeaders } from "npm:hono@4.13.19/secure-headers";
import { GstError } from "../../mod.ts";
import { AccessControl } from "./access.ts";
import type { ServerContext } from "./context.ts";
import { RequestError } from "./request.ts";
import { cameraActionHandler, cameraListHandler, healthHandler } from "./resources/cameras.ts";
import { clipHandler, clipListHandler } from "./resources/clips.ts";
import { eventsHandler } from "./resources/events.ts";
import { PAGE_FILES } from "./resources/page.ts";
import { recordHandler } from "./resources/record.ts";
import { snapshotHandler } from "./resources/snapshot.ts";
import { metricsHandler, statusHandler } from "./resources/status.ts";
import { json } from "./response.ts";
import { BadRequestError } from "./web_http.ts";

/** Returns the application that answers all requests. */
export function createApp(context: ServerContext): Hono {
  const app = new Hono();
  const access = new AccessControl(context);
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
  app.notFound((c) => c.json({ error: "Not found" }, 404));
  app.onError((error, c) => errorResponse(error, c, context.onError));

  for (const [path, handler] of Object.entries(PAGE_FILES)) app.get(path, handler);
  app.get("/session", access.showSession);
  app.post("/session", access.logIn);
  app.delete("/session", access.logOut);
  app.post("/record", recordHandler(context));
  app.get("/cameras", cameraListHandler(context));
  app.post("/cameras/:name/record", recordHandler(context));
  app.post("/cameras/:name/:action", cameraActionHandler(context));
  app.get("/health", healthHandler(context));
  app.get("/status", statusHandler(context));
  app.get("/clips", clipListHandler(context));
  app.get("/clips/:name", clipHandler(context));
  app.get("/snapshot.jpg", snapshotHandler(context));
  app.get("/metrics", metricsHandler(context));
  app.get("/events", eventsHandler(context));
  return app;
}

function errorResponse(error: Error, c: Context, onDefect: (error: Error) => void): Response {
  if (error instanceof RequestError) return json(c, { error: error.message }, error.status);
  if (error instanceof BadRequestError) return json(c, { error: error.message }, 400);
  // such as no frame yet, or the end of the stream
  if (error instanceof GstError) return json(c, { error: error.message }, 503);
  onDefect(error);
  return json(c, { error: "Internal error; the terminal of the server shows it" }, 500);
}
