/**
 * Incomplete pictures by the slices that are missing in them.
 *
 * @module
 */
import { BitReader } from "../media/bit_reader.ts";
import { nalUnits } from "../media/nal_units.ts";

/** The bits that are read of the address of an H.265 slice; its length is stated in parameter sets. */
const ADDRESS_BITS = 6;

/**
 * Returns where each slice of an access unit begins in the picture: numbers that are equal for equal places, and 0 for the
 * picture's first. Returns `null` for codecs without such slices.
 *
 * @param bytes An access unit as a byte stream.
 */
export function readSlicePlaces(mediaType: string, bytes: Uint8Array): number[] | null {
  const readPlace = mediaType === "video/x-h264"
    ? h264Place
    : mediaType === "video/x-h265"
    ? h265Place
    : null;
  if (readPlace === null) return null;
  const places: number[] = [];
  for (const { start, end } of nalUnits(bytes, null)) {
    const place = readPlace(bytes, start, end);
    if (place !== null) places.push(place);
  }
  return places;
}

/** Reads first_mb_in_slice (ITU-T H.264, section 7.3.3); `null` if it is no slice. */
function h264Place(bytes: Uint8Array, start: number, end: number): number | null {
  const type = bytes[start]! & 0x1f;
  // slices, those of IDR pictures, and partition A of a slice
  if (type !== 1 && type !== 5 && type !== 2) return null;
  return new BitReader(bytes, start + 1, end).ue();
}

/** Reads the beginning of slice_segment_address (ITU-T H.265, section 7.3.6.1); `null` if it is no slice. */
function h265Place(bytes: Uint8Array, start: number, end: number): number | null {
  const type = bytes[start]! >> 1 & 0x3f;
  const layer = (bytes[start]! & 1) << 5 | bytes[start + 1]! >> 3;
  if (type >= 32 || layer > 0) return null;
  const reader = new BitReader(bytes, start + 2, end);
  if (reader.u(1) === 1) return 0;
  if (type >= 16 && type <= 23) reader.u(1); // no_output_of_prior_pics_flag
  reader.ue(); // slice_pic_parameter_set_id
  return 1 + reader.u(ADDRESS_BITS);
}

/** The minimum of pictures, as a part of all, that have the same slices where an encoder divides all pictures alike. */
const MIN_PART = 0.5;

/**
 * The slices of the pictures of a track. Where the encoder divides all pictures alike, those that lack some are found. If
 * each slice ends where its bytes are as many as a packet holds, pictures differ, and nothing is known.
 */
export class SliceGrid {
  /** The times of pictures by the places of their slices. */
  readonly #pictures = new Map<string, number[]>();
  #count = 0;

  /** Adds a picture. */
  add(timeSec: number, places: readonly number[]): void {
    const key = places.join();
    const times = this.#pictures.get(key);
    if (times === undefined) this.#pictures.set(key, [timeSec]);
    else times.push(timeSec);
    this.#count++;
  }

  /** Returns the times of pictures of which slices are missing, or that have slices of another. */
  findIncomplete(): number[] {
    const [usual, ...others] = [...this.#pictures].sort(([, a], [, b]) => b.length - a.length);
    if (usual === undefined || usual[1].length < MIN_PART * this.#count) return [];
    const places = new Set(usual[0].split(","));
    const isGrid = places.size > 1 &&
      others.every(([key]) => key.split(",").every((place) => places.has(place)));
    // whatever the others are, a picture begins with its first slice
    const incomplete = isGrid ? others : others.filter(([key]) => !key.split(",").includes("0"));
    return incomplete.flatMap(([, times]) => times).sort((a, b) => a - b);
  }
}
