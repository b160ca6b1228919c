/**
 * A camera of a run: its pipeline is built anew when it fails, and its tees get new recorders each time.
 *
 * @module
 */
import {
  CameraOfflineError,
  chooseTees,
  type GstError,
  type Message,
  type Pipeline,
  Supervisor,
  type SupervisorOptions,
  type TeeGroup,
} from "../../mod.ts";
import { armTee } from "./arm_tees.ts";
import { type CameraInfo, type CameraStatus, cameraStatus } from "./camera_status.ts";
import type { Recorders } from "./recorders.ts";
import type { RecorderContext, TeeRecorder } from "./tee_recorder.ts";

/** What a camera takes from its run. */
export interface SupervisedCameraOptions extends Omit<RecorderContext, "pipeline" | "onFailure"> {
  /** The camera's name. */
  name: string;
  /** Its pipeline. */
  source: Pick<SupervisorOptions, "pipeline" | "untilBack">;
  /** Where its recorders are added and removed. */
  recorders: Recorders;
  /** Receives the messages of its pipelines. */
  onMessage: (message: Message) => void;
}

/** A camera that is recorded whenever it is there. */
export class SupervisedCamera implements AsyncDisposable {
  /** The camera's name. */
  readonly name: string;
  readonly #options: SupervisedCameraOptions;
  readonly #supervisor: Supervisor;
  #pipeline: Pipeline | null = null;
  /** All tees of the pipeline, and those from which no frame has come yet. */
  #tees: TeeGroup[] = [];
  #waiting: TeeGroup[] = [];
  readonly #recorders = new Set<TeeRecorder>();
  /** The state that was announced last, with its reason. */
  #announced = "";
  #offlineMs = 0;
  #offlineSinceMs: number | null = null;
  #lives = 0;

  /** Starts. */
  constructor(options: SupervisedCameraOptions) {
    this.name = options.name;
    this.#options = options;
    this.#supervisor = new Supervisor({
      ...options.source,
      onPipeline: (pipeline) => this.#begin(pipeline),
      onMessage: options.onMessage,
      frames: () => this.#look(),
      isUsable: () => [...this.#recorders].some(({ isReady }) => isReady),
      onStatus: () => this.#follow(),
    });
  }

  /** What it does at present, and why. */
  get status(): CameraStatus {
    return cameraStatus(this.name, this.#supervisor.status);
  }

  /** The names of its recorders. */
  get tees(): string[] {
    return [...this.#recorders].map(({ tee }) => tee);
  }

  /** What it does, with its figures. */
  get info(): CameraInfo {
    const sinceMs = this.#offlineSinceMs;
    const offlineMs = sinceMs === null ? 0 : performance.now() - sinceMs;
    return {
      ...this.status,
      tees: this.tees,
      lastFrameAge: this.#supervisor.lastFrameAgeSec,
      offlineSec: (this.#offlineMs + offlineMs) / 1000,
      reconnects: Math.max(0, this.#lives - 1),
    };
  }

  /** Why nothing of it can be recorded; null if something can. */
  get absence(): CameraOfflineError | null {
    if (this.#recorders.size > 0) return null;
    return new CameraOfflineError(this.name, this.#supervisor.status);
  }

  /** Ends the wait for the next try. */
  retry(): void {
    this.#supervisor.retry();
  }

  /** Stops it until it is switched on again, or starts it again. */
  switch(isOn: boolean): void {
    if (isOn) this.#supervisor.switchOn();
    else this.#supervisor.switchOff();
  }

  /** Stops it; open clips are finished. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#supervisor.close();
  }

  #begin(pipeline: Pipeline): void {
    this.#pipeline = pipeline;
    const { tees } = this.#options.options;
    const names = pipeline.elementNames();
    // as cameraSource() names them
    const isPaired = tees.length === 0 && ["video", "sound"].every((name) => names.includes(name));
    this.#tees = this.#waiting = chooseTees(pipeline, isPaired ? ["video+sound"] : tees);
  }

  /** Arms the tees whose stream has begun; returns the number of frames that have come. */
  #look(): number {
    this.#waiting = this.#waiting.filter((tee) => !this.#arm(tee));
    return [...this.#recorders].reduce((sum, one) => sum + one.received, 0);
  }

  #arm(tee: TeeGroup): boolean {
    const { events, recorders, ...context } = this.#options;
    const name = this.#tees.length === 1 ? this.name : `${this.name}.${tee.name}`;
    const onFailure = ({ message }: GstError) =>
      events.emit({ type: "warning", tee: name, message: `${name} is not recorded: ${message}` });
    try {
      const recorder = armTee(name, tee, {
        ...context,
        events,
        pipeline: this.#pipeline!,
        onFailure,
      });
      if (recorder === null) return false;
      this.#recorders.add(recorder);
      recorders.add(recorder);
    } catch (error) {
      // the other tees go on
      events.emit({ type: "failed", tee: name, name: null, error: (error as Error).message });
    }
    return true;
  }

  #follow(): void {
    const { status } = this;
    const { state, reason } = status;
    if (state === "offline" || state === "off") {
      for (const recorder of this.#recorders) this.#options.recorders.remove(recorder);
      this.#recorders.clear();
      this.#waiting = [];
    }
    this.#count(state);
    // a try is worth a word only if it changes something
    const isRetry = state === "connecting" && this.#announced.startsWith("offline");
    const text = `${state} ${reason}`;
    if (isRetry || text === this.#announced) return;
    this.#announced = text;
    this.#options.events.emit({ type: "camera", ...status });
  }

  /** Counts how often it has been live, and for how long it was offline: until it is live, or switched off. */
  #count(state: CameraStatus["state"]): void {
    if (state === "offline") this.#offlineSinceMs ??= performance.now();
    if (state !== "live" && state !== "off") return;
    if (this.#offlineSinceMs !== null) this.#offlineMs += performance.now() - this.#offlineSinceMs;
    if (state === "live" && (this.#offlineSinceMs !== null || this.#lives === 0)) this.#lives++;
    this.#offlineSinceMs = null;
  }
}
