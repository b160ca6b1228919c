/**
 * What a worker does with a file, and its answers.
 *
 * @module
 */
import {
  type LeftClip,
  recoverClips,
  type Recovery,
  verifyClip,
  type VerifyOptions,
  type VerifyReport,
} from "../../mod.ts";

/** A task. */
export type Task =
  | { command: "recover"; path: string }
  | { command: "verify"; path: string; options: VerifyOptions };

/** A `.part` file that was left alone, with the message of its error. */
export type LeftFile = Omit<LeftClip, "error"> & { error: string };

/** The outcome of a recovery as data. */
export interface RecoveryResult {
  recovered: Recovery["recovered"];
  left: LeftFile[];
}

/** The results of tasks, by command. */
export interface TaskResults {
  recover: RecoveryResult;
  verify: VerifyReport;
}

/** What a worker writes when it has done a task. */
export type Answer = { result: TaskResults[keyof TaskResults] } | { error: string };

/**
 * Does a task in this process.
 *
 * @throws {Error} As `recoverClips()` and `verifyClip()` do.
 */
export async function runTask<T extends Task>(task: T): Promise<TaskResults[T["command"]]>;
export async function runTask(task: Task): Promise<TaskResults[keyof TaskResults]> {
  if (task.command === "verify") return await verifyClip(task.path, task.options);
  const { recovered, left } = await recoverClips(task.path);
  return { recovered, left: left.map((one) => ({ ...one, error: one.error.message })) };
}
