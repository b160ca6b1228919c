/**
 * The recorders of a run.
 *
 * @module
 */
import { GstClosedError, type RecordOptions } from "../../mod.ts";
import { Cached } from "./cached.ts";
import type { ClipFolder } from "./clip_folder.ts";
import type { Events, Trigger } from "./events.ts";
import type { Status, TeeStatus } from "./status.ts";
import type { TeeRecorder } from "./tee_recorder.ts";

/** The result of a trigger. */
export interface TriggerResult {
  /** The clips that were started or extended. */
  clips: { tee: string; name: string }[];
  /** The tees that could not be recorded. */
  failures: { tee: string; error: Error }[];
}

/** Milliseconds for which a status is shown again. */
const STATUS_MS = 200;

/** What recorders have in common with their run. */
export interface RecordersOptions {
  folder: ClipFolder;
  events: Events;
  /** Returns the state of what is recorded. */
  state: () => Pick<Status, "state" | "isLive" | "runningTimeSec" | "cameras">;
  /** Returns what cannot be recorded at present, and why. */
  absent?: () => TriggerResult["failures"];
}

/** The recorders of a run, one for each tee or group of tees. */
export class Recorders {
  readonly #options: RecordersOptions;
  readonly #recorders = new Map<string, TeeRecorder>();
  /** Those that were removed, and finish their clips. */
  readonly #removed = new Set<TeeRecorder>();
  readonly #status = new Cached(() => this.#readStatus(), STATUS_MS);

  /** Has no recorder yet. */
  constructor(options: RecordersOptions) {
    this.#options = options;
    options.events.listen(() => this.#status.invalidate());
  }

  /** Adds a recorder. */
  add(recorder: TeeRecorder): void {
    this.#recorders.set(recorder.tee, recorder);
  }

  /** Removes a recorder, whose pipeline has ended. */
  remove(recorder: TeeRecorder): void {
    if (this.#recorders.get(recorder.tee) === recorder) this.#recorders.delete(recorder.tee);
    this.#removed.add(recorder);
    void recorder.clipsFinished().then(() => this.#removed.delete(recorder));
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
    { tees: wanted, ...call }: RecordOptions & { tees?: readonly string[] | undefined } = {},
  ): Promise<TriggerResult> {
    const result: TriggerResult = { clips: [], failures: [] };
    if (wanted === undefined) result.failures.push(...this.#options.absent?.() ?? []);
    const tees = wanted ?? this.tees;
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
    const { folder, state } = this.#options;
    const { count, bytes, freeBytes } = await folder.info();
    return {
      ...state(),
      tees: [...this.#recorders.values()].flatMap(statusOf),
      clips: { count, bytes },
      disk: { freeBytes },
    };
  }

  /** Resolves once the clips started so far are finished, and their events emitted. */
  async clipsFinished(): Promise<void> {
    const all = [...this.#recorders.values(), ...this.#removed];
    await Promise.all(all.map((recorder) => recorder.clipsFinished()));
  }
}

/** Returns the status of a recorder; none if its pipeline is being closed. */
function statusOf(recorder: TeeRecorder): TeeStatus[] {
  try {
    return [recorder.status()];
  } catch (error) {
    if (error instanceof GstClosedError) return [];
    throw error;
  }
}
