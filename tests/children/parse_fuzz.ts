/**
 * Parses texts of random pieces of pipelines, every other one within a property.
 *
 *     deno run -A parse_fuzz.ts SEED COUNT
 *
 * Prints how many were pipelines and how many were not. The last line on standard error is the last text that was tried.
 *
 * @module
 */
import { GstParseError, Pipeline } from "../../mod.ts";
import { randomNumbers } from "../helpers/random.ts";

const PIECES = [
  ...["fakesrc", "fakesink", "tee", "identity", "funnel", "capsfilter", "compositor", "decodebin"],
  ...["nosuch", "fakesrc name=a", "tee name=t", "a.", "b.", "a.src", "t.sink_0", "a..", "a.,"],
  ...[".src", ".sink", ".sink,", "..", "...", "(", ")", "( ", "bin.(", "nosuch.(", "pipeline.("],
  ...[
    "!",
    "!",
    "!",
    "!",
    "!!",
    ":",
    ":",
    "#",
    "! video/x-raw !",
    "! nosuch/x !",
    "video/x-raw,width=5",
  ],
  ...["name=a", "name=t", "name=a.b", "name=", "x=1", "sync=maybe", "num-buffers=-1", "="],
  ...["caps=video/x-raw", "a::b=1", "sink_0::xpos=1", "@preset=1", "file:///x", "foo://x"],
  ...['"', "'", '"a b"', "\\", ",", ";", "{", "}", "%", "é", "\u{1F600}"],
];

const [seed = 1, count = 100] = Deno.args.map(Number);
const random = randomNumbers(seed);

let pipelines = 0;
for (let i = 0; i < count; i++) {
  const pieces = Array.from({ length: 1 + random(9) }, () => PIECES[random(PIECES.length)]!);
  const plain = pieces.reduce((text, piece) => text + (random(5) ? " " : "") + piece);
  const text = i % 2 ? plain : `playbin video-sink="${plain.replaceAll('"', "")}"`;
  console.error(text);
  try {
    await using _pipeline = Pipeline.parse(text);
    pipelines++;
  } catch (error) {
    if (!(error instanceof GstParseError)) throw error;
  }
}
console.log(`${pipelines} pipelines, ${count - pipelines} errors`);
