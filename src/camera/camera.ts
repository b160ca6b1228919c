/**
 * Cameras that come and go, and are recorded whenever they are there.
 *
 * @module
 */
import type { Pipeline } from "../pipeline.ts";
import type { RecordOptions } from "../recorder/options.ts";
import type { Recording } from "../recorder/recording.ts";
import type { RecordingReport } from "../recorder/clip/report.ts";
import type { SnapshotOptions, SnapshotReport } from "../recorder/snapshot.ts";
import type { RecorderStats } from "../recorder/stats.ts";
import type { VideoRecorder } from "../recorder/video_recorder.ts";
import { checkFunction, checkObject, checkSec } from "../util/check.ts";
import { didYouMean } from "../util/closest.ts";
import { GstClosedError, GstTimeoutError } from "../util/errors.ts";
import {
  type CameraRecorderOptions,
  CameraRecorders,
  type CameraStream,
} from "./camera_recorders.ts";
import { CameraOfflineError } from "./errors.ts";
import { Supervisor } from "./supervisor.ts";
import type { SupervisorOptions, SupervisorStatus } from "./supervisor_options.ts";

/** Something that happens at a camera. */
export type CameraEvent =
  /** Its state has changed. */
  | { type: "status"; camera: string; status: SupervisorStatus }
  /** The first frame has come from a tee, since the camera is back. */
  | { type: "armed"; camera: string; tee: string; mediaTypes: string[] }
  /** A clip was started or extended. */
  | { type: "recording"; camera: string; tee: string; path: string; isExtended: boolean }
  /** A clip is complete. */
  | { type: "finished"; camera: string; tee: string; report: RecordingReport }
  /** A clip or a recorder has failed. */
  | { type: "failed"; camera: string; tee: string; error: Error }
  /** A recorder warns, as that the window is shorter than two GOPs. */
  | { type: "warning"; camera: string; tee: string; message: string };

/** Options of {@link Camera}. */
export interface CameraOptions
  extends Omit<SupervisorOptions, "frames" | "isUsable" | "onStatus" | "restart"> {
  /** The camera's name. */
  name: string;
  /** The tees to record: names, `A+B` for two into one file. Defaults to each tee with a name. */
  tees?: string[];
  /**
   * How each tee is recorded. A function gets the tee and its media types once they are known; without one, the recorders are
   * attached before the pipeline starts, and miss no frame.
   */
  recorder: CameraRecorderOptions | ((stream: CameraStream) => CameraRecorderOptions);
  /** Called with each event. */
  onEvent?: (event: CameraEvent) => void;
}

/** Options of {@link Camera.record}. */
export interface CameraRecordOptions extends RecordOptions {
  /** The tees to record. Defaults to all. */
  tees?: string[];
  /** Seconds to wait for a camera that is not live. Defaults to 0. */
  waitSec?: number;
}

/** What a call has recorded. */
export interface CameraClips {
  /** The clips that were started or extended. */
  clips: { camera: string; tee: string; recording: Recording }[];
  /** What could not be recorded; of a camera that is not live, the tee is `null`. */
  failures: { camera: string; tee: string | null; error: Error }[];
}

/**
 * A camera: a pipeline that is supervised ({@link Supervisor}), and recorders on its tees that are attached anew each time that
 * it is back.
 *
 * @example
 * ```ts
 * import { Camera } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await using yard = new Camera({
 *   name: "yard",
 *   pipeline: "videotestsrc is-live=true ! tee name=video ! fakesink",
 *   recorder: {
 *     windowSizeSec: 0.5,
 *     filenameGenerator: () => `${folder}/${crypto.randomUUID()}.webm`,
 *   },
 * });
 * await yard.live({ timeoutSec: 10 });
 * const { clips: [clip] } = await yard.record();
 * const report = await clip!.recording.finished;
 * assertEquals(report.frames >= 15, true);
 * ```
 */
export class Camera implements AsyncDisposable {
  /** The camera's name. */
  readonly name: string;
  readonly #supervisor: Supervisor;
  readonly #onEvent: (event: CameraEvent) => void;
  readonly #tees: string[];
  readonly #recorder: CameraOptions["recorder"];
  #recorders: CameraRecorders | null = null;
  /** The clips that are not complete. */
  readonly #open = new Set<Recording>();
  /** A promise for each of them that resolves once its event was emitted. */
  readonly #unfinished = new Set<Promise<void>>();

  /**
   * Starts.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If a number of seconds is negative or NaN.
   */
  constructor(options: CameraOptions) {
    const { name, tees = [], recorder, onEvent, ...supervised } = checkOptions(options);
    this.name = name;
    this.#tees = tees;
    this.#recorder = recorder;
    this.#onEvent = onEvent ?? (() => {});
    const { onPipeline } = supervised;
    this.#supervisor = new Supervisor({
      ...supervised,
      onPipeline: (pipeline) => {
        onPipeline?.(pipeline);
        this.#attach(pipeline);
      },
      frames: () => this.#look(),
      isUsable: () => this.#recorders?.isReady ?? false,
      onStatus: (status) => this.#follow(status),
    });
  }

  /** What the camera does at present, and why. */
  get status(): SupervisorStatus {
    return this.#supervisor.status;
  }

  /** The recorders by the names of their tees; empty while the camera is not there. */
  get recorders(): ReadonlyMap<string, VideoRecorder> {
    return this.#recorders?.all ?? new Map();
  }

  /** The pipeline of the present try; `null` in between. It is closed when the try ends: do not keep it. */
  get pipeline(): Pipeline | null {
    return this.#supervisor.pipeline;
  }

  /** Seconds since the last frame came, to a quarter of a second; `null` before the first one. */
  get lastFrameAgeSec(): number | null {
    return this.#supervisor.lastFrameAgeSec;
  }

  /** The number of clips that are not complete. */
  get openClips(): number {
    return this.#open.size;
  }

  /** The statistics of the recorders by the names of their tees. */
  stats(): Record<string, RecorderStats> {
    return Object.fromEntries([...this.recorders].map(([tee, one]) => [tee, one.stats()]));
  }

  /**
   * Records all tees, or some, around the instant of this call; see {@link VideoRecorder.record}.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If there is no such tee, or a number of seconds is out of range.
   * @throws {CameraOfflineError} If the camera is not live, or not within `waitSec` seconds.
   * @throws {GstError} If nothing could be recorded.
   */
  async record(options: CameraRecordOptions = {}): Promise<CameraClips> {
    checkObject("options", options);
    const { tees, waitSec = 0, ...call } = options;
    checkSec("waitSec", waitSec);
    if (!this.#isThere && waitSec > 0) await this.#wait(waitSec);
    if (!this.#isThere) throw new CameraOfflineError(this.name, this.status);
    const names = tees?.map((tee) => this.#nameOf(tee)) ?? [...this.recorders.keys()];
    const results = await Promise.allSettled(names.map((tee) => this.#record(tee, call)));
    const result: CameraClips = { clips: [], failures: [] };
    for (const [i, one] of results.entries()) {
      const [camera, tee] = [this.name, names[i]!];
      if (one.status === "fulfilled") result.clips.push({ camera, tee, recording: one.value });
      else result.failures.push({ camera, tee, error: one.reason });
    }
    if (result.clips.length === 0 && result.failures.length > 0) throw result.failures[0]!.error;
    return result;
  }

  /** Whether there is a stream to record; one that has stalled has its last seconds. */
  get #isThere(): boolean {
    return ["live", "stalled"].includes(this.status.state) && this.#recorders !== null;
  }

  async #wait(waitSec: number): Promise<void> {
    await this.live({ timeoutSec: waitSec }).catch((error) => {
      if (!(error instanceof GstTimeoutError || error instanceof GstClosedError)) throw error;
    });
  }

  #nameOf(tee: string): string {
    const names = [...this.recorders.keys()];
    if (names.includes(tee)) return tee;
    throw new RangeError(
      `Camera "${this.name}" records no tee "${tee}"; there are: ${names.join(", ")}` +
        didYouMean(tee, names),
    );
  }

  async #record(tee: string, call: RecordOptions): Promise<Recording> {
    const recording = await this.recorders.get(tee)!.record(call).catch((error) => {
      // its pipeline is being closed
      if (error instanceof GstClosedError) throw new CameraOfflineError(this.name, this.status);
      throw error;
    });
    const isExtended = this.#open.has(recording);
    const { path } = recording;
    this.#onEvent({ type: "recording", camera: this.name, tee, path, isExtended });
    if (!isExtended) this.#track(tee, recording);
    return recording;
  }

  #track(tee: string, recording: Recording): void {
    this.#open.add(recording);
    const camera = this.name;
    const finished = recording.finished.then(
      (report) => this.#onEvent({ type: "finished", camera, tee, report }),
      (error) => this.#onEvent({ type: "failed", camera, tee, error }),
    ).finally(() => {
      this.#open.delete(recording);
      this.#unfinished.delete(finished);
    });
    this.#unfinished.add(finished);
  }

  /**
   * Writes one frame of a tee as an image; see {@link VideoRecorder.snapshot}.
   *
   * @param path The image's path.
   * @param options `tee`: its name; defaults to the first one.
   * @throws {CameraOfflineError} If the camera is not live.
   */
  snapshot(
    path: string,
    options: SnapshotOptions & { tee?: string } = {},
  ): Promise<SnapshotReport> {
    checkObject("options", options);
    const { tee, ...rest } = options;
    if (!this.#isThere) throw new CameraOfflineError(this.name, this.status);
    const name = tee === undefined ? [...this.recorders.keys()][0]! : this.#nameOf(tee);
    return this.recorders.get(name)!.snapshot(path, rest);
  }

  /** Returns the present status, and then each new one; ends when the camera is closed. */
  states(): AsyncGenerator<SupervisorStatus, void, void> {
    return this.#supervisor.states();
  }

  /** Resolves once the camera is live; see {@link Supervisor.live}. */
  live(options?: { timeoutSec?: number }): Promise<void> {
    return this.#supervisor.live(options);
  }

  /** Resolves at the end of a stream that is not live, and when the camera is closed. */
  get ended(): Promise<void> {
    return this.#supervisor.ended;
  }

  /** Ends the wait for the next try. */
  retry(): void {
    this.#supervisor.retry();
  }

  /** Stops the pipeline until {@link switchOn}; open clips are finished. */
  switchOff(): void {
    this.#supervisor.switchOff();
  }

  /** Starts the pipeline again after {@link switchOff}. */
  switchOn(): void {
    this.#supervisor.switchOn();
  }

  /** Finishes open clips, and stops the pipeline for good. Resolves once all events were emitted. May be called twice. */
  async close(): Promise<void> {
    await this.#supervisor.close();
    await Promise.all(this.#unfinished);
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #attach(pipeline: Pipeline): void {
    const camera = this.name;
    this.#recorders = new CameraRecorders(pipeline, {
      tees: this.#tees,
      recorder: this.#recorder,
      onArmed: ({ name: tee, mediaTypes }) =>
        this.#onEvent({ type: "armed", camera, tee, mediaTypes }),
      onWarning: (tee, message) => {
        // until then, the state says it
        if (this.#isThere) this.#onEvent({ type: "warning", camera, tee, message });
      },
      onError: (tee, error) => this.#onEvent({ type: "failed", camera, tee, error }),
    });
  }

  /** Counts the frames that have come. */
  #look(): number {
    this.#recorders?.arm();
    return this.#recorders?.received ?? 0;
  }

  #follow(status: SupervisorStatus): void {
    if (status.state === "offline" || status.state === "off") this.#recorders = null;
    this.#onEvent({ type: "status", camera: this.name, status });
  }
}

function checkOptions(options: CameraOptions): CameraOptions {
  checkObject("options", options);
  const { name, tees, recorder, onEvent } = options;
  if (typeof name !== "string" || name === "") throw new TypeError("name must be a camera's name");
  if (tees !== undefined && !Array.isArray(tees)) throw new TypeError("tees must be an array");
  if (typeof recorder !== "function") checkObject("recorder", recorder);
  if (onEvent !== undefined) checkFunction("onEvent", onEvent);
  return options;
}
