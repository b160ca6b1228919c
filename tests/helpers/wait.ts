/**
 * Waiting for conditions and for stream time.
 *
 * @module
 */
import type { Pipeline } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";

const POLL_SEC = 0.005;
const TRIES = 4000;

/**
 * Resolves once a condition holds.
 *
 * @throws {Error} If it never does within 4000 tries, 5 ms apart.
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  for (let tries = 0; !await condition(); tries++) {
    if (tries === TRIES) throw new Error(`Waited in vain until ${what}`);
    await sleep(POLL_SEC);
  }
}

/** Resolves once a pipeline's running time is `sec` or more. */
export async function reached(pipeline: Pipeline, sec: number): Promise<void> {
  await until(`the pipeline has run for ${sec} s`, () => pipeline.runningTimeSec! >= sec);
}

/** Resolves once a pipeline has run for `sec` more seconds. */
export async function playFor(pipeline: Pipeline, sec: number): Promise<void> {
  await reached(pipeline, (pipeline.runningTimeSec ?? 0) + sec);
}
