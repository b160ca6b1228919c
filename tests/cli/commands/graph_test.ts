/**
 * Drawing pipelines.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Pipeline } from "../../../mod.ts";
import { run, words } from "../../../scripts/lib/run.ts";
import { CLI, gstp, standInFlag } from "../../helpers/cli.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

const TEXT =
  "videotestsrc pattern={pattern} ! video/x-raw,width=64 ! tee ! fakesink name={state=sink}";

/** The width of a character of a fixed-width font, in units of the font's size. */
const CHARACTER = 0.6;

/** A box of a picture: how wide it is, how wide each line of its text, and where these are in it. */
interface Box {
  name: string;
  left: number;
  right: number;
  lines: { left: number; right: number; y: number }[];
  /** Where its pads are, from the top. */
  pads: number[];
}

/** The elements of a picture. */
function boxes(svg: string): Box[] {
  const groups = svg.split(/(?=<g id="(?:clust|node|edge)\d+")/).slice(1)
    .map((text) => ({ id: /<title>(.*)<\/title>/.exec(text)![1]!, text }));
  const titles = groups.filter(({ id }) => id.endsWith("_title"));
  return titles.map(({ id, text }) => {
    const element = id.slice(0, -"_title".length);
    const box = groups.find(({ id }) => id === `cluster_${element}`)!.text;
    const path = /<path fill[^>]*d="([^"]*)"/.exec(box)![1]!;
    const xs = [...path.matchAll(/(-?[\d.]+),-?[\d.]+/g)].map(([, x]) => Number(x));
    const texts = [...text.matchAll(
      /text-anchor="middle" x="([\d.-]+)" y="([\d.-]+)"[^>]*font-size="([\d.]+)"[^>]*>([^<]*)</g,
    )];
    return {
      name: texts[0]![4]!,
      left: Math.min(...xs),
      right: Math.max(...xs),
      lines: texts.map(([, x, y, size, line]) => {
        const half = Number(size) * CHARACTER * line!.length / 2;
        return { left: Number(x) - half, right: Number(x) + half, y: Number(y) };
      }),
      pads: groups.filter(({ id, text }) =>
        text.startsWith('<g id="node') && /_(?:sink|src)_/.test(id) && id.startsWith(element)
      )
        .flatMap(({ text }) => / y="([\d.-]+)"/.exec(text)?.[1] ?? []).map(Number),
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
  for (const { name, left, right, lines, pads } of drawn) {
    assert(lines.every((line) => line.left >= left && line.right <= right), name);
    // links end at pads: they cross no title
    const isSource = name === "GstVideoTestSrc";
    assertEquals(pads.length, isSource || name === "GstFakeSink" ? 1 : 2, name);
    const above = pads.filter((y) => lines.every((line) => y < line.y));
    const below = pads.filter((y) => lines.every((line) => y > line.y));
    assertEquals([above.length, below.length], [
      isSource ? 0 : 1,
      name === "GstFakeSink" ? 0 : 1,
    ], name);
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
  const map = await standInFlag(dir.path);
  const graph = (out: string) => {
    const command = ["run", "-A", "--cached-only", map, CLI, "graph", `--out=${dir.path}/${out}`];
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

Deno.test("toDot() escapes the names of elements", async () => {
  const names = ['a" URL="javascript:alert(1)', 'x"y', "back\\slash"];
  for (const name of names) {
    const written = name.replaceAll(/["\\]/g, "\\$&");
    await using pipeline = Pipeline.parse(`fakesrc ! fakesink name="${written}"`);
    assertEquals(pipeline.elementNames().includes(name), true);
    assertStringIncludes(pipeline.toDot(), `label="GstFakeSink\\n${written}\\n[0]`);
  }
});
