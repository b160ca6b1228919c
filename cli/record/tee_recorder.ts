/**
 * One tee under watch.
 *
 * @module
 */
import { basename, join } from "node:path";
import {
  EncodedRingBuffer,
  GstError,
  type Pipeline,
  RecordBin,
  type RecorderState,
  type RecorderStats,
  type Recording,
  type RecordingReport,
  type RecordOptions,
  RingBuffer,
  VideoRecorder,
} from "../../mod.ts";
import { UsageError } from "../args/usage_error.ts";
import type { RecordArguments } from "../args/record_arguments.ts";
import type { ClipFolder } from "./clip_folder.ts";
import type { Events, Trigger } from "./events.ts";
import { Cached } from "./cached.ts";

/** What recorders have in common. */
export interface TeeContext {
  pipeline: Pipeline;
  options: RecordArguments;
  folder: ClipFolder;
  events: Events;
  /** A folder for pictures on their way. */
  scratch: string;
  /** Takes what is odd, but no failure. */
  onWarning: (text: string) => void;
  /** Takes a failure that leaves the tee without a recorder. */
  onFailure: (error: GstError) => void;
}

/** What became of the clips so far. */
export interface Totals {
  finished: number;
  failed: number;
  /** Of those finished, the ones that are not complete. */
  short: number;
  frames: number;
  bytes: number;
}

/** A stream that is recorded. */
export interface TeeStream {
  /** The tee's name. */
  tee: string;
  /** What flows through it, such as `video/x-raw`. */
  mediaType: string;
}

/** What is known of a tee. */
export interface TeeStatus {
  tee: string;
  state: RecorderState;
  mediaTypes: string[];
  container: string;
  windowSec: number;
  ring: RecorderStats;
  /** Names of the clips under way. */
  openClips: string[];
  /** The clip finished last; null before the first. */
  lastClip: { name: string; report: RecordingReport } | null;
  totals: Totals;
}

/** Containers by preference, the first of them playing about anywhere. */
const CONTAINERS = [".mp4", ".webm", ".mkv"];
/** Milliseconds for which a picture is good. */
const SNAPSHOT_MS = 200;
/** Seconds for a clip's file to come to be: a busy machine may take long to start an encoder. */
const MAX_DELAY_SEC = 5;

/** Records one tee, or several into one file, and tells what happens. */
export class TeeRecorder {
  /** The tee's name; of several, their names with + in between. */
  readonly tee: string;
  readonly #context: TeeContext;
  readonly #mediaTypes: string[];
  readonly #extension: string;
  readonly #recorder: VideoRecorder;
  readonly #open = new Set<Recording>();
  /** Calls that fall into the same clip fail with the same error. */
  readonly #told = new WeakSet<Error>();
  readonly #totals: Totals = { finished: 0, failed: 0, short: 0, frames: 0, bytes: 0 };
  readonly #snapshot = new Cached(() => this.#takeSnapshot(), SNAPSHOT_MS);
  #lastClip: TeeStatus["lastClip"] = null;
  #settled: Promise<void> = Promise.resolve();

  /**
   * Arms a recorder.
   *
   * @throws {UsageError} if the container does not take that.
   * @throws {GstError} if it cannot be armed, or elements for it are not installed.
   */
  constructor(tee: string, tracks: TeeStream[], context: TeeContext) {
    const { pipeline, options, folder, events } = context;
    const mediaTypes = tracks.map(({ mediaType }) => mediaType);
    this.tee = tee;
    this.#context = context;
    this.#mediaTypes = mediaTypes;
    this.#extension = chooseExtension(tee, mediaTypes, options.extension);
    this.#recorder = new VideoRecorder({
      pipeline,
      tracks: tracks.map(({ tee, mediaType }) => ({
        tee,
        ringBufferClass: options.isEncoded && mediaType === "video/x-raw"
          ? EncodedRingBuffer
          : RingBuffer,
      })),
      windowSizeSec: options.windowSec,
      filenameGenerator: () => folder.newPath(tee, this.#extension),
      maxClipSec: options.maxClipSec,
      maxRingBytes: options.maxRingBytes,
      copyFrames: options.copyFrames,
      // what plays clips elsewhere expects it
      startAtZero: true,
      // signals are the command's, which stops the pipeline and so the recorder
      finishOnExit: false,
      onWarning: context.onWarning,
      onError: (error) => {
        events.emit({ type: "failed", tee, name: null, error: error.message });
        context.onFailure(error);
      },
    });
    const { windowSec } = options;
    events.emit({ type: "armed", tee, mediaTypes, container: this.#extension, windowSec });
  }

  /**
   * Records a clip, or makes the one that is open longer.
   *
   * @returns The clip's name.
   * @throws As `VideoRecorder.record()`.
   */
  async record(call: RecordOptions, trigger: Trigger): Promise<string> {
    const { options: { beforeSec, afterSec }, events } = this.#context;
    const options = { beforeSec, afterSec, maxDelaySec: MAX_DELAY_SEC, ...call };
    const { tee } = this;
    try {
      const recording = await this.#begin(options);
      const name = basename(recording.path);
      const isExtended = this.#open.has(recording);
      events.emit({ type: "recording", tee, name, trigger, isExtended });
      if (!isExtended) this.#follow(recording, name);
      return name;
    } catch (error) {
      // a call that makes no sense is no failure of the recorder
      if (error instanceof GstError) this.#fail(null, error);
      throw error;
    }
  }

  /** Begins a clip, under another name where another process has taken that in the same millisecond. */
  async #begin(call: RecordOptions): Promise<Recording> {
    const at = this.#context.pipeline.runningTimeSec;
    try {
      return await this.#recorder.record(call);
    } catch (error) {
      const isTaken = (error as Error).cause instanceof Deno.errors.AlreadyExists;
      if (!isTaken || at === null) throw error;
      return await this.#recorder.record({ at, ...call });
    }
  }

  #follow(recording: Recording, name: string): void {
    const { folder, events } = this.#context;
    const finish = async () => {
      try {
        const report = await recording.finished;
        this.#count(report);
        this.#lastClip = { name, report };
        folder.add(report);
        events.emit({ type: "finished", tee: this.tee, name, report });
      } catch (error) {
        this.#fail(name, error as Error);
      } finally {
        this.#open.delete(recording);
      }
      await folder.tidy();
    };
    this.#open.add(recording);
    this.#settled = Promise.all([this.#settled, finish()]).then(() => {});
  }

  #count({ frames, bytes, shortfalls }: RecordingReport): void {
    this.#totals.finished++;
    this.#totals.frames += frames;
    this.#totals.bytes += bytes;
    if (shortfalls.length > 0) this.#totals.short++;
  }

  #fail(name: string | null, error: Error): void {
    if (this.#told.has(error)) return;
    this.#told.add(error);
    this.#totals.failed++;
    this.#context.events.emit({ type: "failed", tee: this.tee, name, error: error.message });
  }

  /** The newest frame as a JPEG. */
  snapshot(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#snapshot.get();
  }

  async #takeSnapshot(): Promise<Uint8Array<ArrayBuffer>> {
    const path = join(this.#context.scratch, `${crypto.randomUUID()}.jpg`);
    try {
      await this.#recorder.snapshot(path);
      return await Deno.readFile(path);
    } finally {
      await Deno.remove(path).catch(() => {});
    }
  }

  /** What is known of the tee; it looks at each frame in the ring. */
  status(): TeeStatus {
    const { windowSec } = this.#context.options;
    return {
      tee: this.tee,
      state: this.#recorder.state,
      mediaTypes: this.#mediaTypes,
      container: this.#extension,
      windowSec,
      ring: this.#recorder.stats(),
      openClips: [...this.#open].map(({ path }) => basename(path)),
      lastClip: this.#lastClip,
      totals: { ...this.#totals },
    };
  }

  /** Resolves once all clips so far are told of. */
  get settled(): Promise<void> {
    return this.#settled;
  }
}

/** The wanted container, or the first that takes what flows. */
function chooseExtension(tee: string, mediaTypes: string[], wanted: string | undefined): string {
  const candidates = wanted === undefined ? CONTAINERS : [wanted];
  const errors = [];
  for (const extension of candidates) {
    try {
      const tracks = mediaTypes.map((mediaType) => ({ mediaType }));
      void new RecordBin({ path: `clip${extension}`, location: "", tracks }).close();
      return extension;
    } catch (error) {
      if (!(error instanceof RangeError) && !(error instanceof GstError)) throw error;
      errors.push(error);
    }
  }
  const [error] = errors;
  throw error instanceof RangeError ? new UsageError(`Tee "${tee}": ${error.message}`) : error;
}
