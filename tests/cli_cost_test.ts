/**
 * What the command costs beside gst-launch-1.0, side by side in one run. The limits are loose, as the machine may be
 * busy with other things; the figures are printed.
 */
import { assert } from "@std/assert";
import { CLI, words } from "./helpers/cli.ts";
import { run } from "./helpers/run.ts";

const LAUNCH = ["gst-launch-1.0", "-q"];
const GSTP = [Deno.execPath(), "run", "-A", CLI, "-q"];
const ONE_BUFFER = words("videotestsrc num-buffers=1 ! fakesink");
/** Seconds of a live picture; `COST_SEC=10` in the environment measures longer. */
const SECONDS = Number(Deno.env.get("COST_SEC") ?? 5);
const RUNNING = words(
  `videotestsrc is-live=true num-buffers=${30 * SECONDS} ` +
    "! video/x-raw,width=1920,height=1080,framerate=30/1 ! fakesink",
);

/** Seconds. */
interface Cost {
  wall: number;
  /** User and system time of the process. */
  cpu: number;
}

async function measure(command: string[]): Promise<Cost> {
  const script = "TIMEFORMAT='%R %U %S'; time \"$@\" >/dev/null";
  const { code, stderr } = await run("bash", ["-c", script, "bash", ...command]);
  assert(code === 0, stderr);
  const [wall, user, system] = words(stderr).map(Number);
  return { wall: wall!, cpu: user! + system! };
}

/** Both commands in turn, so that whatever else the machine does meets both. */
async function measureBoth(
  pipeline: string[],
  rounds: number,
): Promise<{ launch: Cost; gstp: Cost }> {
  const launch: Cost[] = [];
  const gstp: Cost[] = [];
  await measure([...GSTP, ...pipeline]); // fills the caches
  for (let round = 0; round < rounds; round++) {
    launch.push(await measure([...LAUNCH, ...pipeline]));
    gstp.push(await measure([...GSTP, ...pipeline]));
  }
  return { launch: medianCost(launch), gstp: medianCost(gstp) };
}

function medianCost(costs: Cost[]): Cost {
  return { wall: median(costs.map(({ wall }) => wall)), cpu: median(costs.map(({ cpu }) => cpu)) };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

function ms(sec: number): string {
  return `${Math.round(sec * 1000)} ms`;
}

Deno.test("cli() starts and ends little later than gst-launch-1.0", async () => {
  const { launch, gstp } = await measureBoth(ONE_BUFFER, 9);
  const beyond = gstp.wall - launch.wall;
  console.log(
    `a pipeline of one buffer: gst-launch-1.0 ${ms(launch.wall)}, gstp ${ms(gstp.wall)}: ` +
      `${ms(beyond)} beyond`,
  );
  assert(beyond < 0.5, `${beyond} s`);
});

Deno.test("cli() uses as much CPU as gst-launch-1.0 while a pipeline runs", async () => {
  const start = await measureBoth(ONE_BUFFER, 3);
  const total = await measureBoth(RUNNING, 3);
  const launch = total.launch.cpu - start.launch.cpu;
  const gstp = total.gstp.cpu - start.gstp.cpu;
  console.log(
    `${SECONDS} s of 1080p30, CPU after the start: gst-launch-1.0 ${ms(launch)}, gstp ${
      ms(gstp)
    }: ` +
      `${(gstp / launch).toFixed(2)} times; with the start ` +
      `${ms(total.launch.cpu)} and ${ms(total.gstp.cpu)}`,
  );
  assert(gstp / launch < 1.5, `${gstp / launch} times`);
});
