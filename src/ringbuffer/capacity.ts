/**
 * The number of frames that a ring must hold: pure logic.
 *
 * @module
 */
import { max, nsToSec } from "../util/clock_time.ts";
import { RateMeter } from "./rate_meter.ts";

/** Frames beyond the window: one across its start, one that is under way, and the rounding of frame rates. */
const MARGIN_FRAMES = 4;
/** Seconds of frames to provide for between two drains, while the stream is not known well enough. */
const UNFITTED_SEC = 3;
/** The frame rate to provide for while none is known. */
const UNKNOWN_RATE = 120;
/** The difference from the rate in the caps from which on the measured rate counts, and the room above that. */
const RATE_TOLERANCE = 0.1;
/** Seconds of frames that the ring takes on top while it is drained by a timer: the event loop may be that late. */
const DRAIN_SEC = 6;

/** What the caps state of a stream. */
export interface StreamCaps {
  /** Frames per second; `null` if there is no fixed rate. */
  rate: number | null;
  /** Whether each frame can be decoded without others. */
  isSelfContained: boolean;
}

/** What is known of the frames so far; `null` for what is not known yet. */
export interface StreamFacts {
  /** The longest time from one keyframe to the next; also `null` for raw video. */
  longestGopNs: bigint | null;
  /** The average size of a frame. */
  frameBytes: number | null;
  /** Nanoseconds by which clips can begin before the window because of another tee's keyframes. */
  leadNs: bigint;
}

/** The limits that a ring was given. */
export interface RingLimits {
  windowSec: number;
  maxBytes: number;
}

/** The capacity of a ring, by what is known of its stream. */
export class RingCapacity {
  readonly #limits: RingLimits;
  readonly #meter = new RateMeter();
  #facts: StreamFacts = { longestGopNs: null, frameBytes: null, leadNs: 0n };
  /** The rate of the caps during the measurement. */
  #capsRate: number | null = null;
  /** Whether a timer drains the ring: it holds some seconds more then, so that a busy event loop loses no frames. */
  isDrained = false;
  /** The most frames that the ring may hold, however long the window. */
  maxFrames = Infinity;

  /** Creates the capacity of a ring whose stream is not known. */
  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  /** What is known of the frames so far. */
  get facts(): StreamFacts {
    return this.#facts;
  }

  /** Sets what is known of the frames so far. */
  learn(facts: StreamFacts, { isSelfContained }: StreamCaps): void {
    this.#facts = isSelfContained ? { ...facts, longestGopNs: null } : facts;
  }

  /** Takes the number of buffers that have come up to an instant, in seconds of running time. */
  observe(buffers: number, sec: number, { rate }: StreamCaps): void {
    if (rate !== this.#capsRate) this.#meter.restart();
    this.#capsRate = rate;
    this.#meter.observe(buffers, sec);
  }

  /** Returns the buffers per second: as they come, if caps state another rate or none; `null` if not known yet. */
  #rate({ rate }: StreamCaps): number | null {
    const measured = rate === this.#capsRate ? this.#meter.rate : null;
    if (measured === null) return rate;
    const isStated = rate !== null && Math.abs(measured - rate) <= RATE_TOLERANCE * rate;
    return isStated ? rate : measured * (1 + RATE_TOLERANCE);
  }

  /** Returns the buffers per second to provide for: encoded frames may come in several until that is known. */
  #expectedRate(caps: StreamCaps): number {
    const rate = this.#rate(caps);
    if (rate === null) return UNKNOWN_RATE;
    return caps.isSelfContained || this.isFitted(caps) ? rate : Math.max(rate, UNKNOWN_RATE);
  }

  /** Seconds that the ring holds; one of encoded video reaches back to a keyframe before the window. */
  get holdSec(): number {
    const { longestGopNs, leadNs } = this.#facts;
    return this.#limits.windowSec + nsToSec(max(2n * (longestGopNs ?? 0n), leadNs));
  }

  /** Returns whether enough is known of the stream; if not, the ring must be drained every second. */
  isFitted(caps: StreamCaps): boolean {
    const { longestGopNs, frameBytes } = this.#facts;
    return this.#rate(caps) !== null && (caps.isSelfContained || longestGopNs !== null) &&
      (this.#limits.maxBytes === Infinity || frameBytes !== null);
  }

  /** Returns the number of frames to hold. */
  frames(caps: StreamCaps): number {
    const sec = (this.isFitted(caps) ? this.holdSec : UNFITTED_SEC) +
      (this.isDrained ? DRAIN_SEC : 0);
    const needed = Math.ceil(sec * this.#expectedRate(caps)) + MARGIN_FRAMES;
    const { maxBytes } = this.#limits;
    const affordable = Math.max(1, Math.floor(maxBytes / (this.#facts.frameBytes ?? 1)));
    return Math.min(needed, affordable, this.maxFrames);
  }
}
