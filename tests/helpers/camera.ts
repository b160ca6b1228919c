/**
 * A camera on loopback.
 *
 * @module
 */
import { start } from "./run.ts";
import { ROOT } from "./script.ts";

const SERVER = `${ROOT}tests/scripts/rtsp_server.ts`;

/** A camera that is on. */
export interface Camera extends AsyncDisposable {
  /** Where its stream is. */
  readonly url: string;
  /** Sends its process a signal. */
  kill(signal: Deno.Signal): void;
}

/** Why there can be no camera here; null where there can. */
export function cameraMissing(): string | null {
  try {
    Deno.dlopen("libgstrtspserver-1.0.so.0", {}).close();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Starts a camera that plays what an encoder makes of a test picture, 30 times a second. */
export async function startCamera(encoder: string): Promise<Camera> {
  const picture = "videotestsrc is-live=true pattern=ball ! " +
    "video/x-raw,format=I420,width=160,height=120,framerate=30/1";
  const server = start(
    Deno.execPath(),
    ["run", "-A", SERVER, `( ${picture} ! ${encoder} name=pay0 pt=96 )`],
    { timeoutSec: 120 },
  );
  const url = (await server.until("/camera\n")).match(/^rtsp:.*$/m)![0];
  return {
    url,
    kill: (signal) => server.kill(signal),
    async [Symbol.asyncDispose]() {
      try {
        server.kill("SIGKILL");
      } catch { /* it was killed before */ }
      await server.result;
    },
  };
}
