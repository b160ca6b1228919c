/**
 * An RTSP camera on the loopback interface.
 *
 * @module
 */
import { FPS } from "./fps.ts";
import { startChild } from "./script.ts";

/** A running camera. */
export interface Camera extends AsyncDisposable {
  /** URL of its stream. */
  readonly url: string;
  /** Sends its process a signal. */
  kill(signal: Deno.Signal): void;
}

/** Returns why cameras cannot run here, or null. */
export function cameraMissing(): string | null {
  try {
    Deno.dlopen("libgstrtspserver-1.0.so.0", {}).close();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Starts a camera that sends test video.
 *
 * @param encoder Elements of an encoder and a payloader.
 */
export async function startCamera(encoder: string): Promise<Camera> {
  const video = "videotestsrc is-live=true pattern=ball ! " +
    `video/x-raw,format=I420,width=160,height=120,framerate=${FPS}/1`;
  const text = `( ${video} ! ${encoder} name=pay0 pt=96 )`;
  const server = startChild("rtsp_server.ts", [text], { timeoutSec: 120 });
  const url = (await server.until("/camera\n")).match(/^rtsp:.*$/m)![0];
  return {
    url,
    kill: (signal) => server.kill(signal),
    async [Symbol.asyncDispose]() {
      try {
        server.kill("SIGKILL");
      } catch { /* it has been killed */ }
      await server.result;
    },
  };
}

/** A proxy in front of a camera. */
export interface CameraProxy extends AsyncDisposable {
  /** URL of the camera's stream through the proxy. */
  readonly url: string;
}

/** Starts a proxy that breaks the connection when a client pauses or ends the stream (RFC 2326, 10.6 and 10.7). */
export function breakingProxy(camera: Camera): CameraProxy {
  const { hostname, port, pathname } = new URL(camera.url.replace("rtsp:", "http:"));
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname, port: Number(port) });
      const down = server.readable.pipeTo(client.writable);
      const untilStop = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          const isStop = /^(PAUSE|TEARDOWN) /m.test(new TextDecoder("latin1").decode(chunk));
          if (isStop) controller.error(new Error("The connection breaks"));
          else controller.enqueue(chunk);
        },
      });
      const up = client.readable.pipeThrough(untilStop).pipeTo(server.writable);
      await Promise.allSettled([up, down]);
    }
  };
  const served = serve();
  return {
    url: `rtsp://127.0.0.1:${listener.addr.port}${pathname}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await served;
    },
  };
}
