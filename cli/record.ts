/**
 * `gstp record`: recorders that wait for something to happen, without a script.
 *
 * @module
 */
import { isRecordOption, readRecordArguments } from "./record/args.ts";
import { recordPipeline } from "./record/session.ts";
import { UsageError } from "./errors.ts";
import { pipelineText } from "./source.ts";

/** What `gstp record --help` prints. */
export const help = `todo`;

/**
 * Runs the command.
 *
 * @returns The exit status.
 */
export async function run(args: string[]): Promise<number> {
  const options = readRecordArguments(args);
  const { source, flags, dryRun } = options.run;
  if (source === undefined) throw new UsageError("No pipeline is given");
  const text = await pipelineText(source, flags, isRecordOption);
  if (!dryRun) return await recordPipeline(text, options);
  console.log(text.trim());
  return 0;
}
