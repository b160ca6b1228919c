/**
 * Drawing pipelines.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Pipeline } from "../../../mod.ts";
import { run, words } from "../../../scripts/lib/run.ts";
import { CLI, gstp } from "../../helpers/cli.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

const TEXT =
  "videotestsrc pattern={pattern} ! video/x-raw,width=64 ! tee ! fakesink name={state=sink}";

/** The width of a character of a fixed-width font, in units of the font's size. */
const CHARACTER = 0.6;

/** A box of a picture: how wide it is, and how wide each line of its text. */
function boxes(svg: string): { name: string; width: number; textWidths: number[] }[] {
  const groups = svg.split('<g id="clust').slice(1)
    .map((text) => text.slice(0, text.indexOf("</g>")))
    .filter((text) => text.includes("<text"));
  return groups.map((group) => {
    const path = /<path fill[^>]*d="([^"]*)"/.exec(group)![1]!;
    const xs = [...path.matchAll(/(-?[\d.]+),-?[\d.]+/g)].map(([, x]) => Number(x));
    const texts = [...group.matchAll(/font-size="([\d.]+)"[^>]*>([^<]*)<\/text>/g)];
    return {
      name: texts[0]![2]!,
      width: Math.max(...xs) - Math.min(...xs),
      textWidths: texts.map(([, size, text]) => Number(size) * CHARACTER * text!.length),
    };
  });
}

Deno.test("toDot() describes elements, links and caps", async () => {
  await using pipeline = Pipeline.parse(
    "videotestsrc name=source ! video/x-raw,width=64 ! fakesink",
  );
  assertStringIncludes(pipeline.toDot(), "GstVideoTestSrc\\nsource");
  // what it could negotiate is no news
  assert(!pipeline.toDot().includes("width: "));
  await pipeline.pause();
  assertMatch(pipeline.toDot(), /-> .*label="video\/x-raw\\l.*width: 64\\l.*height: /);
});

Deno.test("gstp graph draws a file, legibly", async () => {
  await using dir = await tempDir();
  const file = `${dir.path}/a.gstp`;
  await Deno.writeTextFile(file, TEXT);
  const out = `${dir.path}/a.svg`;
  const { code, stdout, stderr } = await gstp(["graph", file, "--pattern=ball", `--out=${out}`]);
  assertEquals([code, stdout], [0, ""], stderr);
  const svg = await Deno.readTextFile(out);
  assertStringIncludes(svg, ">Legend<");
  const drawn = boxes(svg.replaceAll(/&#?\w+;/g, "_"));
  assertEquals(
    drawn.map(({ name }) => name).sort(),
    ["GstCapsFilter", "GstFakeSink", "GstTee", "GstVideoTestSrc"],
  );
  for (const { name, width, textWidths } of drawn) {
    assert(Math.max(...textWidths) <= width, `${name}: ${textWidths} in ${width}`);
  }
  assertStringIncludes(svg, ">pattern=ball<");
});

Deno.test("gstp graph prints the picture, with the caps of a pipeline that plays", async () => {
  const { code, stdout } = await gstp(
    words("graph --state playing videotestsrc is-live=true ! video/x-raw,width=64 ! fakesink"),
  );
  assertEquals(code, 0);
  assertMatch(stdout, /<svg [^]*width: 64[^]*<\/svg>\n$/);
});

Deno.test("gstp graph writes Graphviz's text without a library", async () => {
  await using dir = await tempDir();
  const graph = (out: string) => {
    const command = ["run", "-A", "--cached-only", CLI, "graph", `--out=${dir.path}/${out}`];
    const env = { DENO_DIR: `${dir.path}/cache` };
    return run(Deno.execPath(), [...command, ...words("fakesrc ! fakesink")], { env });
  };
  const text = await graph("a.dot");
  assertEquals(text.code, 0, text.stderr);
  assertMatch(await Deno.readTextFile(`${dir.path}/a.dot`), /^digraph pipeline {/);
  const picture = await graph("a.svg");
  assertEquals(picture.code, 1);
  assertMatch(
    picture.stderr,
    /^error: Cannot load the libraries for gstp graph: .*\nRun `gstp setup` once with a network, or write --out=FILE\.dot, which works without them\n$/,
  );
});

Deno.test("gstp graph reports what is wrong", async () => {
  const cases: [line: string, code: number, message: RegExp][] = [
    ["graph", 2, /Missing pipeline/],
    [
      "graph --state=stopped fakesrc ! fakesink",
      2,
      /--state takes one of null, ready, paused, playing/,
    ],
    ["graph --state", 2, /--state needs a value/],
    ["graph --out=a.png fakesrc ! fakesink", 2, /--out takes a name that ends in \.svg or \.dot/],
    ["graph --out=/nonexistent/a.dot fakesrc ! fakesink", 1, /Cannot write \/nonexistent\/a\.dot/],
    ["graph nosuchelement ! fakesink", 1, /Missing element: nosuchelement/],
    ["graph --state=paused filesrc location=/nonexistent ! fakesink", 1, /Resource not found/],
  ];
  for (const [line, expected, message] of cases) {
    const { code, stderr } = await gstp(words(line));
    assertEquals(code, expected, stderr);
    assertMatch(stderr, message);
  }
});

Deno.test("gstp graph sets placeholders of the file after --", async () => {
  const { code, stdout, stderr } = await gstp(
    ["graph", "-", "--pattern=ball", "--", "--state=last"],
    { stdin: TEXT },
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, ">last<");
});
