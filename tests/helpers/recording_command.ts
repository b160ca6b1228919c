/**
 * `gstp record` on numbered frames, as a child process with its server.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { RecordingReport } from "../../mod.ts";
import type { TimedEvent } from "../../cli/record/events.ts";
import type { Status } from "../../cli/record/status.ts";
import type { Running, RunResult } from "../../scripts/lib/run.ts";
import { startGstp } from "./cli.ts";
import { numbersBetween, readNumbers, writeNumberedSource } from "./numbered.ts";
import { until } from "./wait.ts";

/** Seconds after which the source ends. */
const STREAM_SEC = 60;

/** A run with its server. */
export interface RecordingCommand {
  readonly child: Running;
  /** Where the server is, without a slash at its end. */
  readonly url: string;
  /** The folder of the clips. */
  readonly folder: string;
  /** Sends SIGTERM, and resolves with the result. */
  stop(): Promise<RunResult>;
}

/** Writes a pipeline file with numbered frames at the tee `t`, 30 a second. */
export async function writePipeline(dir: string): Promise<string> {
  const source = await writeNumberedSource(dir, STREAM_SEC);
  await Deno.writeTextFile(`${dir}/n.gstp`, `${source} t. ! fakesink`);
  return `${dir}/n.gstp`;
}

/** Starts recording, and resolves once the ring buffer is full. */
export async function startRecording(
  dir: string,
  args: string[] = [],
  begin = (args: string[]): Running => startGstp(args),
): Promise<RecordingCommand> {
  const file = await writePipeline(dir);
  const folder = `${dir}/clips`;
  const child = begin(["record", file, "--listen=0", `--out=${folder}`, "--json", ...args]);
  const text = await child.until("record with: ");
  const url = /listening on (http:\S+)\//.exec(text)![1]!;
  await ringsFull(url);
  const stop = () => {
    child.kill("SIGTERM");
    return child.result;
  };
  return { child, url, folder, stop };
}

/** Resolves with the status from the server. */
export async function readStatus(url: string): Promise<Status> {
  return await (await fetch(`${url}/status`)).json();
}

/** Resolves with the ID of the process that records, once signals trigger clips; a child may have started it. */
export async function recordingPid(child: Running): Promise<number> {
  const [, pid] = /SIGUSR2 to (\d+)/.exec(await child.until("SIGUSR2 to "))!;
  return Number(pid);
}

/** Resolves once the ring buffers hold a full window. */
export async function ringsFull(url: string): Promise<void> {
  await until("the rings are full", async () => {
    const { tees } = await readStatus(url);
    return tees.every(({ ring, windowSec }) =>
      (ring.tracks ?? [ring]).every(({ fillSec }) => fillSec >= windowSec)
    );
  });
}

/** Triggers clips by HTTP; resolves with their names. */
export async function postRecord(url: string, call?: object): Promise<string[]> {
  const response = await fetch(`${url}/record`, {
    method: "POST",
    ...(call !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(call),
    }),
  });
  const answer = await response.json();
  assertEquals(response.status, 202, JSON.stringify(answer));
  return answer.clips.map(({ name }: { name: string }) => name);
}

/** Returns the events of a run from its output. */
export function eventsOf(output: string): TimedEvent[] {
  return output.split(/\r?\n/).filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
}

/** Returns the reports of the finished clips of a run from its output. */
export function reportsOf(output: string): RecordingReport[] {
  return eventsOf(output).filter((event) => event.type === "finished")
    .map(({ report }) => report);
}

/** Checks that a clip holds exactly the requested frames, by the numbers in its pictures. */
export async function checkExact(report: RecordingReport): Promise<void> {
  const { requested, path, shortfalls } = report;
  assertEquals(shortfalls, [], Deno.inspect(report));
  const expected = numbersBetween(requested.start, requested.end);
  assert(expected.length > 1);
  assertEquals(await readNumbers(path), expected, Deno.inspect(report));
}

/** Returns a free port. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
