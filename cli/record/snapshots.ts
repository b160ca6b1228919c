/**
 * Pictures of what a recorder sees.
 *
 * @module
 */
import { join } from "node:path";
import type { VideoRecorder } from "../../mod.ts";
import { Cached } from "./cached.ts";

/** Milliseconds for which a picture is shown again. */
const KEEP_MS = 200;

/** Takes pictures of a recorder's newest frame. */
export class Snapshots {
  readonly #recorder: VideoRecorder;
  readonly #folder: string;
  readonly #newest = new Cached(() => this.#take(), KEEP_MS);

  /** @param folder A folder for temporary files. */
  constructor(recorder: VideoRecorder, folder: string) {
    this.#recorder = recorder;
    this.#folder = folder;
  }

  /** Resolves with the newest frame as a JPEG. */
  newest(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#newest.get();
  }

  async #take(): Promise<Uint8Array<ArrayBuffer>> {
    const path = join(this.#folder, `${crypto.randomUUID()}.jpg`);
    try {
      await this.#recorder.snapshot(path);
      return await Deno.readFile(path);
    } finally {
      await Deno.remove(path).catch(() => {});
    }
  }
}
