/**
 * Access units out of the buffers of a stream, however they were cut on their way.
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { codecDataOf, isByteStream, mediaTypeOf } from "../gst/caps.ts";
import type { Frame } from "../gst/frame.ts";
import type { AccessUnitInfo } from "../media/access_unit.ts";
import { type EncodedVideo, isInspected, readAccessUnit } from "../media/read_access_unit.ts";
import { ParameterSets } from "./parameter_sets.ts";
import { RecoveryPoints } from "./recovery_points.ts";

/** Bytes of the lengths in front of NAL units where the caps lack the codec_data. */
const USUAL_LENGTH_BYTES = 4;
/** Buffers that may come in front of a picture. */
const MAX_PREFIXES = 32;
/** Bytes of the start code in front of a NAL unit. */
const START_CODE_BYTES = 3;
/** First bytes of a buffer that usually show what it is. */
const HEAD_BYTES = 256;

/**
 * Turns the buffers of a stream into frames of one access unit each, and marks those at which decoding can begin. A camera's
 * access unit may come in several buffers, of which only the first has a time, with its parameter sets apart, or without any.
 */
export class AccessUnits {
  readonly #recoveryPoints = new RecoveryPoints();
  /** The caps of the last buffer; owned: unref'd by {@link close}. */
  #caps: Deno.PointerValue = null;
  /** The stream of these caps; `null` if it is not inspected. */
  #stream: EncodedVideo | null = null;
  #sets: ParameterSets | null = null;
  /** Owned buffers that belong to the next access unit. */
  readonly #prefixes: Frame[] = [];
  /** The last access unit, which the next buffer may go on with; retained. */
  #last: Frame | undefined;
  /** The last access unit before it is returned; owned. */
  #held: Frame | undefined;
  /** Whether access units of this stream come in several buffers: the last one is held back then. */
  #isSplit = false;
  #lacksParameterSets = false;

  /** Whether keyframes came that cannot be used, as the parameter sets they need were never seen. */
  get lacksParameterSets(): boolean {
    return this.#lacksParameterSets;
  }

  /**
   * Admits buffers, which become this object's.
   *
   * @param isOver Whether they are the last ones.
   * @returns The access units that are complete; they become the caller's.
   */
  admit(buffers: readonly Frame[], isOver = false): Frame[] {
    const units: Frame[] = this.#held === undefined ? [] : [this.#held];
    this.#held = undefined;
    for (const buffer of buffers) this.#admit(buffer, units);
    if (this.#isSplit && !isOver) this.#held = units.pop();
    return units;
  }

  #admit(buffer: Frame, units: Frame[]): void {
    this.#follow(buffer);
    const stream = this.#stream;
    if (stream === null) return void units.push(buffer);
    const info = inspect(stream, buffer);
    if (info.belongsTo === "next") return this.#addPrefix(buffer);
    if (this.#goesOn(buffer, info)) {
      if (info.hasPicture) {
        this.#isSplit = true;
        this.#dropPrefixes();
      }
      this.#append(buffer, info, stream);
      return buffer.release();
    }
    this.#mark(buffer, this.#withPrefixes(buffer) ? inspect(stream, buffer) : info);
    this.#last?.release();
    this.#last = buffer.retain();
    units.push(buffer);
  }

  /** Keeps what comes in front of the next access unit; of a stream without pictures, the latest. */
  #addPrefix(buffer: Frame): void {
    this.#prefixes.push(buffer);
    if (this.#prefixes.length > MAX_PREFIXES) this.#prefixes.shift()!.release();
  }

  /** Drops what came between the slices of a picture: parsers repeat parameter sets there. */
  #dropPrefixes(): void {
    for (const prefix of this.#prefixes.splice(0)) prefix.release();
  }

  /** Returns whether a buffer goes on with the last access unit: it has the same time, or none, or no part of a picture. */
  #goesOn({ timeNs }: Frame, { hasPicture, beginsPicture, belongsTo }: AccessUnitInfo): boolean {
    const last = this.#last;
    if (last === undefined || beginsPicture) return false;
    if (!hasPicture) return belongsTo === "before";
    return timeNs === null || timeNs === last.timeNs;
  }

  /** Adds further slices to the last access unit, without the delimiter and parameter sets that parsers put in front. */
  #append(buffer: Frame, { sliceAt }: AccessUnitInfo, { lengthBytes }: EncodedVideo): void {
    const from = sliceAt - (lengthBytes ?? START_CODE_BYTES);
    this.#last!.append(buffer, Math.max(0, from));
  }

  /** Puts what came before an access unit in front of it; returns whether there was anything. */
  #withPrefixes(unit: Frame): boolean {
    const prefixes = this.#prefixes.splice(0);
    for (const prefix of prefixes.toReversed()) {
      unit.prepend(prefix);
      prefix.release();
    }
    return prefixes.length > 0;
  }

  /** Marks how decoding can begin with an access unit, which gets the parameter sets that this needs. */
  #mark(unit: Frame, info: AccessUnitInfo): void {
    const sets = this.#sets!;
    sets.learn(unit, info);
    const canBegin = info.randomAccess === null || sets.areKnown;
    if (!canBegin) this.#lacksParameterSets = true;
    else if (info.randomAccess !== null) {
      this.#lacksParameterSets = false;
      if (!info.hasParameterSets && sets.bytes !== null) unit.prependBytes(sets.bytes);
    }
    unit.setUnit(canBegin ? info : { ...info, randomAccess: null });
    this.#recoveryPoints.add(unit);
  }

  /** Follows the caps of the stream. */
  #follow({ capsHandle }: Frame): void {
    if (Deno.UnsafePointer.equals(capsHandle, this.#caps)) return;
    if (this.#caps !== null) gst().gst_mini_object_unref(this.#caps);
    // held, so that no other caps get the same address
    this.#caps = gst().gst_mini_object_ref(capsHandle);
    const mediaType = mediaTypeOf(capsHandle);
    if (!isInspected(mediaType)) return void (this.#stream = null);
    const data = codecDataOf(capsHandle);
    const lengthBytes = data?.lengthBytes ?? (isByteStream(capsHandle) ? null : USUAL_LENGTH_BYTES);
    this.#stream = { mediaType, lengthBytes };
    this.#sets = this.#sets?.follow(mediaType, data) ?? new ParameterSets(mediaType, data);
  }

  /** Begins anew: what comes next does not go on with what was before. */
  restart(): void {
    this.#dropPrefixes();
    this.#last?.release();
    this.#held?.release();
    this.#last = this.#held = undefined;
    this.#recoveryPoints.restart();
  }

  /** Releases what it holds. May be called twice. */
  close(): void {
    this.restart();
    if (this.#caps !== null) gst().gst_mini_object_unref(this.#caps);
    this.#caps = null;
  }
}

/** The first bytes of the buffer that is being read. */
const scratch = new Uint8Array(HEAD_BYTES);

function inspect(stream: EncodedVideo, buffer: Frame): AccessUnitInfo {
  const head = buffer.copyBytes(scratch);
  return readAccessUnit(stream, head, head.length === buffer.bytes) ??
    readAccessUnit(stream, buffer.readBytes(), true)!;
}
