/**
 * One run of a camera's pipeline, from its start until it fails, stalls or ends.
 *
 * @module
 */
import type { Message } from "../gst/message.ts";
import type { Pipeline } from "../pipeline.ts";
import { Standalone } from "../standalone.ts";
import { unlessAborted } from "../util/abort.ts";
import { GstClosedError, GstTimeoutError } from "../util/errors.ts";
import { SharedInterval } from "../util/shared_interval.ts";
import { FrameFlow } from "./frame_flow.ts";
import { type OfflineReason, offlineReason } from "./offline_reason.ts";

/** Milliseconds between two looks at whether frames flow. */
const LOOK_MS = 250;
/** Seconds for the sinks of a camera that has failed to finish their files. */
const STOP_SEC = 1;

const looks = new SharedInterval(LOOK_MS, true);

/** What an attempt runs, and how long it waits. */
export interface AttemptOptions {
  /** Returns the pipeline's text. */
  text: () => string | Promise<string>;
  /** Seconds for the first frame to come. */
  connectSec: number;
  /** Seconds without a frame after which the stream has stalled. */
  stallSec: number;
  /** Seconds without a frame after which the attempt is given up. */
  giveUpSec: number;
  /** Gets the pipeline before it starts. */
  onPipeline: (pipeline: Pipeline) => void;
  /** Gets the messages of its bus. */
  onMessage: (message: Message) => void;
  /** Counts the frames that have come; called several times a second. */
  frames: (pipeline: Pipeline) => number;
  /** Called at a look that has seen a further frame. */
  onFrame: () => void;
  /** Whether what has come can be used. */
  isUsable: (pipeline: Pipeline) => boolean;
  /** Gets a change of the flow. */
  onFlow: (state: "live" | "stalled") => void;
  /** Ends the attempt. */
  signal: AbortSignal;
}

/** How an attempt ended. */
export interface Outcome {
  reason: OfflineReason;
  /** Undefined at the end of a stream. */
  error: unknown;
  /** Whether the stream is over, as that of a file is. */
  isEnd: boolean;
  /** Seconds since it was live; 0 if it never was. */
  liveSec: number;
}

/** A run of a pipeline. */
export class Attempt {
  readonly #options: AttemptOptions;
  readonly #flow = new FrameFlow(performance.now());
  #state: "connecting" | "live" | "stalled" = "connecting";
  #liveMs: number | null = null;

  /** Creates an attempt that has not begun. */
  constructor(options: AttemptOptions) {
    this.#options = options;
  }

  /** Runs the pipeline to its end; does not reject. */
  async run(): Promise<Outcome> {
    const { text, signal, connectSec, onPipeline, onMessage } = this.#options;
    try {
      const description = await unlessAborted(Promise.resolve(text()), signal);
      const app = await Standalone.buildAndRun(description, {
        background: true,
        startTimeoutSec: connectSec,
        stopTimeoutSec: STOP_SEC,
        beforeStart: onPipeline,
        onMessage,
        signal,
      });
      const isLive = app.pipeline.isLive;
      try {
        await this.#follow(app);
      } finally {
        // where the pipeline has failed, `ended` has said so
        await app.stop().catch(() => {});
      }
      return this.#outcome("end-of-stream", undefined, !isLive);
    } catch (error) {
      return this.#outcome(offlineReason(error), error, false);
    }
  }

  #outcome(reason: OfflineReason, error: unknown, isEnd: boolean): Outcome {
    const liveSec = this.#liveMs === null ? 0 : (performance.now() - this.#liveMs) / 1000;
    return { reason, error, isEnd, liveSec };
  }

  /** Resolves at the end of the stream; rejects when an element fails, or no frame comes for too long. */
  async #follow({ pipeline, ended }: Standalone): Promise<void> {
    const { promise: silence, reject } = Promise.withResolvers<never>();
    const look = () => {
      try {
        this.#look(pipeline);
      } catch (error) {
        // a closed pipeline has ended
        if (!(error instanceof GstClosedError)) reject(error);
      }
    };
    look();
    looks.add(look);
    await Promise.race([ended, silence]).finally(() => looks.remove(look));
  }

  #look(pipeline: Pipeline): void {
    const { frames, onFrame, isUsable, onFlow, connectSec, stallSec, giveUpSec } = this.#options;
    const nowMs = performance.now();
    const { hasBegun, stillSec } = this.#flow.look(frames(pipeline), nowMs);
    if (hasBegun && stillSec === 0) onFrame();
    if (this.#state === "connecting") {
      if (hasBegun && isUsable(pipeline)) {
        this.#state = "live";
        this.#liveMs = nowMs;
        onFlow("live");
      } else if (stillSec >= connectSec) {
        throw new GstTimeoutError(`No frame came within ${connectSec} s`);
      }
      return;
    }
    if (stillSec >= giveUpSec) throw new GstTimeoutError(`No frame came for ${giveUpSec} s`);
    const state = stillSec >= stallSec ? "stalled" : "live";
    if (state !== this.#state) onFlow(state);
    this.#state = state;
  }
}
