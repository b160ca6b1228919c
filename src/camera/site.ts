/**
 * Several cameras.
 *
 * @module
 */
import { AsyncQueue } from "../util/async_queue.ts";
import { checkObject } from "../util/check.ts";
import { didYouMean } from "../util/closest.ts";
import {
  Camera,
  type CameraClips,
  type CameraEvent,
  type CameraOptions,
  type CameraRecordOptions,
} from "./camera.ts";

/** Options of a camera of a {@link Site}, which has its name from there. */
export type SiteCameraOptions = Omit<CameraOptions, "name" | "onEvent">;

/** Options of {@link Site.record}. */
export interface SiteRecordOptions extends CameraRecordOptions {
  /** The cameras to record. Defaults to all. */
  cameras?: string[];
}

/**
 * Cameras by name, with one stream of events. No fault of one costs another one a frame.
 *
 * @example
 * ```ts
 * import { Site } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const camera = (name: string) => ({
 *   pipeline: "videotestsrc is-live=true ! tee name=video ! fakesink",
 *   recorder: { windowSizeSec: 0.5, filenameGenerator: () => `${folder}/${name}-${Date.now()}.webm` },
 * });
 * await using site = new Site({ yard: camera("yard"), gate: camera("gate") });
 * await Promise.all([...site.cameras.values()].map((camera) => camera.live()));
 * const { clips, failures } = await site.record(); // all, at one instant
 * assertEquals(clips.map(({ camera }) => camera), ["yard", "gate"]);
 * assertEquals(failures, []);
 * await Promise.all(clips.map(({ recording }) => recording.finished));
 * ```
 */
export class Site implements AsyncDisposable {
  readonly #cameras = new Map<string, Camera>();
  readonly #listeners = new Set<AsyncQueue<CameraEvent>>();
  #isClosed = false;

  /**
   * Starts cameras.
   *
   * @throws As the constructor of {@link Camera}.
   */
  constructor(cameras: Record<string, SiteCameraOptions> = {}) {
    checkObject("cameras", cameras);
    try {
      for (const [name, options] of Object.entries(cameras)) this.add(name, options);
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  /** The cameras by name. */
  get cameras(): ReadonlyMap<string, Camera> {
    return this.#cameras;
  }

  /**
   * Adds a camera, and starts it.
   *
   * @throws {RangeError} If there is one of this name.
   * @throws As the constructor of {@link Camera}.
   */
  add(name: string, options: SiteCameraOptions): Camera {
    if (this.#cameras.has(name)) throw new RangeError(`There is a camera "${name}" already`);
    const onEvent = (event: CameraEvent) => {
      for (const listener of this.#listeners) listener.push(event);
    };
    const camera = new Camera({ ...options, name, onEvent });
    this.#cameras.set(name, camera);
    return camera;
  }

  /**
   * Closes a camera, and removes it.
   *
   * @throws {RangeError} If there is no such camera.
   */
  async remove(name: string): Promise<void> {
    const camera = this.camera(name);
    this.#cameras.delete(name);
    await camera.close();
  }

  /**
   * Returns a camera.
   *
   * @throws {RangeError} If there is no such camera.
   */
  camera(name: string): Camera {
    const camera = this.#cameras.get(name);
    if (camera !== undefined) return camera;
    const names = [...this.#cameras.keys()];
    throw new RangeError(
      `There is no camera "${name}"; there are: ${names.join(", ")}${didYouMean(name, names)}`,
    );
  }

  /**
   * Records all cameras, or some, at one instant. A camera that is not live is among the failures.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If there is no such camera, or a number of seconds is out of range.
   */
  async record(options: SiteRecordOptions = {}): Promise<CameraClips> {
    checkObject("options", options);
    const { cameras, ...call } = options;
    const chosen = cameras?.map((name) => this.camera(name)) ?? [...this.#cameras.values()];
    const results = await Promise.all(chosen.map((camera) => recordOne(camera, call)));
    return {
      clips: results.flatMap(({ clips }) => clips),
      failures: results.flatMap(({ failures }) => failures),
    };
  }

  /** Returns the events of all cameras from now on; ends when the site is closed. */
  events(): AsyncGenerator<CameraEvent, void, void> {
    const queue = new AsyncQueue<CameraEvent>();
    this.#listeners.add(queue);
    if (this.#isClosed) queue.end();
    return this.#read(queue);
  }

  async *#read(queue: AsyncQueue<CameraEvent>): AsyncGenerator<CameraEvent, void, void> {
    try {
      for (let next = await queue.next(); !next.done; next = await queue.next()) yield next.value;
    } finally {
      this.#listeners.delete(queue);
    }
  }

  /** Closes all cameras; open clips are finished. May be called twice. */
  async close(): Promise<void> {
    await Promise.all([...this.#cameras.values()].map((camera) => camera.close()));
    this.#isClosed = true;
    for (const listener of this.#listeners) listener.end();
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Records a camera; what it could not is among the failures, but for wrong arguments. */
async function recordOne(camera: Camera, call: CameraRecordOptions): Promise<CameraClips> {
  try {
    return await camera.record(call);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    return { clips: [], failures: [{ camera: camera.name, tee: null, error: error as Error }] };
  }
}
