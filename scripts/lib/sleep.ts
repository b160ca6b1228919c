/**
 * Waiting by the clock.
 *
 * @module
 */

/** Resolves after `sec` seconds; in the next turn of the event loop where they are 0. */
export function sleep(sec: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, sec * 1000));
}
