/**
 * Encoded video that starts at any frame.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";
import { chain, IN_BAND, PARSERS } from "../../media/codecs.ts";
import { encodersFor } from "../../media/encoders.ts";
import { GstTimeoutError } from "../../util/errors.ts";
import type { Frame } from "../../gst/frame.ts";
import { missingHint } from "../../launch/parse_launch.ts";
import { poll } from "../../util/poll.ts";
import { hasElement } from "../../gst/element_factory.ts";
import { DECODER } from "./decoder.ts";
import { Transcoder } from "./transcoder.ts";

/** Raw frames that may wait for the encoder. */
const MAX_BACKLOG = 4;
/** Seconds for decoder or encoder to give one more frame. */
const STALL_SEC = 20;

/**
 * Replaces the first frames of a stream, which goes back to a keyframe before its start, by newly encoded ones that
 * begin with the start. From the next keyframe on the stream is as it was.
 */
export class SmartCut {
  readonly #startNs: bigint;
  readonly #decoder: Transcoder;
  readonly #encoder: Transcoder;
  /** The keyframe from which on nothing needs to be encoded. */
  #next: Frame | undefined;
  /** Frames from {@link #next} on. */
  readonly #rest: Frame[] = [];
  /** How long before it is shown a keyframe is decoded; null before the first frame. */
  #aheadNs: bigint | null = null;
  /** Frames encoded before there was a file for them. */
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
   * @param mediaType What the stream is.
   * @throws {GstError} if there is no encoder for it.
   */
  constructor(startNs: bigint, mediaType: string) {
    this.#startNs = startNs;
    this.#decoder = new Transcoder(DECODER);
    this.#encoder = new Transcoder(`videoconvert ! ${smartCutEncoder(mediaType)}`);
    void this.#decoder.start();
    void this.#encoder.start();
  }

  /** Whether frames are still being encoded: until then, the end of the stream must wait. */
  get isBusy(): boolean {
    return !this.#isDone;
  }

  /** Takes the next frame of the stream, which becomes this object's. */
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
    if (frame.isKeyframe && frame.timeNs! > this.#startNs) {
      this.#next = frame;
      this.#rest.push(frame);
    } else {
      this.#decode(frame);
    }
  }

  /** A frame that is shown before the keyframe that it follows may refer to what is encoded anew. */
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
    this.#decoder.endStream();
  }

  /** No more frames come. */
  endStream(): void {
    this.#endDecoding();
  }

  /**
   * The frames that can be written by now, in order; they become the caller's.
   *
   * @throws {GstError} if decoder or encoder fails.
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
   * @param feed Called again and again, to push what has come meanwhile.
   * @returns Its caps; undefined where frames are missing up to a keyframe, with which the stream begins then.
   * @throws {GstError} if decoder or encoder fails.
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

  /** Moves frames from the decoder to the encoder, and takes what comes out of that. */
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
      // a stream of frames in another order than shown decodes its keyframes ahead of time
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

  /** Frees everything. May be called twice. */
  async close(): Promise<void> {
    for (const frame of [...this.#begun.splice(0), ...this.#rest.splice(0)]) frame.release();
    this.#isDone = true;
    await this.#free();
  }

  async #free(): Promise<void> {
    await Promise.all([this.#decoder.close(), this.#encoder.close()]);
  }
}

/** The elements that a stream's start needs: any of these lists is enough. None where it is not known how to encode it. */
export function smartCutElements(mediaType: string): string[][] {
  return encodersFor("smartCut").filter(({ makes }) => makes === mediaType)
    .map(({ elements }) => ["decodebin", ...elements, ...PARSERS[mediaType]!.elements]);
}

/**
 * The text of the encoder that a stream's start needs.
 *
 * @throws {GstError} if none is installed.
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
