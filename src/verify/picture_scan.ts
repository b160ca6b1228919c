/**
 * What the bytes of a track's pictures say: where decoding can begin, and which pictures are incomplete.
 *
 * @module
 */
import type { AccessUnitInfo } from "../media/access_unit.ts";
import { isInspected, readAccessUnit } from "../media/read_access_unit.ts";
import { readSlicePlaces, SliceGrid } from "./slice_grid.ts";

/** A picture at which decoding can begin. */
export interface AccessPoint {
  /** Its PTS. */
  timeSec: number;
  /** How decoding can begin there. */
  kind: Exclude<AccessUnitInfo["randomAccess"], null>;
}

/** The facts about a track's pictures that are in their bytes. */
export interface PictureFacts {
  /** How decoding can begin at the first picture; `null` if it cannot. */
  start: AccessUnitInfo["randomAccess"];
  /** How much later pictures are right if the start is `"gradual"`, as the stream says. */
  recoveryPictures: number;
  /** The pictures at which decoding can begin, in the order in which they are stored. */
  accessPoints: AccessPoint[];
  /** The PTS of pictures that cannot be decoded if decoding begins at the first one (H.265: RASL). */
  skippedSec: number[];
  /** The PTS of pictures of which slices are missing. */
  incompleteSec: number[];
}

/** Reads the pictures of a track, one after the other. */
export class PictureScan {
  readonly #grid = new SliceGrid();
  readonly #accessPoints: AccessPoint[] = [];
  readonly #skippedSec: number[] = [];
  #first: AccessUnitInfo | null = null;

  /** Adds the access unit of a packet; H.264 and H.265 as a byte stream. */
  add(mediaType: string, timeSec: number | null, bytes: Uint8Array): void {
    if (!isInspected(mediaType)) return;
    const info = readAccessUnit({ mediaType, lengthBytes: null }, bytes, true);
    if (info === null || !info.hasPicture) return;
    this.#first ??= info;
    if (timeSec === null) return;
    const { randomAccess } = info;
    if (randomAccess !== null) this.#accessPoints.push({ timeSec, kind: randomAccess });
    if (info.isSkippedLeading && this.#accessPoints.length === 1) this.#skippedSec.push(timeSec);
    const places = readSlicePlaces(mediaType, bytes);
    if (places !== null) this.#grid.add(timeSec, places);
  }

  /** Returns what has been found; `null` if no picture could be read. */
  finish(): PictureFacts | null {
    if (this.#first === null) return null;
    return {
      start: this.#first.randomAccess,
      recoveryPictures: this.#first.recoveryPictures,
      accessPoints: this.#accessPoints,
      skippedSec: this.#skippedSec,
      incompleteSec: this.#grid.findIncomplete(),
    };
  }
}
