/**
 * Waiting for what GStreamer's threads do.
 *
 * @module
 */

const POLL_MS = 5;

/**
 * Checks a condition every 5 ms until it holds, without blocking the event loop.
 *
 * @param untilMs The time limit, as `performance.now()` counts.
 * @returns Whether the condition holds; false at the time limit.
 */
export async function poll(untilMs: number, holds: () => boolean): Promise<boolean> {
  while (!holds()) {
    if (performance.now() >= untilMs) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}
