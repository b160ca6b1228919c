/**
 * The tracks of a recorder.
 *
 * @module
 */
import type { GstError } from "../../ffi/errors.ts";
import type { Frame } from "../gst/frame.ts";
import { JITTER_NS } from "../ringbuffer/timeline.ts";
import { max, min, secToNs } from "../util/clock_time.ts";
import type { CompleteOptions } from "./options.ts";
import type { RecorderStats } from "./stats.ts";
import { RecorderTrack } from "./track.ts";
import type { Warnings } from "./warnings.ts";

/** What happens to the tracks as a whole. */
export interface TrackGroupListener {
  /** Receives an error of an element in a ring's bin. */
  onError: (error: GstError) => void;
  /** Closes the recorder: the pipeline is about to stop. */
  close: () => Promise<void>;
}

/** Receives what comes out of the rings. */
export interface DrainListener {
  /** Receives a frame of the n-th track, which stays the track's. */
  onFrame: (index: number, frame: Frame) => void;
  /** The next frame of the n-th track is the first one after a flush or a restart. */
  onRestart: (index: number) => void;
}

/** The streams that a recorder writes into one file; the first one decides where clips begin. */
export class TrackGroup {
  readonly #options: CompleteOptions;
  readonly #windowNs: bigint;
  readonly #tracks: RecorderTrack[] = [];

  /**
   * Attaches a ring buffer to each tee.
   *
   * @throws As {@link RingBuffer}; none stays attached then.
   */
  constructor(options: CompleteOptions, listener: TrackGroupListener) {
    this.#options = options;
    this.#windowNs = secToNs(options.windowSizeSec);
    try {
      for (const { tee, ringBufferClass } of options.tracks) {
        const { pipeline, windowSizeSec: windowSec, timeoutSec, maxRingBytes } = options;
        const track = new RecorderTrack(
          ringBufferClass,
          { pipeline, teeName: tee, windowSec, timeoutSec, maxBytes: maxRingBytes },
          listener,
          options.copyFrames,
        );
        this.#tracks.push(track);
        pipeline.attach(track.attachment);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The tracks in their order. */
  get all(): readonly RecorderTrack[] {
    return this.#tracks;
  }

  /** The first track with pictures, or the first one. */
  get video(): RecorderTrack {
    return this.#tracks.find((track) => !track.isSound) ?? this.#tracks[0]!;
  }

  /** The latest start of a frame. */
  get newestNs(): bigint {
    return this.#tracks.map(({ newestNs }) => newestNs).reduce(max);
  }

  /** Whether the source of a track needs the buffers in its ring back. */
  get isHurried(): boolean {
    return this.#tracks.some(({ mustCopy }) => mustCopy);
  }

  /** The failure of a ring that accepts no more frames; `null` while all do. */
  get failure(): GstError | null {
    return this.#tracks.map(({ ring }) => ring.failure).find((failure) => failure !== null) ?? null;
  }

  /** Says what is new of the warnings, and asks for keyframes where they are missing. */
  warn(warnings: Warnings): void {
    for (const track of this.#tracks) {
      const found = track.warnings(this.#options.windowSizeSec);
      if (found["no-keyframe"] !== null) track.requestKeyframe();
      warnings.say(track.tee, found);
    }
  }

  /**
   * Moves the frames in the rings to the listener and into the histories.
   *
   * @returns The pipeline's running time before the first of them; `null` while it is stopped.
   */
  drain({ onFrame, onRestart }: DrainListener): bigint | null {
    const { runningTimeNs } = this.#options.pipeline;
    for (const [index, track] of this.#tracks.entries()) {
      track.drain(runningTimeNs, {
        onFrame: (frame) => onFrame(index, frame),
        onRestart: () => onRestart(index),
      });
    }
    this.#trim(runningTimeNs ?? 0n);
    return runningTimeNs;
  }

  /** Keeps what a clip from now on needs: of the other tracks, as far back as the first one has to begin. */
  #trim(nowNs: bigint): void {
    const [first, ...others] = this.#tracks as [RecorderTrack, ...RecorderTrack[]];
    // live frames can be a little ahead of the instant of a call
    const newestNs = max(this.newestNs - JITTER_NS, min(this.newestNs, nowNs));
    const sinceNs = newestNs - this.#windowNs;
    first.trim(sinceNs, 0n);
    if (others.length === 0) return;
    const isBehind = first.newestNs < sinceNs;
    const startNs = (isBehind ? null : first.startNs(sinceNs)) ?? sinceNs;
    const leadNs = 2n * (first.ring.longestGopNs ?? 0n);
    for (const track of others) track.trim(min(startNs, sinceNs), leadNs);
  }

  /**
   * Fits the rings to their streams while no clip is under way.
   *
   * @returns Whether enough is known of the streams; else the rings must be drained.
   */
  fit(): boolean {
    let areFitted = true;
    for (const { ring } of this.#tracks) {
      ring.isDrained = false;
      areFitted = ring.resize() && areFitted;
    }
    // the buffers of the frames show whether the ring may keep them
    return areFitted && this.#tracks.every(({ mustCopy }) => mustCopy === false);
  }

  /** Drops frames that are of no use any more, as the rings have filled up again. */
  forget(nowNs: bigint): void {
    for (const track of this.#tracks) if (track.history.frames.length > 0) track.forget(nowNs);
  }

  /** The statistics of the first track; of several, those of all in `tracks`. */
  stats(openClips: number): RecorderStats {
    const { windowSizeSec } = this.#options;
    const all = this.#tracks.map((track) => ({
      tee: track.tee,
      ...track.stats(openClips, windowSizeSec),
    }));
    const { tee: _, ...first } = all[0]!;
    return all.length > 1 ? { ...first, tracks: all } : first;
  }

  /** Takes the rings off their tees; the histories stay. May be called twice. */
  detach(): void {
    for (const track of this.#tracks) track.detach();
  }

  /** Takes the rings off their tees and drops all frames. May be called twice. */
  close(): void {
    this.detach();
    for (const track of this.#tracks) {
      this.#options.pipeline.detach(track.attachment);
      track.close();
    }
  }
}
