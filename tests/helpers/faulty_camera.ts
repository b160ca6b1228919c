/**
 * An RTSP camera on the loopback interface whose faults a test controls.
 *
 * Its frames show their number (see numbered.ts), which counts from the start of its process, with or without clients:
 *
 *     await using camera = await FaultyCamera.start({ user: "viewer", password: "secret" });
 *     await camera.kill(); // clients are refused
 *     await camera.restart(H265); // at the same URL
 *
 * @module
 */
import type { Running } from "../../scripts/lib/run.ts";
import type { ServerOptions } from "../children/rtsp_server.ts";
import { FPS } from "./fps.ts";
import { HEIGHT, numberedFrame, WIDTH } from "./numbered.ts";
import { startChild } from "./script.ts";
import { TcpProxy } from "./tcp_proxy.ts";
import { tempDir } from "./temp_dir.ts";

/** Frames that a camera has; it ends its stream after them. */
const FRAMES = 600 * FPS;
/** Ports that no outgoing connection uses, so that a killed camera finds its port free. */
const FIRST_PORT = 10_000;
const PORTS = 20_000;

/** The elements that make a camera's video. There is a keyframe each half second. */
export interface FaultyVideo {
  encoder: string;
  payloader: string;
}

/** H.264, the default. */
export const H264: FaultyVideo = {
  encoder: `x264enc tune=zerolatency speed-preset=ultrafast key-int-max=${FPS / 2}`,
  payloader: "rtph264pay config-interval=-1",
};
/** H.265. */
export const H265: FaultyVideo = {
  encoder: `x265enc tune=zerolatency speed-preset=ultrafast key-int-max=${FPS / 2}`,
  payloader: "rtph265pay config-interval=-1",
};
/** Elements that make a camera's sound. */
export const MULAW = "mulawenc ! rtppcmupay";

/** What a camera sends, and to whom. A restart can change it. */
export interface FaultyStream extends Partial<FaultyVideo> {
  /** The frames' width and height, in multiples of {@link WIDTH} and {@link HEIGHT}. Defaults to 1. */
  scale?: number;
  /** An encoder and a payloader of sound, which ticks each second. By default there is none. */
  sound?: string | undefined;
  /** The user and the password that it asks for. By default it asks for none. */
  user?: string | undefined;
  password?: string | undefined;
  /** How it asks for the password. Defaults to `digest`. */
  auth?: "basic" | "digest";
  /** Whether it answers PLAY but sends no packet until {@link FaultyCamera.unmute}. Defaults to false. */
  isSilent?: boolean;
  /** Whether it answers "404 Not Found". Defaults to false. */
  isMissing?: boolean;
}

/** How a camera starts. */
export interface FaultyCameraOptions extends FaultyStream {
  /** Its TCP port. Defaults to a free one. */
  port?: number;
  /** Whether the URL is that of a proxy, which {@link FaultyCamera.cut} stops. RTP over UDP does not pass it. Defaults to false. */
  isProxied?: boolean;
}

/** A camera that fails. */
export class FaultyCamera implements AsyncDisposable {
  /** The TCP port of its process. */
  readonly port: number;
  /** The URL of its stream, without user and password. It stays the same. */
  readonly url: string;
  readonly #folder: AsyncDisposable & { path: string };
  readonly #proxy: TcpProxy | undefined;
  #stream: FaultyStream = {};
  #server: Running | undefined;
  #startedAt = NaN;
  #killedAt: number | undefined;

  private constructor(
    folder: AsyncDisposable & { path: string },
    { port = freePort(), isProxied = false }: FaultyCameraOptions,
  ) {
    this.port = port;
    this.#folder = folder;
    this.#proxy = isProxied ? new TcpProxy(port) : undefined;
    this.url = `rtsp://127.0.0.1:${this.#proxy?.port ?? port}/camera`;
  }

  /** Starts a camera; resolves once it sends. */
  static async start(options: FaultyCameraOptions = {}): Promise<FaultyCamera> {
    const folder = await tempDir();
    await writeRows(`${folder.path}/rows.raw`, FRAMES);
    const camera = new FaultyCamera(folder, options);
    await camera.restart(options);
    return camera;
  }

  /** The wall-clock time at which its process showed frame 0, in milliseconds. Frame n comes n / {@link FPS} s later. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** How many frames its process has shown so far, or had shown when it was killed. A frozen one does not stop counting. */
  get framesSent(): number {
    return Math.floor(((this.#killedAt ?? Date.now()) - this.#startedAt) / 1000 * FPS) + 1;
  }

  /** Kills its process: connections are closed, and new ones are refused (by a proxy: closed). */
  async kill(): Promise<void> {
    if (this.#server === undefined) return;
    this.#server.kill("SIGKILL");
    this.#killedAt = Date.now();
    await this.#server.result;
    this.#server = undefined;
  }

  /** Kills its process, and starts one at the same port, with changes to what it sends; resolves once it sends. */
  async restart(changes: FaultyStream = {}): Promise<void> {
    await this.kill();
    this.#stream = { ...this.#stream, ...changes };
    const { user, password, auth, isSilent, isMissing = false } = this.#stream;
    const options: ServerOptions = {
      port: this.port,
      isEager: true,
      ...(isMissing && { path: "/elsewhere" }),
      ...(user !== undefined && { user }),
      ...(password !== undefined && { password }),
      ...(auth !== undefined && { auth }),
      ...(isSilent !== undefined && { isSilent }),
    };
    const text = streamText(`${this.#folder.path}/rows.raw`, this.#stream);
    this.#server = startChild("rtsp_server.ts", [text, JSON.stringify(options)], {
      timeoutSec: 600,
    });
    const printed = await this.#server.until("rtsp://");
    this.#startedAt = Number(/^started (.*)$/m.exec(printed)![1]);
    this.#killedAt = undefined;
  }

  /** Stops its process: connections stay open, and new ones get no answer. */
  freeze(): void {
    this.#server!.kill("SIGSTOP");
  }

  /** Continues its process. The frames of the meantime come at once. */
  thaw(): void {
    this.#server!.kill("SIGCONT");
  }

  /** Sends frames from now on where it started silent. */
  unmute(): void {
    this.#server!.kill("SIGUSR1");
  }

  /** Stops the proxy in front of it: connections stay open, and new ones get no answer. */
  cut(): void {
    this.#proxy!.cut();
  }

  /** Continues the proxy. */
  mend(): void {
    this.#proxy!.mend();
  }

  /** Kills it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#proxy?.[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** Returns the text of a pipeline whose frames are those of a file, paced by the clock. */
function streamText(path: string, stream: FaultyStream): string {
  const { encoder = H264.encoder, payloader = H264.payloader, scale = 1, sound } = stream;
  const file = `filesrc location="${path}" blocksize=${WIDTH} ! rawvideoparse format=gray8 ` +
    `width=${WIDTH} height=1 framerate=${FPS}/1`;
  const size = `video/x-raw,width=${WIDTH * scale},height=${HEIGHT * scale}`;
  const video = `videoscale method=nearest-neighbour ! ${size} ! videoconvert ` +
    `! video/x-raw,format=I420 ! clocksync ! valve name=gate0 ! ${encoder} ! ${payloader} name=pay0 pt=96`;
  const ticks = "audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=8000,channels=1";
  // without sound, the source makes the pipeline live, so that it does not wait for clients
  const audio = sound === undefined
    ? `${ticks} ! fakesink`
    : `${ticks} ! valve name=gate1 ! ${sound} name=pay1 pt=97`;
  return `( ${file} ! ${video} ${audio} )`;
}

/** Writes the first row of frames 0 to `count - 1` into a file: all rows of a frame are the same. */
async function writeRows(path: string, count: number): Promise<void> {
  const rows = new Uint8Array(count * WIDTH);
  for (let number = 0; number < count; number++) {
    rows.set(numberedFrame(number).subarray(0, WIDTH), number * WIDTH);
  }
  await Deno.writeFile(path, rows);
}

function freePort(): number {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
