/**
 * Errors that are printed.
 *
 * @module
 */

/** Runs a function; resolves with what was passed to console.error() meanwhile. */
export async function printedErrors(action: () => Promise<void>): Promise<unknown[]> {
  const original = console.error;
  const printed: unknown[] = [];
  console.error = (...args: unknown[]) => printed.push(...args);
  try {
    await action();
  } finally {
    console.error = original;
  }
  return printed;
}
