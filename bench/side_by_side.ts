/**
 * Processes that run side by side, looked at in turn.
 *
 * @module
 */
import { LAUNCHED, sleep, Subject } from "./process.ts";
import { alternate, type Pass, type Passes } from "./rounds.ts";

/** A process to look at, with what it writes when it plays. */
export type Playing = [process: Subject, ready: string];

/** How to look at processes. */
export interface LookOptions {
  /** Seconds for all to come to rest. */
  settleSec: number;
  rounds: number;
  look(process: Subject): Promise<Pass>;
}

/** gst-launch-1.0 with a pipeline. */
export function launched(pipeline: string): Playing {
  return [Subject.launch(pipeline), LAUNCHED];
}

/** A script of bench/children that writes `ready`. */
export function scripted(name: string, options: unknown): Playing {
  return [Subject.script(name, options), "ready"];
}

/** Lets processes run and come to rest, looks at them in turn, ends them. */
export async function sideBySide(
  processes: Record<string, Playing>,
  { settleSec, rounds, look }: LookOptions,
): Promise<Passes> {
  await using stack = new AsyncDisposableStack();
  for (const [process] of Object.values(processes)) stack.use(process);
  await Promise.all(Object.values(processes).map(([process, ready]) => process.until(ready)));
  await sleep(settleSec);
  const looks = Object.entries(processes).map(([name, [process]]) => [name, () => look(process)]);
  return await alternate(Object.fromEntries(looks), rounds);
}
