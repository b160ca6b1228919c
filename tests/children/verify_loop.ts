/**
 * Verifies clips, and reads them only in part, again and again: verify_loop.ts SECONDS CLIP...
 *
 * Prints how often. It hangs if a pipeline cannot be stopped at whatever moment.
 */
import { verifyClip } from "../../mod.ts";
import { readFile, sinkText } from "../../src/verify/read_file.ts";
import { DEMUXERS } from "../../src/media/containers.ts";
import { sniffContainer } from "../../src/verify/sniff.ts";

const [secText = "1", ...clips] = Deno.args;
const endMs = performance.now() + Number(secText) * 1000;
/** Verifications are slow, and end with empty sinks. */
const PARTS_PER_CLIP = 10;
/** Milliseconds in which a small clip is read. */
const READING_MS = 8;

/** Ends reading at a random moment, without taking any sample. */
async function readPart(path: string): Promise<void> {
  const container = sniffContainer(await Deno.readFile(path))!;
  const sinks = [0, 1].map((i) => `demuxer. ! ${sinkText(i, 200)}`).join(" ");
  const text = `filesrc name=source ! ${DEMUXERS[container]} name=demuxer ${sinks}`;
  const doneMs = performance.now() + Math.random() * READING_MS;
  await readFile(path, text, 2, {
    onSample: () => {},
    mayTake: () => false,
    isDone: () => performance.now() > doneMs,
  });
}

let count = 0;
for (; performance.now() < endMs; count++) {
  const path = clips[count % clips.length]!;
  for (let part = 0; part < PARTS_PER_CLIP; part++) await readPart(path);
  const { faults } = await verifyClip(path);
  if (faults.length > 0) throw new Error(`${path}: ${faults[0]!.message}`);
}
console.log(count);
