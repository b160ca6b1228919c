/**
 * Warnings of recorders, each of which is said once.
 *
 * @module
 */

/** A kind of warning: no clip can begin for lack of frames or keyframes, or clips begin early as these are far apart. */
export type WarningKind = "no-frames" | "no-keyframe" | "long-gop";

/** The warnings of a track by their kind; `null` for those that do not apply. */
export type RecorderWarnings = Record<WarningKind, string | null>;

/** Says each warning when it begins to apply: `long-gop` once, the others again after there was no reason for them. */
export class Warnings {
  readonly #onWarning: (text: string) => void;
  readonly #said = new Set<string>();

  /** Creates warnings that {@link say} gives. */
  constructor(onWarning: (text: string) => void) {
    this.#onWarning = onWarning;
  }

  /** Says the warnings of a track that are new. */
  say(tee: string, warnings: RecorderWarnings): void {
    for (const [kind, text] of Object.entries(warnings)) {
      const key = `${kind} ${tee}`;
      if (text === null) {
        if (kind !== "long-gop") this.#said.delete(key);
      } else if (!this.#said.has(key)) {
        this.#said.add(key);
        this.#onWarning(text);
      }
    }
  }
}
