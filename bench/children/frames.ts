/**
 * Moves frames between GStreamer and JavaScript as fast as possible, and prints the costs as JSON.
 *
 *     deno run -A frames.ts '{"way": "AppSink", "width": 320, "height": 240, "frames": 1000}'
 *
 * @module
 */
import process from "node:process";
import { AppSink, AppSrc, Pipeline } from "../../mod.ts";

/** What to move, and how. */
export interface FramesOptions {
  /** By the classes, through pipes of gst-launch-1.0, or as copies within JavaScript. */
  way: "AppSink" | "AppSrc" | "pipe out" | "pipe in" | "copy";
  width: number;
  height: number;
  frames: number;
}

const { way, width, height, frames }: FramesOptions = JSON.parse(Deno.args[0]!);
const caps = `video/x-raw,format=I420,width=${width},height=${height},framerate=30/1`;
const source = `videotestsrc num-buffers=1 ! ${caps} ! imagefreeze num-buffers=${frames}`;
const frameBytes = width * height * 1.5;

async function out(): Promise<void> {
  await using pipeline = Pipeline.parse(`${source} ! appsink name=sink sync=false`);
  const sink = new AppSink({ pipeline, name: "sink", every: true });
  await pipeline.play();
  let count = 0;
  for await (const { bytes } of sink) if (bytes.length === frameBytes) count++;
  if (count !== frames) throw new Error(`${count} frames of ${frames}`);
}

async function into(): Promise<void> {
  await using pipeline = Pipeline.parse("appsrc name=source ! fakesink");
  const appsrc = new AppSrc({ pipeline, name: "source", caps });
  const messages = pipeline.bus.messages();
  const bytes = new Uint8Array(frameBytes).fill(128);
  const pushed = (async () => {
    for (let i = 0; i < frames; i++) await appsrc.push(bytes, { ptsSec: i / 30 });
    await appsrc.end();
  })();
  await pipeline.play();
  await pushed;
  for await (const { type } of messages) if (type === "eos") break;
}

/** Starts gst-launch-1.0 with a pipe from its standard output or to its standard input. */
function launch(pipeline: string, pipe: "stdin" | "stdout"): Deno.ChildProcess {
  return new Deno.Command("gst-launch-1.0", {
    args: ["-q", ...pipeline.split(" ")],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    [pipe]: "piped",
  }).spawn();
}

async function pipeOut(): Promise<void> {
  const child = launch(`${source} ! fdsink`, "stdout");
  let bytes = 0;
  for await (const chunk of child.stdout) bytes += chunk.length;
  if (bytes !== frames * frameBytes) throw new Error(`${bytes} bytes`);
  await child.status;
}

async function pipeIn(): Promise<void> {
  const child = launch(
    `fdsrc blocksize=${frameBytes} ! rawvideoparse format=i420 width=${width} height=${height} ! fakesink`,
    "stdin",
  );
  const writer = child.stdin.getWriter();
  const bytes = new Uint8Array(frameBytes).fill(128);
  for (let i = 0; i < frames; i++) await writer.write(bytes);
  await writer.close();
  await child.status;
}

function copy(): Promise<void> {
  const from = new Uint8Array(frameBytes).fill(128);
  let total = 0;
  for (let i = 0; i < frames; i++) total += from.slice().length;
  if (total !== frames * frameBytes) throw new Error(`${total} bytes`);
  return Promise.resolve();
}

const ways = { AppSink: out, AppSrc: into, "pipe out": pipeOut, "pipe in": pipeIn, copy };
const startMs = performance.now();
const before = process.cpuUsage();
await ways[way]();
const { user, system } = process.cpuUsage(before);
const ms = performance.now() - startMs;
console.log(
  JSON.stringify({ perSecond: frames / ms * 1000, cpu: (user + system) / 1000 / frames }),
);
