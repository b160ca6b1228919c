/**
 * The error of a wrong command line.
 *
 * @module
 */

/** The command line is wrong, or names something that cannot be used: exit status 2. */
export class UsageError extends Error {
  override name = "UsageError";
}
