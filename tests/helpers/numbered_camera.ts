/**
 * A live source whose frames carry their number, and whose times are at a test's command.
 *
 * @module
 */
import { AppSrc, type Pipeline, Standalone } from "../../mod.ts";
import { HEIGHT, numberedFrame, WIDTH } from "./numbered.ts";

/** Frames per second. */
export const FPS = 30;

/** A camera that is on, with a tee named `t`. */
export class NumberedCamera implements AsyncDisposable {
  /** The pipeline that it is in. */
  readonly app: Standalone;
  /** Seconds by which its frames' times are off. */
  offsetSec: number;
  /** Whether its frames have times. */
  isTimed = true;
  /** Whether frames fall away. */
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

  /** Frames so far. */
  get count(): number {
    return this.#count;
  }

  /** Pushes the frames whose time has come. */
  #next(): void {
    const nowSec = this.app.pipeline.runningTimeSec ?? 0;
    for (; this.#count / FPS <= nowSec; this.#count++) {
      if (this.isStalled) continue;
      const ptsSec = this.isTimed ? this.#count / FPS + this.offsetSec : null;
      this.#source.push(numberedFrame(this.#count), { ptsSec }).catch(() => {});
    }
    this.#timer = setTimeout(() => this.#next(), 1000 / FPS / 2);
  }

  /** SharedInterval it off. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.app.stop();
  }
}
