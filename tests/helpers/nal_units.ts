/**
 * Streams of NAL units.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { AccessUnitInfo } from "../../src/media/access_unit.ts";
import { readAccessUnit } from "../../src/media/read_access_unit.ts";

/** Joins NAL units to a byte stream, with start codes of four and three bytes in turn. */
export function behindStartCodes(units: readonly number[][]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    units.flatMap((unit, index) => [...(index % 2 === 0 ? [0, 0, 0, 1] : [0, 0, 1]), ...unit]),
  );
}

/** Joins NAL units, each behind its length in so many bytes. */
export function behindLengths(
  units: readonly number[][],
  lengthBytes: number,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(units.flatMap((unit) => {
    const length = Array.from({ length: lengthBytes }, (_, i) => unit.length >> 8 * i & 255);
    return [...length.reverse(), ...unit];
  }));
}

/** Encodes an SEI message of a recovery point from the bits of its payload, without the header of a NAL unit. */
export function recoveryPointMessage(bits: string): number[] {
  const padded = `${bits}1`.padEnd(Math.ceil((bits.length + 1) / 8) * 8, "0");
  const payload = padded.match(/.{8}/g)!.map((byte) => parseInt(byte, 2));
  return [6, payload.length, ...payload, 0x80];
}

/** What is read of NAL units, with the bytes of the parameter sets. */
export type UnitsInfo = Omit<AccessUnitInfo, "parameterSets" | "sliceAt"> & { sets: number[][] };

/** Reads NAL units behind start codes and behind lengths, which must show the same. */
export function readUnits(mediaType: string, units: readonly number[][]): UnitsInfo {
  const [first, ...others] = [null, 4, 2].map((lengthBytes) => {
    const bytes = lengthBytes === null
      ? behindStartCodes(units)
      : behindLengths(units, lengthBytes);
    const info = readAccessUnit({ mediaType, lengthBytes }, bytes, true);
    assert(info !== null);
    const { parameterSets, sliceAt, ...facts } = info;
    if (facts.hasPicture) assert(units.some((unit) => unit[0] === bytes[sliceAt]));
    return { ...facts, sets: parameterSets.map(({ start, end }) => [...bytes.slice(start, end)]) };
  });
  for (const other of others) assertEquals(other, first);
  return first!;
}
