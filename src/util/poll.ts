/**
 * Waiting for what GStreamer does in threads of its own.
 *
 * @module
 */

const POLL_MS = 5;

/**
 * Looks again and again until a condition holds; the event loop goes on in between.
 *
 * @param untilMs When `performance.now()` says so, the wait is given up.
 * @returns Whether it holds.
 */
export async function poll(untilMs: number, holds: () => boolean): Promise<boolean> {
  while (!holds()) {
    if (performance.now() >= untilMs) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}
