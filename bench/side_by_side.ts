/**
 * Processes that run side by side and are measured in turn.
 *
 * @module
 */
import { sleep } from "../scripts/lib/sleep.ts";
import { alternate, type Pass, type Passes, type Subjects } from "./rounds.ts";
import { LAUNCHED, Subject } from "./subject.ts";

/** A process, with the text that it writes once it plays. */
export type Playing = [process: Subject, ready: string];

/** How to measure processes. */
export interface SideBySideOptions {
  /** Seconds for all of them to settle. */
  settleSec: number;
  /** How often to measure each. */
  rounds: number;
  measure(process: Subject): Promise<Pass>;
}

/** Starts gst-launch-1.0 with a pipeline. */
export function launched(pipeline: string): Playing {
  return [Subject.launch(pipeline), LAUNCHED];
}

/** Starts a script of bench/children, which writes `ready`. */
export function scripted(name: string, options: unknown): Playing {
  return [Subject.script(name, options), "ready"];
}

/** Waits until the processes have settled, measures them in turn, and ends them. */
export async function sideBySide(
  processes: Record<string, Playing>,
  { settleSec, rounds, measure }: SideBySideOptions,
): Promise<Passes> {
  await using stack = new AsyncDisposableStack();
  for (const [process] of Object.values(processes)) stack.use(process);
  await Promise.all(Object.values(processes).map(([process, ready]) => process.until(ready)));
  await sleep(settleSec);
  const subjects: Subjects = {};
  for (const [name, [process]] of Object.entries(processes)) {
    subjects[name] = () => measure(process);
  }
  return await alternate(subjects, rounds);
}
