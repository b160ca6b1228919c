/**
 * The recorders of a run.
 *
 * @module
 */
import type { RecordOptions, TeeGroup } from "../../mod.ts";
import { Cached } from "./cached.ts";
import type { Trigger } from "./events.ts";
import type { Status } from "./status.ts";
import { type RecorderContext, TeeRecorder, type TeeStream } from "./tee_recorder.ts";

/** The result of a trigger. */
export interface TriggerResult {
  /** The clips that were started or extended. */
  clips: { tee: string; name: string }[];
  /** The tees that could not be recorded. */
  failures: { tee: string; error: Error }[];
}

/** Milliseconds for which a status is shown again. */
const STATUS_MS = 200;
/** Milliseconds between two looks at whether a tee has caps. */
const POLL_MS = 100;

/** The recorders of a run, one for each tee or group of tees. */
export class Recorders {
  readonly #context: RecorderContext;
  readonly #recorders = new Map<string, TeeRecorder>();
  readonly #status = new Cached(() => this.#readStatus(), STATUS_MS);

  /** Attaches no recorder yet. */
  constructor(context: RecorderContext) {
    this.#context = context;
    context.events.listen(() => this.#status.invalidate());
  }

  /**
   * Attaches a recorder to each tee as soon as the tee has caps; to those that have them already, before it returns.
   *
   * @param onWait Receives the tees that have no caps yet.
   * @param signal Ends the wait for them.
   * @throws As {@link TeeRecorder}.
   */
  async attach(
    tees: readonly TeeGroup[],
    onWait: (tees: TeeGroup[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let waiting = tees.filter((tee) => !this.#tryAttach(tee));
    if (waiting.length > 0) onWait(waiting);
    while (waiting.length > 0 && !signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (this.#context.pipeline.state === "null") return;
      waiting = waiting.filter((tee) => !this.#tryAttach(tee));
    }
  }

  #tryAttach({ name, tees }: TeeGroup): boolean {
    const streams: TeeStream[] = [];
    for (const tee of tees) {
      const mediaType = this.#context.pipeline.element(tee).mediaType("sink");
      if (mediaType === null) return false;
      streams.push({ tee, mediaType });
    }
    this.#recorders.set(name, new TeeRecorder(name, streams, this.#context));
    return true;
  }

  /** The names of the tees that have a recorder. */
  get tees(): string[] {
    return [...this.#recorders.keys()];
  }

  /** Returns the recorder of a tee. */
  get(tee: string): TeeRecorder | undefined {
    return this.#recorders.get(tee);
  }

  /** Records some tees, or all of them, at the same instant. */
  async record(
    trigger: Trigger,
    call: RecordOptions = {},
    tees: readonly string[] = this.tees,
  ): Promise<TriggerResult> {
    const result: TriggerResult = { clips: [], failures: [] };
    const names = await Promise.allSettled(
      tees.map((tee) => this.#recorders.get(tee)!.record(call, trigger)),
    );
    for (const [i, name] of names.entries()) {
      const tee = tees[i]!;
      if (name.status === "fulfilled") result.clips.push({ tee, name: name.value });
      else result.failures.push({ tee, error: name.reason });
    }
    return result;
  }

  /** Resolves with the status of the run, which may be a little old. */
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

  /** Resolves once the clips started so far are finished, and their events emitted. */
  async clipsFinished(): Promise<void> {
    await Promise.all([...this.#recorders.values()].map((recorder) => recorder.clipsFinished()));
  }
}
