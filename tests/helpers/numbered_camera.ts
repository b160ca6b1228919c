/**
 * A live source of numbered frames whose timestamps a test controls.
 *
 * @module
 */
import { AppSrc, type Pipeline, Standalone } from "../../mod.ts";
import { FPS } from "./fps.ts";
import { HEIGHT, numberedFrame, WIDTH } from "./numbered.ts";

/** A running camera, with a tee named `t`. */
export class NumberedCamera implements AsyncDisposable {
  /** The running pipeline. */
  readonly app: Standalone;
  /** Seconds to add to the PTS of the frames. */
  offsetSec: number;
  /** Whether the frames have a PTS. */
  isTimed = true;
  /** Whether frames are left out. */
  isStalled = false;
  readonly #source: AppSrc;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(app: Standalone, source: AppSrc, offsetSec: number) {
    this.app = app;
    this.#source = source;
    this.offsetSec = offsetSec;
    this.#next();
  }

  /** Starts a camera. */
  static async start(
    { rate = `${FPS}/1`, offsetSec = 0, more = "" } = {},
  ): Promise<NumberedCamera> {
    let source: AppSrc | undefined;
    const caps = `video/x-raw,format=GRAY8,width=${WIDTH},height=${HEIGHT},framerate=${rate}`;
    const app = await Standalone.buildAndRun(
      `appsrc name=source ${more} ! tee name=t t. ! fakesink async=false`,
      {
        background: true,
        beforeStart: (pipeline: Pipeline) => {
          source = new AppSrc({ pipeline, name: "source", caps, live: true, maxFrames: 1000 });
        },
      },
    );
    return new NumberedCamera(app, source!, offsetSec);
  }

  /** The number of frames so far. */
  get count(): number {
    return this.#count;
  }

  /** Pushes the frames that are due. */
  #next(): void {
    const nowSec = this.app.pipeline.runningTimeSec ?? 0;
    for (; this.#count / FPS <= nowSec; this.#count++) {
      if (this.isStalled) continue;
      const ptsSec = this.isTimed ? this.#count / FPS + this.offsetSec : null;
      this.#source.push(numberedFrame(this.#count), { ptsSec }).catch(() => {});
    }
    this.#timer = setTimeout(() => this.#next(), 1000 / FPS / 2);
  }

  /** Stops the camera. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.app.stop();
  }
}
