/**
 * A live source with a buffer pool of fixed size, like a camera: a frame is lost where no buffer is free.
 *
 * @module
 */
import { Standalone } from "../../mod.ts";
import { FPS } from "./fps.ts";
import { HEIGHT, numberedFrame, WIDTH } from "./numbered.ts";

/** Functions that the library does not bind. */
const library = Deno.dlopen("libgstreamer-1.0.so.0", {
  gst_buffer_pool_new: { parameters: [], result: "pointer" },
  gst_buffer_pool_get_config: { parameters: ["pointer"], result: "pointer" },
  gst_buffer_pool_config_set_params: {
    parameters: ["pointer", "pointer", "u32", "u32", "u32"],
    result: "void",
  },
  gst_buffer_pool_set_config: { parameters: ["pointer", "pointer"], result: "i32" },
  gst_buffer_pool_set_active: { parameters: ["pointer", "i32"], result: "i32" },
  gst_buffer_pool_acquire_buffer: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
  gst_buffer_fill: { parameters: ["pointer", "usize", "buffer", "usize"], result: "usize" },
  gst_object_unref: { parameters: ["pointer"], result: "void" },
});
const appLibrary = Deno.dlopen("libgstapp-1.0.so.0", {
  gst_app_src_push_buffer: { parameters: ["pointer", "pointer"], result: "i32" },
});
const gst = library.symbols;

/** GstBufferPoolAcquireParams with the flag GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT. */
const DONT_WAIT = new Uint8Array(64);
new DataView(DONT_WAIT.buffer).setUint32(24, 2, true);
/** Offset of GstBuffer.pts. */
const PTS = 72;

/** A running camera, with a tee named `t`. */
export class PooledCamera implements AsyncDisposable {
  /** The running pipeline. */
  readonly app: Standalone;
  /** The numbers of the lost frames. */
  readonly lost: number[] = [];
  readonly #pool: Deno.PointerObject;
  readonly #source: Deno.PointerObject;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(app: Standalone, buffers: number) {
    this.app = app;
    this.#source = app.pipeline.element("source").unsafeHandle;
    this.#pool = gst.gst_buffer_pool_new()!;
    const config = gst.gst_buffer_pool_get_config(this.#pool);
    gst.gst_buffer_pool_config_set_params(config, null, WIDTH * HEIGHT, buffers, buffers);
    gst.gst_buffer_pool_set_config(this.#pool, config);
    gst.gst_buffer_pool_set_active(this.#pool, 1);
    this.#next();
  }

  /** Starts a camera with a pool of `buffers` buffers. */
  static async start(buffers: number): Promise<PooledCamera> {
    const caps = `video/x-raw,format=GRAY8,width=${WIDTH},height=${HEIGHT},framerate=${FPS}/1`;
    const app = await Standalone.buildAndRun(
      `appsrc name=source is-live=true format=time caps="${caps}" ! tee name=t t. ! fakesink async=false`,
      { background: true },
    );
    return new PooledCamera(app, buffers);
  }

  #next(): void {
    const nowSec = this.app.pipeline.runningTimeSec ?? 0;
    for (; this.#count / FPS <= nowSec; this.#count++) this.#push(this.#count);
    this.#timer = setTimeout(() => this.#next(), 1000 / FPS / 2);
  }

  #push(number: number): void {
    const slot = new BigUint64Array(1);
    if (gst.gst_buffer_pool_acquire_buffer(this.#pool, slot, DONT_WAIT) !== 0) {
      this.lost.push(number);
      return;
    }
    const buffer = Deno.UnsafePointer.create(slot[0]!)!;
    gst.gst_buffer_fill(buffer, 0n, numberedFrame(number), BigInt(WIDTH * HEIGHT));
    const pts = Deno.UnsafePointerView.getArrayBuffer(buffer, 8, PTS);
    new BigUint64Array(pts)[0] = BigInt(Math.round(number * 1e9 / FPS));
    appLibrary.symbols.gst_app_src_push_buffer(this.#source, buffer);
  }

  /** Stops the camera. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.app.stop();
    gst.gst_buffer_pool_set_active(this.#pool, 0);
    gst.gst_object_unref(this.#pool);
  }
}
