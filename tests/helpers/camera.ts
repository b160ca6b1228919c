/**
 * A camera on loopback.
 *
 * @module
 */
import { start } from "./run.ts";
import { ROOT } from "./script.ts";

const SERVER = `${ROOT}tests/children/rtsp_server.ts`;

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

/** A way to a camera. */
export interface Line extends AsyncDisposable {
  /** Where the camera's stream is, by this way. */
  readonly url: string;
}

/** A way to a camera that breaks when somebody asks it to stop (RFC 2326, sections 10.6 and 10.7). */
export function breakingLine(camera: Camera): Line {
  const { hostname, port, pathname } = new URL(camera.url.replace("rtsp:", "http:"));
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname, port: Number(port) });
      const down = server.readable.pipeTo(client.writable);
      const untilStop = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          const isStop = /^(PAUSE|TEARDOWN) /m.test(new TextDecoder("latin1").decode(chunk));
          if (isStop) controller.error(new Error("The line breaks"));
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
