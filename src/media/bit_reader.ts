/**
 * Bits of a NAL unit.
 *
 * @module
 */

/**
 * Reads the bits of a NAL unit, without the bytes that keep start codes out of it (ITU-T H.264, section 7.4.1). Bits
 * beyond the end are 0.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** Where the byte is that comes after the current one. */
  #at: number;
  readonly #end: number;
  #byte = 0;
  #bitsLeft = 0;
  /** How many zeros there are in a row in front of `#at`. */
  #zeros = 0;

  /**
   * Begins to read at a byte.
   *
   * @param end Where the NAL unit ends; beyond the bytes if it is cut off.
   */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = Math.min(end, bytes.length);
  }

  /** Whether bytes follow the one that is being read. */
  get hasMore(): boolean {
    return this.#at < this.#end;
  }

  /** Reads an unsigned number of so many bits, at most 32. */
  u(bits: number): number {
    let value = 0;
    for (let left = bits; left > 0;) {
      if (this.#bitsLeft === 0) this.#nextByte();
      const taken = Math.min(left, this.#bitsLeft);
      this.#bitsLeft -= taken;
      left -= taken;
      value = value * 2 ** taken + (this.#byte >> this.#bitsLeft & (1 << taken) - 1);
    }
    return value;
  }

  /** Reads an unsigned Exp-Golomb code (ITU-T H.264, section 9.1). */
  ue(): number {
    let zeros = 0;
    while (zeros < 32 && this.u(1) === 0) zeros++;
    return 2 ** zeros - 1 + this.u(zeros);
  }

  /** Reads a signed Exp-Golomb code (ITU-T H.264, section 9.1.1). */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }

  /** Skips so many bytes. */
  skip(bytes: number): void {
    for (let left = bytes; left > 0 && this.hasMore; left--) this.u(8);
  }

  #nextByte(): void {
    if (this.#zeros >= 2 && this.hasMore && this.#bytes[this.#at] === 3) {
      this.#at++;
      this.#zeros = 0;
    }
    this.#byte = this.hasMore ? this.#bytes[this.#at++]! : 0;
    this.#bitsLeft = 8;
    this.#zeros = this.#byte === 0 ? this.#zeros + 1 : 0;
  }
}
