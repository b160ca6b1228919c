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

/** What a camera sends besides its video. */
export interface CameraOptions {
  /** Elements of an encoder and a payloader of sound, which ticks when the video's colors are inverted. By default there is none. */
  sound?: string;
  /** A Matroska file to write the whole video into, as it is encoded. By default there is none. */
  wholePath?: string;
}

/**
 * Starts a camera that sends test video, whose colors are inverted each 50 frames.
 *
 * @param encoder Elements of an encoder.
 * @param payloader The payloader, with its properties.
 */
export function startCamera(
  encoder: string,
  payloader: string,
  { sound, wholePath }: CameraOptions = {},
): Promise<Camera> {
  const video = "videotestsrc is-live=true pattern=ball flip=true ! " +
    `video/x-raw,format=I420,width=160,height=120,framerate=${FPS}/1 ! ${encoder}`;
  const whole = wholePath === undefined
    ? ""
    : "! tee name=whole whole. ! queue ! matroskamux streamable=true " +
      `! filesink location="${wholePath}" buffer-mode=unbuffered async=false sync=false ` +
      "whole. ! queue ";
  const audio = sound === undefined ? "" : tickingSound(sound, 50 / FPS);
  return serveCamera(`${video} ${whole}! ${payloader} name=pay0 pt=96 ${audio}`);
}

/** Returns the text of a live source of sound that ticks, with its encoder and payloader. */
export function tickingSound(sound: string, intervalSec: number): string {
  return `audiotestsrc is-live=true wave=ticks tick-interval=${Math.round(intervalSec * 1e9)} ` +
    `! audio/x-raw,rate=48000,channels=1 ! audioconvert ! audioresample ! ${sound} name=pay1 pt=97`;
}

/** Starts a camera that sends what the payloaders `pay0`, `pay1` and so on of a pipeline's text make. */
export async function serveCamera(text: string): Promise<Camera> {
  const server = startChild("rtsp_server.ts", [`( ${text} )`], { timeoutSec: 120 });
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

/** A proxy at one address, behind which the camera can change. */
export interface CameraSwitch extends CameraProxy {
  /** The number of connections so far. */
  readonly connections: number;
  /** Connects clients to another camera from now on. */
  switchTo(camera: Camera): void;
}

/** Starts a proxy in front of a camera. */
export function switchCameras(first: Camera): CameraSwitch {
  let { port, pathname } = new URL(first.url.replace("rtsp:", "http:"));
  let connections = 0;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const pipe = async (client: Deno.TcpConn) => {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const down = server.readable.pipeTo(client.writable);
    const up = client.readable.pipeTo(server.writable);
    await Promise.allSettled([up, down]);
  };
  const serve = async () => {
    const pipes: Promise<void>[] = [];
    for await (const client of listener) {
      connections++;
      pipes.push(pipe(client));
    }
    await Promise.allSettled(pipes);
  };
  const served = serve();
  return {
    url: `rtsp://127.0.0.1:${listener.addr.port}${pathname}`,
    get connections() {
      return connections;
    },
    switchTo(camera) {
      port = new URL(camera.url.replace("rtsp:", "http:")).port;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await served;
    },
  };
}
