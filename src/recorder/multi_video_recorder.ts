/**
 * Many recorders on one pipeline.
 *
 * @module
 */
import { checkObject } from "../util/check.ts";
import type { RecordOptions, VideoRecorderOptions } from "./options.ts";
import type { Recording } from "./recording.ts";
import { VideoRecorder } from "./video_recorder.ts";

/** Options of {@link MultiVideoRecorder}. Those of {@link VideoRecorder} apply to each recorder. */
export interface MultiVideoRecorderOptions
  extends Omit<VideoRecorderOptions, "srcTeeName" | "tracks" | "filenameGenerator"> {
  /** The start of the tees' names, which are `PREFIX_NUMBER`, such as `tee_0`. */
  srcTeePrefix: string;
  /** The tees to record: the number in each one's name, and the suffix of its clips' names. */
  padNumberToFileSuffix: Record<number, string>;
  /** The folder for the clips. It is created if it does not exist. */
  videoStorage: string;
}

/**
 * A {@link VideoRecorder} for each of several tees. Clips are named `UUID_SUFFIX.webm`.
 *
 * @example
 * ```ts
 * import { MultiVideoRecorder, Standalone } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * await using app = await Standalone.buildAndRun(
 *   `videotestsrc is-live=true ! tee name=tee_0 tee_0. ! fakesink
 *    videotestsrc is-live=true ! tee name=tee_1 tee_1. ! fakesink`,
 *   { background: true },
 * );
 * await using recorder = new MultiVideoRecorder({
 *   pipeline: app.pipeline,
 *   srcTeePrefix: "tee",
 *   padNumberToFileSuffix: { 0: "first", 1: "second" },
 *   videoStorage: await Deno.makeTempDir(),
 *   windowSizeSec: 2,
 * });
 * assertEquals(recorder.busy, false);
 * ```
 */
export class MultiVideoRecorder implements AsyncDisposable {
  /** The recorders, by the number of the tee. */
  readonly recorders: ReadonlyMap<number, VideoRecorder>;

  /**
   * Attaches a recorder to each tee.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If a tee does not exist, or a number of seconds is out of range.
   * @throws {GstError} If a ring buffer cannot be attached. Those that were attached are detached again.
   */
  constructor(options: MultiVideoRecorderOptions) {
    const { srcTeePrefix, padNumberToFileSuffix, videoStorage, ...rest } = checkOptions(options);
    const recorders = new Map<number, VideoRecorder>();
    this.recorders = recorders;
    try {
      for (const [number, suffix] of Object.entries(padNumberToFileSuffix)) {
        const recorder = new VideoRecorder({
          ...rest,
          srcTeeName: `${srcTeePrefix}_${number}`,
          filenameGenerator: () => `${videoStorage}/${crypto.randomUUID()}_${suffix}.webm`,
        });
        recorders.set(Number(number), recorder);
      }
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  /**
   * Records a clip of one tee; see {@link VideoRecorder.record} for the options, and for what else it throws.
   *
   * @param sourceId The number of the tee.
   * @throws {RangeError} If there is no recorder for this number.
   */
  async record(sourceId: number | string, options?: RecordOptions): Promise<Recording> {
    const numbers = [...this.recorders.keys()];
    const number = numbers.find((number) => String(number) === String(sourceId));
    if (number === undefined) {
      throw new RangeError(
        `No recorder for tee number ${sourceId}; there are: ${numbers.join(", ")}`,
      );
    }
    return await this.recorders.get(number)!.record(options);
  }

  /** Whether any recorder has a clip that is not complete yet. */
  get busy(): boolean {
    return [...this.recorders.values()].some((recorder) => recorder.busy);
  }

  /** Closes all recorders; see {@link VideoRecorder.close}. */
  async close(): Promise<void> {
    await Promise.all([...this.recorders.values()].map((recorder) => recorder.close()));
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function checkOptions(options: MultiVideoRecorderOptions): MultiVideoRecorderOptions {
  checkObject("options", options);
  const { srcTeePrefix, padNumberToFileSuffix, videoStorage } = options;
  if (typeof srcTeePrefix !== "string") {
    throw new TypeError("srcTeePrefix must be the start of the tees' names");
  }
  if (typeof padNumberToFileSuffix !== "object" || padNumberToFileSuffix === null) {
    throw new TypeError('padNumberToFileSuffix must be an object, such as { 0: "first" }');
  }
  for (const suffix of Object.values(padNumberToFileSuffix)) {
    if (typeof suffix !== "string" || /[/\\\0]/.test(suffix)) {
      throw new TypeError(
        `padNumberToFileSuffix must have suffixes for file names as values, not ${
          Deno.inspect(suffix)
        }`,
      );
    }
  }
  if (typeof videoStorage !== "string" || videoStorage === "" || videoStorage.includes("\0")) {
    throw new TypeError("videoStorage must be the path of a folder");
  }
  return options;
}
