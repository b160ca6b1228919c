/**
 * Options and states of supervised pipelines.
 *
 * @module
 */
import type { Message } from "../gst/message.ts";
import type { Pipeline } from "../pipeline.ts";
import { checkFunction, checkObject, checkSec } from "../util/check.ts";
import { countAtSinks } from "./frame_flow.ts";
import type { OfflineReason } from "./offline_reason.ts";

/**
 * The state of a supervised pipeline:
 *
 * - `connecting`: it starts; no keyframe has come yet,
 * - `live`: frames come,
 * - `stalled`: no frame has come for a while; clips stay open,
 * - `offline`: it has failed, and waits for the next try,
 * - `off`: it is switched off, or at the end of a stream that is not live.
 */
export type SupervisorState = "connecting" | "live" | "stalled" | "offline" | "off";

/** What a supervised pipeline does, and why. */
export interface SupervisorStatus {
  /** The state. */
  state: SupervisorState;
  /** Why it is offline, or off at the end of its stream; `null` otherwise. */
  reason: OfflineReason | null;
  /** What the pipeline has failed with last; `null` if it has not, or is live again. */
  error: Error | null;
  /** Since when it is in this state. */
  since: Date;
  /** The tries since it was live last. */
  attempts: number;
  /** When the next try begins; `null` unless it is offline. */
  nextTryAt: Date | null;
}

/** Returns a pipeline's text for each try. */
export type PipelineSource = (
  /** How the try before ended; undefined at the first one. */
  previous?: { wasLive: boolean },
) => string | Promise<string>;

/** Options of {@link Supervisor}. */
export interface SupervisorOptions {
  /** The pipeline's text, or a function that makes it anew for each try. What it throws counts as the try's failure. */
  pipeline: string | PipelineSource;
  /** Called with each new pipeline before it starts, for example to attach recorders. */
  onPipeline?: (pipeline: Pipeline) => void;
  /** Called with each message of each pipeline. */
  onMessage?: (message: Message) => void;
  /** Called with each change of the state. */
  onStatus?: (status: SupervisorStatus) => void;
  /** Counts the frames that have come; by default, the buffers at the pipeline's sinks. Called four times a second. */
  frames?: (pipeline: Pipeline) => number;
  /** Whether what has come can be used; by default, it can as soon as there is a frame. */
  isUsable?: (pipeline: Pipeline) => boolean;
  /**
   * Resolves when a camera that was away answers again, so that the wait for the next try ends early. By default, the wait is
   * not shortened. `signal` ends what it does.
   */
  untilBack?: (signal: AbortSignal) => Promise<void>;
  /** Seconds for the first frame of a try to come. Defaults to 10. */
  connectSec?: number;
  /** Seconds without a frame after which the state is `stalled`. Defaults to 3. */
  stallSec?: number;
  /** Seconds without a frame after which the pipeline is built anew. Defaults to 10. */
  giveUpSec?: number;
  /** Whether to try again: `never` ends with the first failure. Defaults to `always`. */
  restart?: "always" | "never";
  /** Whether it begins switched off. Defaults to `false`. */
  isOff?: boolean;
  /** Closes the supervisor when aborted. */
  signal?: AbortSignal;
}

/** Options of a supervisor, with the defaults. */
export interface CompleteSupervisorOptions
  extends Required<Omit<SupervisorOptions, "signal" | "untilBack">> {
  /** See {@link SupervisorOptions}. */
  signal?: AbortSignal;
  /** See {@link SupervisorOptions}. */
  untilBack?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Completes the options of a supervisor.
 *
 * @throws {TypeError} If one has the wrong type.
 * @throws {RangeError} If a number of seconds is negative or NaN.
 */
export function completeOptions(options: SupervisorOptions): CompleteSupervisorOptions {
  checkOptions(options);
  return {
    onPipeline: () => {},
    onMessage: () => {},
    onStatus: () => {},
    frames: countAtSinks,
    isUsable: () => true,
    connectSec: 10,
    stallSec: 3,
    giveUpSec: 10,
    restart: "always",
    isOff: false,
    ...options,
  };
}

function checkOptions(options: SupervisorOptions): void {
  checkObject("options", options);
  const { pipeline, restart, isOff, signal } = options;
  if (typeof pipeline !== "string") checkFunction("pipeline", pipeline);
  const functions = [
    "onPipeline",
    "onMessage",
    "onStatus",
    "frames",
    "isUsable",
    "untilBack",
  ] as const;
  for (const name of functions) {
    if (options[name] !== undefined) checkFunction(name, options[name]);
  }
  for (const name of ["connectSec", "stallSec", "giveUpSec"] as const) {
    if (options[name] !== undefined) checkSec(name, options[name]);
  }
  if (restart !== undefined && !["always", "never"].includes(restart)) {
    throw new RangeError(`restart must be "always" or "never", got ${Deno.inspect(restart)}`);
  }
  if (isOff !== undefined && typeof isOff !== "boolean") {
    throw new TypeError("isOff must be true or false");
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError("signal must be an AbortSignal");
  }
}
