/**
 * The parameter sets of a stream, for access units that come without them.
 *
 * @module
 */
import type { Frame } from "../gst/frame.ts";
import type { AccessUnitInfo } from "../media/access_unit.ts";
import type { CodecData } from "../media/codec_data.ts";

const START_CODE = [0, 0, 0, 1];
/** Parameter sets that are kept: an encoder uses a few. */
const MAX_SETS = 32;

/** Keeps the parameter sets of H.264 and H.265; other codecs need none. */
export class ParameterSets {
  readonly #mediaType: string;
  readonly #data: CodecData | null;
  readonly #isNeeded: boolean;
  #sets: Uint8Array[] = [];
  #isComplete = false;

  /** Creates the sets of a stream, those of the caps' codec_data included. */
  constructor(mediaType: string, data: CodecData | null) {
    this.#mediaType = mediaType;
    this.#data = data;
    this.#isNeeded = mediaType === "video/x-h264" || mediaType === "video/x-h265";
  }

  /** Returns the sets of the stream after a change of its caps: those seen so far count if they are in the same form. */
  follow(mediaType: string, data: CodecData | null): ParameterSets {
    const isSame = mediaType === this.#mediaType &&
      data?.lengthBytes === this.#data?.lengthBytes;
    const next = new ParameterSets(mediaType, data);
    if (isSame && data === null) {
      next.#sets = this.#sets;
      next.#isComplete = this.#isComplete;
    }
    return next;
  }

  /** Whether decoding has what it needs. */
  get areKnown(): boolean {
    return !this.#isNeeded || this.#isComplete || this.#isInCaps;
  }

  get #isInCaps(): boolean {
    return (this.#data?.parameterSets.length ?? 0) > 1;
  }

  /** The sets as they stand in front of a picture; `null` if a muxer finds them in the caps, or there are none. */
  get bytes(): Uint8Array<ArrayBuffer> | null {
    if (this.#isInCaps || !this.#isComplete) return null;
    const parts = this.#sets.flatMap((set) => [this.#prefix(set.length), set]);
    return new Uint8Array(parts.flatMap((part) => [...part]));
  }

  #prefix(length: number): Uint8Array {
    const lengthBytes = this.#data?.lengthBytes;
    if (lengthBytes === undefined) return new Uint8Array(START_CODE);
    return Uint8Array.from(
      { length: lengthBytes },
      (_, i) => (length >> (8 * (lengthBytes - 1 - i))) & 255,
    );
  }

  /** Takes the sets out of an access unit. */
  learn(unit: Frame, { parameterSets, hasParameterSets }: AccessUnitInfo): void {
    const last = parameterSets.at(-1);
    if (last === undefined) return;
    const bytes = unit.readBytes(last.end);
    const found = parameterSets.map(({ start, end }) => bytes.slice(start, end));
    if (hasParameterSets) this.#sets = found;
    else this.#add(found);
    this.#isComplete ||= hasParameterSets;
  }

  #add(found: readonly Uint8Array[]): void {
    const isKnown = (set: Uint8Array) => this.#sets.some((other) => isEqual(set, other));
    this.#sets = [...this.#sets, ...found.filter((set) => !isKnown(set))].slice(-MAX_SETS);
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
