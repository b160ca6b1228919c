/**
 * Writing the record of a clip.
 *
 * @module
 */
import {
  type ClipRecord,
  createClipRecord,
  firstAndLastCalls,
  newClipRecord,
  removeClipRecord,
  replaceClipRecord,
} from "../../storage/clip_record.ts";
import { reportWarning } from "../../util/report_error.ts";
import type { ClipTrack } from "./clip_track.ts";
import type { RecordingReport } from "./report.ts";

/** The record of a clip that is being written. */
export class RecordWriter {
  readonly #path: string;
  #record: ClipRecord;

  private constructor(path: string, record: ClipRecord) {
    this.#path = path;
    this.#record = record;
  }

  /**
   * Creates the record of a clip with these tracks. A record that cannot be created is reported and keeps no clip from being
   * recorded; resolves with `undefined` then.
   */
  static async create(
    path: string,
    eventId: string,
    tracks: readonly ClipTrack[],
  ): Promise<RecordWriter | undefined> {
    const record = newClipRecord(path, {
      eventId,
      tees: tracks.map(({ tee }) => tee),
      mediaTypes: tracks.map(({ mediaType }) => mediaType!),
    });
    try {
      await createClipRecord(path, record);
      return new RecordWriter(path, record);
    } catch (error) {
      warn(path, error as Error);
      return undefined;
    }
  }

  /** Writes the report of the finished clip. Blocks. */
  finish(report: RecordingReport): void {
    const { startedAt, duration, bytes, start, end, frames, dropped, requested } = report;
    const { calls, shortfalls } = report;
    this.#replace({
      state: "finished",
      startedAt: startedAt.toISOString(),
      endedAt: new Date(startedAt.getTime() + duration * 1000).toISOString(),
      bytes,
      report: {
        ...{ start, end, duration, frames, dropped },
        calls: firstAndLastCalls(calls),
        callCount: calls.length,
        requested,
        shortfalls,
      },
    });
  }

  /** Writes why the clip failed; what was written of it is a `.part` file. Blocks. */
  fail(error: Error): void {
    this.#replace({ state: "failed", error: error.message });
  }

  /** Where the record cannot be written, the clip stays as it is: its record says that it is being recorded, then. */
  #replace(changes: Partial<ClipRecord>): void {
    this.#record = { ...this.#record, ...changes };
    try {
      replaceClipRecord(this.#path, this.#record);
    } catch (error) {
      warn(this.#path, error as Error);
    }
  }

  /** Removes the record of a clip that has no frame. */
  async remove(): Promise<void> {
    await removeClipRecord(this.#path);
  }
}

function warn(path: string, error: Error): void {
  reportWarning(`Cannot write the record of ${path}: ${error.message}`);
}
