/**
 * When pictures are right after decoding has begun in the middle of a gradual refresh.
 *
 * @module
 */
import type { Frame } from "../gst/frame.ts";

/** A gradual refresh that is under way. */
interface Refresh {
  readonly start: Frame;
  /** Pictures until the first right one. */
  left: number;
}

/**
 * Finds the first right picture after each beginning of a gradual refresh: by the count of its recovery point, of reference
 * pictures in H.264 (ITU-T H.264, section D.2.8), of all pictures in H.265 (ITU-T H.265, section D.3.8).
 */
export class RecoveryPoints {
  #refreshes: Refresh[] = [];

  /** Adds the next frame of the stream in decode order, after {@link Frame.setUnit}. */
  add(frame: Frame): void {
    const unit = frame.unit!;
    this.#refreshes = this.#refreshes.filter((refresh) => {
      const isRight = refresh.left <= 0;
      if (isRight) refresh.start.setRight(frame);
      if (unit.isReference) refresh.left--;
      return !isRight;
    });
    if (unit.randomAccess !== "gradual") return;
    this.#refreshes.push({
      start: frame,
      left: unit.recoveryPictures - (unit.isReference ? 1 : 0),
    });
  }

  /** Forgets the refreshes that are under way. */
  restart(): void {
    this.#refreshes = [];
  }
}
