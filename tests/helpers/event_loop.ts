/**
 * Blocking the event loop.
 *
 * @module
 */

/** Keeps the event loop busy for `sec` seconds. */
export function blockEventLoop(sec: number): void {
  const end = performance.now() + sec * 1000;
  while (performance.now() < end);
}
