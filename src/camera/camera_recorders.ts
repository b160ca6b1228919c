/**
 * The recorders on the tees of a camera's pipeline.
 *
 * @module
 */
import { isSound } from "../media/codecs.ts";
import type { Pipeline } from "../pipeline.ts";
import type { VideoRecorderOptions } from "../recorder/options.ts";
import { VideoRecorder } from "../recorder/video_recorder.ts";
import { chooseTees, type TeeGroup } from "./tee_groups.ts";

/** How a tee of a camera is recorded: the options of a {@link VideoRecorder} but for those that the camera sets. */
export type CameraRecorderOptions = Omit<
  VideoRecorderOptions,
  "pipeline" | "srcTeeName" | "onWarning" | "onError"
>;

/** A tee of a camera, or several that are recorded into one file. */
export interface CameraStream extends TeeGroup {
  /** The media types of the tees, such as `video/x-h264`. */
  mediaTypes: string[];
}

/** Which tees are recorded, and how. */
export interface CameraRecordersOptions {
  /** The tees' names, `A+B` for two into one file; empty for each tee with a name. */
  tees: readonly string[];
  /** The options of each recorder, or a function that returns them for a stream. */
  recorder: CameraRecorderOptions | ((stream: CameraStream) => CameraRecorderOptions);
  /** Called when frames come from a tee. */
  onArmed: (stream: CameraStream) => void;
  onWarning: (tee: string, message: string) => void;
  /** Called with an error that leaves a tee without a recorder. */
  onError: (tee: string, error: Error) => void;
}

/**
 * Records the tees of one pipeline. Where the options do not depend on the streams, the recorders are attached before the
 * pipeline starts; otherwise each is as soon as its tees have caps.
 */
export class CameraRecorders {
  readonly #options: CameraRecordersOptions;
  readonly #pipeline: Pipeline;
  readonly #recorders = new Map<string, VideoRecorder>();
  /** The streams from which no frame has come yet. */
  #waiting: TeeGroup[];
  /** The recorders whose first track is sound. */
  readonly #sounds = new Set<VideoRecorder>();

  /**
   * Attaches recorders to a pipeline that has not started.
   *
   * @throws {RangeError} If there is no such tee.
   * @throws As the constructor of {@link VideoRecorder}.
   */
  constructor(pipeline: Pipeline, options: CameraRecordersOptions) {
    this.#options = options;
    this.#pipeline = pipeline;
    this.#waiting = chooseTees(pipeline, options.tees);
    const { recorder } = options;
    if (typeof recorder === "function") return;
    for (const group of this.#waiting) this.#attach(group, recorder);
  }

  /** The recorders by the names of their tees. */
  get all(): ReadonlyMap<string, VideoRecorder> {
    return this.#recorders;
  }

  /** Counts the frames that have come: pictures, or sound where there is nothing else. */
  get received(): number {
    const all = [...this.#recorders.values()];
    const videos = all.filter((recorder) => !this.#sounds.has(recorder));
    return (videos.length > 0 ? videos : all).reduce((sum, { received }) => sum + received, 0);
  }

  /** Whether a clip could begin at one of the tees. */
  get isReady(): boolean {
    return [...this.#recorders.values()].some(({ isReady }) => isReady);
  }

  /** Arms the tees whose stream has begun. */
  arm(): void {
    if (this.#waiting.length === 0) return;
    this.#waiting = this.#waiting.filter((group) => !this.#arm(group));
  }

  #arm(group: TeeGroup): boolean {
    const mediaTypes = group.tees.map((tee) => this.#pipeline.element(tee).mediaType("sink"));
    if (mediaTypes.some((mediaType) => mediaType === null)) return false;
    const stream = { ...group, mediaTypes: mediaTypes as string[] };
    const { recorder: options, onArmed, onError } = this.#options;
    try {
      if (typeof options === "function") this.#attach(group, options(stream));
    } catch (error) {
      // the others go on
      onError(group.name, error as Error);
      return true;
    }
    const recorder = this.#recorders.get(group.name)!;
    if (stream.mediaTypes.every(isSound)) this.#sounds.add(recorder);
    onArmed(stream);
    return true;
  }

  #attach({ name, tees }: TeeGroup, options: CameraRecorderOptions): void {
    const { onWarning, onError } = this.#options;
    const recorder = new VideoRecorder({
      tracks: tees.map((tee) => ({ tee })),
      ...options,
      pipeline: this.#pipeline,
      onWarning: (message) => onWarning(name, message),
      onError: (error) => onError(name, error),
    });
    this.#recorders.set(name, recorder);
  }
}
