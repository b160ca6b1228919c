/**
 * Rows of the table in docs/reliability.md, as the tests of tests/faults hand them to scripts/reliability.ts.
 *
 * @module
 */

/** Environment variable with the path of the file that collects rows, one line of JSON each. */
export const TABLE_VARIABLE = "GSTP_FAULTS_TABLE";

/** A fault that was survived. */
export interface Fault {
  /** What was done, such as `disk full, 3 containers`. */
  fault: string;
  /** How often. */
  tries: number;
  /** What happened every time. */
  outcome: string;
  /** What the clips lost, with its unit, such as `0 frames`. */
  lost: string;
}

/** A row of the table. */
export interface FaultRow extends Fault {
  /** Path of the test's file, relative to the repository's root. */
  test: string;
}
