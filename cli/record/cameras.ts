/**
 * The cameras of a run.
 *
 * @module
 */
import { cameraSource, type SupervisorOptions } from "../../mod.ts";
import type { CameraWord } from "../args/pipeline_arguments.ts";
import { UsageError } from "../args/usage_error.ts";
import { pipelineText } from "../pipeline_file/pipeline_text.ts";
import { RECORD_OPTIONS } from "../args/options.ts";
import { Recorders } from "./recorders.ts";
import { SupervisedCamera, type SupervisedCameraOptions } from "./supervised_camera.ts";

/** The pipelines of cameras, by their names. */
export type CameraSources = ReadonlyMap<
  string,
  Pick<SupervisorOptions, "pipeline" | "untilBack">
>;

/**
 * Reads the files and addresses of cameras.
 *
 * @param hasSound Whether to take the sound of those with an address.
 * @throws {UsageError} If a file cannot be read, or an address is none.
 * @throws {TemplateError} If a file is malformed, or needs values.
 */
export async function readCameraSources(
  words: readonly CameraWord[],
  hasSound: boolean,
): Promise<CameraSources> {
  const sources = new Map<string, Pick<SupervisorOptions, "pipeline" | "untilBack">>();
  for (const word of words) {
    if ("file" in word) {
      const text = await pipelineText({ source: word, flags: [] }, RECORD_OPTIONS);
      sources.set(word.name, { pipeline: text });
    } else {
      sources.set(word.name, sourceOf(word.name, word.address, hasSound));
    }
  }
  return sources;
}

function sourceOf(name: string, address: string, sound: boolean) {
  try {
    return cameraSource(address, { sound });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${name}: ${error.message}`);
  }
}

/** Cameras, each recorded whenever it is there. */
export class Cameras {
  /** Their recorders. */
  readonly recorders: Recorders;
  readonly #cameras: Map<string, SupervisedCamera>;

  /** Starts them. */
  constructor(
    sources: CameraSources,
    options: Omit<SupervisedCameraOptions, "name" | "source" | "recorders" | "counters">,
  ) {
    const startedMs = performance.now();
    const recorders = new Recorders({
      ...options,
      state: () => ({
        state: this.all.some(({ tees }) => tees.length > 0) ? "playing" : "paused",
        isLive: true,
        runningTimeSec: (performance.now() - startedMs) / 1000,
        cameras: this.all.map(({ info }) => info),
      }),
      absent: () =>
        this.all.flatMap(({ name, absence }) =>
          absence === null ? [] : [{ tee: name, error: absence }]
        ),
    });
    this.recorders = recorders;
    const counters = new Map();
    this.#cameras = new Map(
      [...sources].map(([name, source]) => [
        name,
        new SupervisedCamera({ ...options, name, source, recorders, counters }),
      ]),
    );
  }

  /** The cameras in their order. */
  get all(): SupervisedCamera[] {
    return [...this.#cameras.values()];
  }

  /** Returns the camera of a name. */
  get(name: string): SupervisedCamera | undefined {
    return this.#cameras.get(name);
  }

  /** Stops them; open clips are finished. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((camera) => camera[Symbol.asyncDispose]()));
  }
}
