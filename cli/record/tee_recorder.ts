/**
 * The recorder of a tee.
 *
 * @module
 */
import { basename } from "node:path";
import {
  EncodedRingBuffer,
  GstError,
  type Pipeline,
  type Recording,
  type RecordOptions,
  RingBuffer,
  VideoRecorder,
} from "../../mod.ts";
import type { RecordArguments } from "../args/record_arguments.ts";
import type { ClipFolder } from "./clip_folder.ts";
import { clipReport } from "./clip_report.ts";
import { ClipCounter } from "./clip_totals.ts";
import { chooseContainer } from "./choose_container.ts";
import type { Events, Trigger } from "./events.ts";
import { Snapshots } from "./snapshots.ts";
import type { TeeStatus } from "./status.ts";

/** What the recorders of a run have in common. */
export interface RecorderContext {
  pipeline: Pipeline;
  options: RecordArguments;
  folder: ClipFolder;
  events: Events;
  /** A folder for temporary files. */
  scratch: string;
  /** Receives a failure that leaves the tee without a recorder. */
  onFailure: (error: GstError) => void;
  /** The totals of the tees' clips by their names, which go on where a tee gets another recorder. */
  counters: Map<string, ClipCounter>;
}

/** A stream that is recorded. */
export interface TeeStream {
  /** The tee's name. */
  tee: string;
  /** Its media type, such as `video/x-raw`. */
  mediaType: string;
}

const RAW_VIDEO = "video/x-raw";
/** Seconds for a clip's file to be opened: a busy machine may take long to start an encoder. */
const MAX_DELAY_SEC = 5;

/** Records one tee, or several into one file, and emits events of it. */
export class TeeRecorder {
  /** The tee's name; of several, their names joined by `+`. */
  readonly tee: string;
  readonly #context: RecorderContext;
  readonly #mediaTypes: string[];
  readonly #container: string;
  readonly #recorder: VideoRecorder;
  readonly #snapshots: Snapshots;
  readonly #counter: ClipCounter;
  readonly #open = new Set<Recording>();
  /** A promise for each clip whose end is not handled yet. */
  readonly #unfinished = new Set<Promise<void>>();
  /** Errors that were reported: all calls that fall into a clip fail with the same one. */
  readonly #reported = new WeakSet<Error>();
  #lastClip: TeeStatus["lastClip"] = null;

  /**
   * Attaches a recorder to the tee.
   *
   * @throws {UsageError} If the container does not take the streams.
   * @throws {GstError} If the recorder cannot be attached, or elements for it are not installed.
   */
  constructor(tee: string, streams: readonly TeeStream[], context: RecorderContext) {
    const { pipeline, options, folder, events } = context;
    const { windowSec } = options;
    const mediaTypes = streams.map(({ mediaType }) => mediaType);
    const isEncoded = (mediaType: string) =>
      options.isEncoded && EncodedRingBuffer.takes(mediaType);
    const container = chooseContainer(
      tee,
      mediaTypes.map((mediaType) => isEncoded(mediaType) ? RAW_VIDEO : mediaType),
      options.extension,
    );
    const onWarning = (message: string) => events.emit({ type: "warning", tee, message });
    if (!options.isEncoded) warnOfBrowsers(tee, mediaTypes, onWarning);
    this.tee = tee;
    this.#context = context;
    this.#counter = context.counters.get(tee) ?? new ClipCounter();
    context.counters.set(tee, this.#counter);
    this.#mediaTypes = mediaTypes;
    this.#container = container;
    this.#recorder = new VideoRecorder({
      pipeline,
      tracks: streams.map(({ tee, mediaType }) => ({
        tee,
        ringBufferClass: isEncoded(mediaType) ? EncodedRingBuffer : RingBuffer,
      })),
      windowSizeSec: windowSec,
      filenameGenerator: () => folder.newPath(tee, container),
      maxClipSec: options.maxClipSec,
      maxRingBytes: options.maxRingBytes,
      copyFrames: options.copyFrames,
      trackTimeoutSec: options.trackTimeoutSec,
      // as players of clips expect
      startAtZero: true,
      // the command handles signals: it stops the pipeline, which finishes the clips
      finishOnExit: false,
      onWarning,
      onError: (error) => {
        events.emit({ type: "failed", tee, name: null, error: error.message });
        context.onFailure(error);
      },
    });
    this.#snapshots = new Snapshots(this.#recorder, context.scratch);
    events.emit({ type: "armed", tee, mediaTypes, container, windowSec, folder: options.folder });
  }

  /**
   * Starts a clip, or extends the one that is open.
   *
   * @returns The clip's name.
   * @throws As `VideoRecorder.record()`.
   */
  async record(call: RecordOptions, trigger: Trigger): Promise<string> {
    const { options: { beforeSec, afterSec }, events } = this.#context;
    try {
      const recording = await this.#start({
        beforeSec,
        afterSec,
        maxDelaySec: MAX_DELAY_SEC,
        ...call,
      });
      const name = basename(recording.path);
      const isExtended = this.#open.has(recording);
      events.emit({ type: "recording", tee: this.tee, name, trigger, isExtended });
      if (!isExtended) this.#track(recording, name);
      return name;
    } catch (error) {
      // other errors are wrong arguments, no failures of the recorder
      if (error instanceof GstError) this.#fail(null, error);
      throw error;
    }
  }

  /** Starts a clip, under another name if another process took that one in the same millisecond. */
  async #start(call: RecordOptions): Promise<Recording> {
    const at = this.#context.pipeline.runningTimeSec;
    try {
      return await this.#recorder.record(call);
    } catch (error) {
      const isTaken = (error as Error).cause instanceof Deno.errors.AlreadyExists;
      if (!isTaken || at === null) throw error;
      return await this.#recorder.record({ at, ...call });
    }
  }

  #track(recording: Recording, name: string): void {
    this.#open.add(recording);
    const finished = this.#finish(recording, name).finally(() => this.#unfinished.delete(finished));
    this.#unfinished.add(finished);
  }

  async #finish(recording: Recording, name: string): Promise<void> {
    const { folder, events } = this.#context;
    try {
      const first = await recording.finished;
      // the event has further files where its stream changed
      for (const report of [first, ...first.continuations].map(clipReport)) {
        const name = basename(report.path);
        this.#counter.addFinished(report);
        this.#lastClip = { name, report };
        folder.add(report);
        events.emit({ type: "finished", tee: this.tee, name, report });
      }
    } catch (error) {
      this.#fail(name, error as Error);
    } finally {
      this.#open.delete(recording);
    }
    await folder.applyLimits();
  }

  #fail(name: string | null, error: Error): void {
    if (this.#reported.has(error)) return;
    this.#reported.add(error);
    this.#counter.addFailed();
    this.#context.events.emit({ type: "failed", tee: this.tee, name, error: error.message });
  }

  /** The number of buffers that have come from the tee. */
  get received(): number {
    return this.#recorder.received;
  }

  /** Whether a clip could begin. */
  get isReady(): boolean {
    return this.#recorder.isReady;
  }

  /** Resolves with the newest frame as a JPEG. */
  snapshot(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#snapshots.newest();
  }

  /** Returns the status of the tee; examines each frame in the ring buffer. */
  status(): TeeStatus {
    return {
      tee: this.tee,
      state: this.#recorder.state,
      mediaTypes: this.#mediaTypes,
      container: this.#container,
      windowSec: this.#context.options.windowSec,
      ring: this.#recorder.stats(),
      openClips: [...this.#open].map(({ path }) => basename(path)),
      lastClip: this.#lastClip,
      totals: this.#counter.totals,
    };
  }

  /** Resolves once the clips started so far are finished, and their events emitted. */
  async clipsFinished(): Promise<void> {
    await Promise.all(this.#unfinished);
  }
}

/** Warns of encoded video that no browser plays. */
function warnOfBrowsers(
  tee: string,
  mediaTypes: readonly string[],
  onWarning: (text: string) => void,
): void {
  for (const mediaType of mediaTypes) {
    if (mediaType === RAW_VIDEO || !EncodedRingBuffer.takes(mediaType)) continue;
    onWarning(
      `${tee}: browsers do not play ${mediaType}, which is recorded as it is; ` +
        "--encoded records video that they play",
    );
  }
}
