/**
 * Parses and starts pipelines of a few elements that are linked at random, also in loops.
 *
 *     deno run -A link_fuzz.ts SEED COUNT
 *
 * Prints how many were parsed and how many were refused. The last line on standard error is the last text that was tried.
 *
 * @module
 */
import { GstError, Pipeline } from "../../mod.ts";
import { randomNumbers } from "../helpers/random.ts";

const ELEMENTS = [
  ...["tee", "queue", "identity", "funnel", "input-selector", "output-selector", "compositor"],
  ...["videoconvert", "capsfilter", "typefind", "clocksync", "valve"],
];
const ENDS = ["videotestsrc num-buffers=2", "videotestsrc is-live=true"];
/** Elements that can wait forever for data on another of their pads: pipelines with them are parsed only. */
const WAITING = /compositor|-selector/;
const PADS = ["", "", "", "", "src", "sink", "src_0", "src_1", "sink_0", "sink_1"];
const LINKS = ["!", "!", "!", "!", "! video/x-raw !", ":"];

const [seed = 1, count = 100] = Deno.args.map(Number);
const random = randomNumbers(seed);

function pick(list: readonly string[]): string {
  return list[random(list.length)]!;
}

/** Returns elements, some with names, in chains that begin and end at some of the names. */
function randomText(): string {
  const names = Array.from({ length: 1 + random(3) }, (_, i) => `n${i}`);
  const refer = () =>
    random(9) === 0 ? `${pick(ELEMENTS)}${random(3)}.` : `${pick(names)}.${pick(PADS)}`;
  const element = () => random(3) === 0 ? refer() : pick(ELEMENTS);
  const chain = () => {
    const parts = Array.from({ length: 1 + random(3) }, element);
    const text = [refer(), ...parts, random(3) === 0 ? "fakesink" : refer()]
      .reduce((text, part) => `${text} ${pick(LINKS)} ${part}`);
    return random(6) === 0 ? `( ${text} )` : text;
  };
  const named = names.map((name) => {
    const text = `${pick(ELEMENTS)} name=${name}`;
    if (random(5) === 0) return `( ${text} )`;
    return random(4) === 0 ? `${pick(ENDS)} ! ${text}` : text;
  });
  return [...named, ...Array.from({ length: 1 + random(3) }, chain)].join(" ");
}

let parsed = 0;
for (let i = 0; i < count; i++) {
  const text = randomText();
  console.error(text);
  try {
    await using pipeline = Pipeline.parse(text);
    parsed++;
    if (WAITING.test(text)) continue;
    await pipeline.play({ timeoutSec: 0.02 });
    await pipeline.stop({ timeoutSec: 0.02 });
  } catch (error) {
    if (!(error instanceof GstError)) throw error;
  }
}
console.log(`${parsed} parsed, ${count - parsed} refused`);
