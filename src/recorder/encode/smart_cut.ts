/**
 * The smart cut: encoded video that starts at any frame.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";
import { codecDataOf } from "../../gst/caps.ts";
import { rewriteCraAsBla } from "../../media/h265.ts";
import { chain, IN_BAND, PARSERS } from "../../media/codecs.ts";
import { encodersFor } from "../../media/encoders.ts";
import { GstTimeoutError } from "../../util/errors.ts";
import type { Frame } from "../../gst/frame.ts";
import { missingHint } from "../../gst/missing_element.ts";
import { poll } from "../../util/poll.ts";
import { hasElement } from "../../gst/element_factory.ts";
import { DECODER } from "./decoder.ts";
import { Transcoder } from "./transcoder.ts";

/** Raw frames that may wait for the encoder. */
const MAX_BACKLOG = 4;
/** Seconds in which decoder or encoder must return one more frame. */
const STALL_SEC = 20;

/**
 * Returns whether a stream can be passed through from a frame on, after frames of another encoder: nothing that follows may
 * reference earlier ones. An H.264 recovery point is none: the decoder would take the other encoder's frames for references. An
 * H.265 CRA picture is one if it is marked as BLA (ITU-T H.265, section 8.1.3), which makes it independent of what was before.
 */
export function isSplicePoint(frame: Frame): boolean {
  const { unit } = frame;
  if (unit === null) return frame.isKeyframe;
  return unit.randomAccess === "instant" ||
    unit.randomAccess === "open" && frame.mediaType === "video/x-h265";
}

/**
 * Re-encodes the first frames of a stream, so that it begins exactly at its start instead of the keyframe before. From the
 * next keyframe on that is independent of what was before, the stream is passed through.
 */
export class SmartCut {
  readonly #startNs: bigint;
  readonly #decoder: Transcoder;
  readonly #encoder: Transcoder;
  /** The keyframe from which on frames are passed through. */
  #next: Frame | undefined;
  /** Frames from {@link #next} on. */
  readonly #rest: Frame[] = [];
  /** Nanoseconds by which a keyframe's DTS is before its PTS; `null` before the first frame. */
  #aheadNs: bigint | null = null;
  /** Frames encoded before there is a file for them. */
  readonly #begun: Frame[] = [];
  #isNextDecoded = false;
  #isDecoderFed = false;
  #isEncoderFed = false;
  #isDone = false;
  #lastProgressMs = performance.now();

  /**
   * Starts a decoder and an encoder.
   *
   * @param startNs The running time at which the stream is to begin.
   * @param mediaType The stream's media type.
   * @throws {GstError} If there is no encoder for it.
   */
  constructor(startNs: bigint, mediaType: string) {
    this.#startNs = startNs;
    this.#decoder = new Transcoder(DECODER);
    this.#encoder = new Transcoder(`videoconvert ! ${smartCutEncoder(mediaType)}`);
    void this.#decoder.start();
    void this.#encoder.start();
  }

  /** Whether frames are still being encoded: until then, EOS must wait. */
  get isBusy(): boolean {
    return !this.#isDone;
  }

  /** Writes the next frame of the stream, which becomes this object's. */
  write(frame: Frame): void {
    this.#aheadNs ??= frame.timeNs! - frame.dtsNs!;
    if (this.#isDecoderFed) this.#rest.push(frame);
    else if (this.#next === undefined) this.#pushFirst(frame);
    else if (frame.timeNs! < this.#next.timeNs!) this.#pushLeading(frame);
    else {
      this.#endDecoding();
      this.#rest.push(frame);
    }
  }

  #pushFirst(frame: Frame): void {
    if (isSplicePoint(frame) && frame.timeNs! > this.#startNs) {
      this.#next = frame;
      this.#rest.push(frame);
    } else {
      this.#decode(frame);
    }
  }

  /** A frame that is shown before the keyframe that it follows may reference what is re-encoded. */
  #pushLeading(frame: Frame): void {
    if (!this.#isNextDecoded) this.#decoder.pushSample(this.#next!);
    this.#isNextDecoded = true;
    this.#decode(frame);
  }

  #decode(frame: Frame): void {
    this.#decoder.pushSample(frame);
    frame.release();
  }

  #endDecoding(): void {
    if (this.#isDecoderFed) return;
    this.#isDecoderFed = true;
    if (this.#next?.unit?.randomAccess === "open") markAsBla(this.#next);
    this.#decoder.endStream();
  }

  /** Ends the stream after the frames so far. */
  endStream(): void {
    this.#endDecoding();
  }

  /**
   * Removes and returns the frames that can be written by now, in order; they become the caller's.
   *
   * @throws {GstError} If decoder or encoder fails.
   */
  dequeue(): Frame[] {
    const frames = this.#begun.splice(0);
    if (!this.#isDone) this.#move(frames);
    if (this.#isDone) frames.push(...this.#rest.splice(0));
    return frames;
  }

  /**
   * Waits for the first frame.
   *
   * @param feed Called repeatedly, to write the frames that have come meanwhile.
   * @returns Its caps; `undefined` if frames are missing up to a keyframe, with which the stream begins then.
   * @throws {GstError} If decoder or encoder fails.
   */
  async begin(feed: () => void): Promise<string | undefined> {
    await poll(Infinity, () => {
      feed();
      if (!this.#isDone) this.#move(this.#begun);
      return this.#isDone || this.#begun.length > 0;
    });
    const [first] = this.#begun;
    if (first === undefined && this.#rest.length === 0) {
      throw new GstError("Nothing was encoded for the start of the clip");
    }
    return first?.caps;
  }

  /** Moves frames from the decoder to the encoder, and from there to `frames`. */
  #move(frames: Frame[]): void {
    while (!this.#isEncoderFed && this.#encoder.backlog < MAX_BACKLOG) {
      const frame = this.#decoder.pullSample();
      if (frame !== null) this.#encode(frame);
      else if (!this.#isDecoderFed || !this.#decoder.isEnded) break;
      else {
        this.#isEncoderFed = true;
        this.#encoder.endStream();
      }
    }
    for (
      let frame = this.#encoder.pullSample();
      frame !== null;
      frame = this.#encoder.pullSample()
    ) {
      this.#lastProgressMs = performance.now();
      // with B-frames, the DTS of a keyframe is before its PTS
      frame.advanceDts(this.#aheadNs ?? 0n);
      frames.push(frame);
    }
    if (this.#isEncoderFed && this.#encoder.isEnded) {
      this.#isDone = true;
      void this.#free();
    } else if (performance.now() - this.#lastProgressMs > STALL_SEC * 1000) {
      throw new GstTimeoutError(`No frame was encoded for ${STALL_SEC} s at the start of the clip`);
    }
  }

  #encode(frame: Frame): void {
    this.#lastProgressMs = performance.now();
    const { timeNs } = frame;
    const isInside = timeNs !== null && timeNs >= this.#startNs &&
      (this.#next === undefined || timeNs < this.#next.timeNs!);
    if (isInside) this.#encoder.pushSample(frame);
    frame.release();
  }

  /** Stops decoder and encoder and releases all frames. May be called twice. */
  async close(): Promise<void> {
    for (const frame of [...this.#begun.splice(0), ...this.#rest.splice(0)]) frame.release();
    this.#isDone = true;
    await this.#free();
  }

  async #free(): Promise<void> {
    await Promise.all([this.#decoder.close(), this.#encoder.close()]);
  }
}

/** Marks an H.265 CRA picture as BLA; its leading pictures are not passed through. */
function markAsBla(frame: Frame): void {
  const bytes = frame.readBytes();
  const isChanged = rewriteCraAsBla(bytes, codecDataOf(frame.capsHandle)?.lengthBytes ?? null);
  if (isChanged) frame.replaceBytes(bytes);
}

/** Returns the elements that a smart cut needs: any of these lists is enough. Empty if no encoder is known. */
export function smartCutElements(mediaType: string): string[][] {
  return encodersFor("smartCut").filter(({ makes }) => makes === mediaType)
    .map(({ elements }) => ["decodebin", ...elements, ...PARSERS[mediaType]!.elements]);
}

/**
 * Returns the text of the encoder that a smart cut needs.
 *
 * @throws {GstError} If none is installed.
 */
export function smartCutEncoder(
  mediaType: string,
  isInstalled: (element: string) => boolean = hasElement,
): string {
  const fitting = encodersFor("smartCut").filter(({ makes }) => makes === mediaType);
  const parser = PARSERS[mediaType];
  const encoder = fitting.find(({ elements }) => elements.every(isInstalled));
  if (encoder !== undefined && parser !== undefined) {
    return chain(encoder.text, parser.text, IN_BAND[mediaType]);
  }
  const [first] = fitting;
  throw new GstError(`exactStart needs an encoder of ${mediaType}, and none is installed`, {
    hint: first === undefined
      ? "Without exactStart, clips start with a keyframe"
      : missingHint(first.elements[0]!),
  });
}
