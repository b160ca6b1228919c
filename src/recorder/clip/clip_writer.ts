/**
 * Writing a clip: from its tracks to its record bin.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";
import type { Frame } from "../../gst/frame.ts";
import type { ClipTrack } from "./clip_track.ts";
import { findContainer } from "../../media/containers.ts";
import { turnTracks } from "./track_header.ts";
import { SmartCut } from "../encode/smart_cut.ts";
import type { RecordBin } from "../encode/record_bin.ts";
import { isRaw, type RecordTrack } from "../encode/record_bin_text.ts";

/** Options of {@link ClipWriter}. */
export interface ClipWriterOptions {
  /** The clip's path. */
  path: string;
  /** The file to write to. */
  location: string;
  /** The tracks, each of which has begun. */
  tracks: ClipTrack[];
  /** Makes the pipeline that writes them. */
  recordBinClass: typeof RecordBin;
  /** Whether the file's times begin at 0. */
  startAtZero: boolean;
}

const NS_PER_MS = 1_000_000n;
/** One poll of the encoder while everything else has to wait. */
const STEP_NS = 5n * NS_PER_MS;
/** Seconds for the encoder to take or to write one more frame, or to finish after the last one. */
const FINISH_SEC = 20;

/** Writes a clip, from {@link start} to {@link close}. */
export class ClipWriter {
  readonly #options: ClipWriterOptions;
  /** The smart cuts of the tracks that must not begin with a keyframe before the window. */
  readonly #smartCuts = new Map<ClipTrack, SmartCut>();
  #bin: RecordBin | undefined;
  #isInputEnded = false;
  #lastBacklog = 0;
  #lastSize: number | undefined;
  #lastProgressMs = 0;

  /** Prepares to write; nothing is created yet. */
  constructor(options: ClipWriterOptions) {
    this.#options = options;
  }

  /**
   * Starts the record bin; the file is open then.
   *
   * @throws {RangeError} If no container is known for the clip's extension.
   * @throws {GstError} If elements are missing, or do not start.
   */
  async start(): Promise<void> {
    const { path, location, startAtZero, recordBinClass, tracks } = this.#options;
    const specs = await Promise.all(tracks.map((track) => this.#recordTrack(track)));
    this.#bin = new recordBinClass({ path, location, tracks: specs, startAtZero });
    await this.#bin.start();
  }

  async #recordTrack(track: ClipTrack): Promise<RecordTrack> {
    const { mediaType, unstatedFrameNs, exactNs, orientation } = track;
    const video = track.video ?? undefined;
    const layout = track.layout ?? undefined;
    let splicedCaps: string | undefined;
    if (exactNs !== null) {
      const start = new SmartCut(exactNs, mediaType!);
      this.#smartCuts.set(track, start);
      splicedCaps = await start.begin(() => this.#advance(track, start));
    }
    return { mediaType: mediaType!, unstatedFrameNs, splicedCaps, video, layout, orientation };
  }

  /** Returns the number of frames of a track that its encoder has not taken yet. */
  backlog(track: ClipTrack): number {
    return this.#bin?.backlog(this.#options.tracks.indexOf(track)) ?? 0;
  }

  /** Whether the record bin has received the end of each track. */
  get isInputEnded(): boolean {
    return this.#isInputEnded;
  }

  /** Writes the frames that have come, and the end of each track. */
  write(): void {
    const bin = this.#bin;
    if (bin === undefined || this.#isInputEnded) return;
    const { tracks } = this.#options;
    for (const [index, track] of tracks.entries()) {
      for (const frame of this.#dequeue(track)) {
        bin.write(frame, index);
        frame.release();
      }
      if (this.#isOver(track)) bin.endStream(index);
    }
    this.#isInputEnded = tracks.every((track) => this.#isOver(track));
    this.#lastProgressMs = performance.now();
  }

  #isOver(track: ClipTrack): boolean {
    return track.isOver && !this.#smartCuts.get(track)?.isBusy;
  }

  /** Removes and returns the next frames to write of a track; the caller releases them. */
  #dequeue(track: ClipTrack): Frame[] {
    const start = this.#smartCuts.get(track);
    if (start === undefined) return track.dequeue();
    this.#advance(track, start);
    return start.dequeue();
  }

  #advance(track: ClipTrack, start: SmartCut): void {
    for (const frame of track.dequeue()) start.write(frame);
    if (track.isOver) start.endStream();
  }

  /**
   * Returns whether all is written.
   *
   * @throws {GstError} If an element failed.
   */
  isEnded(): boolean {
    return this.#bin?.isEnded() ?? false;
  }

  /**
   * Checks that the encoder makes progress: one that stands still must not keep the clip open.
   *
   * @param sizeOf Returns the size of the file.
   * @throws {GstError} If there was no progress for too long.
   */
  checkProgress(sizeOf: () => number): void {
    if (!this.#isInputEnded) return;
    this.#lastSize ??= sizeOf();
    const backlog = this.#bin?.backlog() ?? 0;
    if (backlog !== this.#lastBacklog) this.#lastProgressMs = performance.now();
    this.#lastBacklog = backlog;
    if (performance.now() - this.#lastProgressMs <= FINISH_SEC * 1000) return;
    // an encoder that looks ahead may have taken all frames, and still be writing them
    const size = sizeOf();
    if (size === this.#lastSize) {
      throw new GstError(`The encoder made no progress for ${FINISH_SEC} s`);
    }
    this.#lastSize = size;
    this.#lastProgressMs = performance.now();
  }

  /**
   * Writes all that there is, blocking, until `Date.now()` is `untilMs`.
   *
   * @returns Whether all is written and the file is closed.
   * @throws {GstError} If an element failed.
   */
  finishNow(untilMs: number): boolean {
    const bin = this.#bin;
    if (bin === undefined) return false;
    for (this.write(); !this.#isInputEnded && Date.now() < untilMs; this.write()) {
      bin.isEnded(STEP_NS);
    }
    const waitMs = Math.max(0, Math.ceil(untilMs - Date.now()));
    if (!bin.isEnded(BigInt(waitMs) * NS_PER_MS)) return false;
    bin.closeNow();
    return true;
  }

  /** Writes into the header of an .mp4 or .mov how players must turn encoded pictures; the file must be closed. */
  turnTracks(): void {
    const { path, location, tracks, recordBinClass } = this.#options;
    if (recordBinClass.binString !== "" || findContainer(path)?.name !== "mp4") return;
    turnTracks(
      location,
      tracks.map(({ mediaType, orientation }) => isRaw(mediaType!) ? null : orientation),
    );
  }

  /** Closes the file and frees the record bin. May be called twice. */
  async close(): Promise<void> {
    const starts = [...this.#smartCuts.values()];
    await Promise.all([this.#bin?.close(), ...starts.map((start) => start.close())]);
  }
}
