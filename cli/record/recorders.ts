/**
 * All tees under watch.
 *
 * @module
 */
import type { Pipeline, RecordOptions, State } from "../../mod.ts";
import { UsageError } from "../args/usage_error.ts";
import type { Trigger } from "./events.ts";
import { Cached } from "./cached.ts";
import { type TeeContext, TeeRecorder, type TeeStatus, type TeeStream } from "./tee_recorder.ts";

/** What a trigger led to. */
export interface Outcome {
  /** The clips that take frames now. */
  clips: { tee: string; name: string }[];
  /** Why there is none, where there is none. */
  failures: { tee: string; error: Error }[];
}

/** What is known of the whole. */
export interface Status {
  state: State;
  isLive: boolean;
  /** Seconds. */
  runningTimeSec: number | null;
  tees: TeeStatus[];
  /** The complete clips in the folder. */
  clips: { count: number; bytes: number };
  disk: { freeBytes: number | null };
}

/** A status as it is told among events. */
export function statusEvent(status: Status): Status & { type: "status"; time: Date } {
  return { type: "status", ...status, time: new Date() };
}

/** Milliseconds for which a status is good. */
const STATUS_MS = 200;
/** Milliseconds between two looks whether a tee's stream has begun. */
const ARRIVAL_MS = 100;

/** The recorders of a run. */
export class Recorders {
  readonly #context: TeeContext;
  readonly #recorders = new Map<string, TeeRecorder>();
  readonly #status = new Cached(() => this.#readStatus(), STATUS_MS);

  /** None is armed yet. */
  constructor(context: TeeContext) {
    this.#context = context;
    context.events.listen(() => this.#status.forget());
  }

  /**
   * Arms a recorder at each tee as soon as it is known what flows there: in this turn of the event loop where that is
   * so already.
   *
   * @param onWait Takes the tees that have to be waited for.
   * @param signal Ends the wait.
   * @throws As {@link TeeRecorder}.
   */
  async arm(
    tees: TeeGroup[],
    onWait: (tees: TeeGroup[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let waiting = tees.filter((tee) => !this.#tryArm(tee));
    if (waiting.length > 0) onWait(waiting);
    while (waiting.length > 0 && !signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));
      if (this.#context.pipeline.state === "null") return;
      waiting = waiting.filter((tee) => !this.#tryArm(tee));
    }
  }

  #tryArm({ name, tees }: TeeGroup): boolean {
    const tracks: TeeStream[] = [];
    for (const tee of tees) {
      const caps = this.#context.pipeline.element(tee).caps("sink");
      if (caps === null) return false;
      tracks.push({ tee, mediaType: caps.split(/[,(]/)[0]!.trim() });
    }
    this.#recorders.set(name, new TeeRecorder(name, tracks, this.#context));
    return true;
  }

  /** The tees that are armed. */
  get tees(): string[] {
    return [...this.#recorders.keys()];
  }

  /** The recorder of a tee. */
  get(tee: string): TeeRecorder | undefined {
    return this.#recorders.get(tee);
  }

  /** Records at some tees, or at all of them, at the same instant. */
  async record(
    trigger: Trigger,
    call: RecordOptions = {},
    tees: string[] = this.tees,
  ): Promise<Outcome> {
    const outcome: Outcome = { clips: [], failures: [] };
    const names = await Promise.allSettled(
      tees.map((tee) => this.#recorders.get(tee)!.record(call, trigger)),
    );
    for (const [i, name] of names.entries()) {
      const tee = tees[i]!;
      if (name.status === "fulfilled") outcome.clips.push({ tee, name: name.value });
      else outcome.failures.push({ tee, error: name.reason });
    }
    return outcome;
  }

  /** What is known of the whole; it may be a little old. */
  status(): Promise<Status> {
    return this.#status.get();
  }

  async #readStatus(): Promise<Status> {
    const { pipeline, folder } = this.#context;
    const { count, bytes, freeBytes } = await folder.info();
    const { state, isLive } = pipeline;
    return {
      state,
      isLive,
      runningTimeSec: state === "null" ? null : pipeline.runningTimeSec,
      tees: [...this.#recorders.values()].map((recorder) => recorder.status()),
      clips: { count, bytes },
      disk: { freeBytes },
    };
  }

  /** Resolves once all clips so far are told of. */
  async settled(): Promise<void> {
    await Promise.all([...this.#recorders.values()].map((recorder) => recorder.settled));
  }
}

/** A tee, or several that are recorded into one file. */
export interface TeeGroup {
  /** The name; of several, their names with + in between. */
  name: string;
  tees: string[];
}

/**
 * The tees to record from.
 *
 * @param wanted Their names, `A+B` for two into one file; none: each tee that was given a name.
 * @throws {UsageError} if there is none, or one is not there.
 */
export function chooseTees(pipeline: Pipeline, wanted: string[]): TeeGroup[] {
  const all = pipeline.elementNames().filter((name) =>
    pipeline.element(name).factoryName === "tee"
  );
  if (wanted.length > 0) return wanted.map((name) => groupOf(name, all));
  const named = all.filter((name) => isNamed(name, pipeline.element(name).path));
  const byName = new Intl.Collator("en", { numeric: true });
  if (named.length > 0) return named.sort(byName.compare).map((name) => groupOf(name, all));
  throw new UsageError("The pipeline has no tee with a name: put ! tee name=t1 where to record");
}

function groupOf(name: string, all: string[]): TeeGroup {
  const tees = all.includes(name) ? [name] : [...new Set(name.split("+"))];
  for (const tee of tees) {
    if (!all.includes(tee)) {
      throw new UsageError(`There is no tee named "${tee}"; there are: ${all.join(", ")}`);
    }
  }
  return { name, tees };
}

/** Whether the pipeline's author gave a tee its name: neither GStreamer, nor a bin that has it inside. */
function isNamed(name: string, path: string): boolean {
  return !/^tee\d+$/.test(name) && path.split("/").length === 3;
}
