/**
 * The tees of a pipeline that are recorded.
 *
 * @module
 */
import type { Pipeline } from "../pipeline.ts";
import { didYouMean } from "../util/closest.ts";

/** A tee, or several that are recorded into one file. */
export interface TeeGroup {
  /** The tee's name; of several, their names joined by `+`. */
  name: string;
  /** The names of the tees. */
  tees: string[];
}

/**
 * Chooses the tees to record.
 *
 * @param wanted Their names, `A+B` for two into one file; none for each tee that was given a name.
 * @throws {RangeError} If there is no such tee, or none with a name.
 */
export function chooseTees(pipeline: Pipeline, wanted: readonly string[]): TeeGroup[] {
  const all = pipeline.elementNames().filter((name) =>
    pipeline.element(name).factoryName === "tee"
  );
  if (wanted.length > 0) return wanted.map((name) => groupOf(name, all));
  const named = all.filter((name) => isNamed(name, pipeline.element(name).path));
  if (named.length === 0) {
    throw new RangeError("The pipeline has no tee with a name: put ! tee name=t1 where to record");
  }
  const byName = new Intl.Collator("en", { numeric: true });
  return named.sort(byName.compare).map((name) => groupOf(name, all));
}

function groupOf(name: string, all: readonly string[]): TeeGroup {
  const tees = all.includes(name) ? [name] : [...new Set(name.split("+"))];
  for (const tee of tees) {
    if (all.includes(tee)) continue;
    throw new RangeError(
      `The pipeline has no tee named "${tee}"; its tees are: ${all.join(", ")}` +
        didYouMean(tee, all),
    );
  }
  return { name, tees };
}

/** Whether the author of the pipeline gave a tee its name, rather than GStreamer or the bin that contains it. */
function isNamed(name: string, path: string): boolean {
  // a name may have a / in it
  return !/^tee\d+$/.test(name) && /^\/[^/]+\/$/.test(path.slice(0, -`GstTee:${name}`.length));
}
