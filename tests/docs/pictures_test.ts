/**
 * The pictures of the README and the docs can be read at the width at which they are shown, on light and dark pages.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { plotText } from "../../bench/plot.ts";
import { ROOT } from "../../scripts/lib/paths.ts";
import { terminalSvg } from "../../scripts/terminal_picture.ts";
import { gstp } from "../helpers/cli.ts";
import { type Color, contrast, parseColor, parseSvg } from "../helpers/svg.ts";

/** The least width of the column in which GitHub shows pages, in pixels; narrower pictures are not enlarged. */
const COLUMN = 830;
/** The least size of letters there, in pixels. */
const MIN_FONT = 9;
/** The least contrasts by WCAG 2: of texts, and of graphics. */
const MIN_TEXT_CONTRAST = 4.5;
const MIN_SHAPE_CONTRAST = 3;
/** The backgrounds of GitHub's pages. */
const PAGES: Color[] = [parseColor("#ffffff")!, parseColor("#0d1117")!];

const FOLDER = `${ROOT}docs/images`;
const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();

/** What cannot be read in a picture. */
function problems(svg: string): string[] {
  const { width, units, marks } = parseSvg(svg);
  const scale = Math.min(width, COLUMN) / units;
  return marks.flatMap(({ name, isText, fontSize, colors, behind }) => {
    const found = [];
    const size = fontSize * scale;
    if (isText && size < MIN_FONT) found.push(`${name}: letters of ${size.toFixed(1)} px`);
    const least = isText ? MIN_TEXT_CONTRAST : MIN_SHAPE_CONTRAST;
    for (const back of behind === undefined ? PAGES : [behind]) {
      const best = Math.max(...colors.map((color) => contrast(color, back)));
      if (best < least) found.push(`${name}: contrast of ${best.toFixed(1)}`);
    }
    return found;
  });
}

for (const name of files.filter((name) => name.endsWith(".svg"))) {
  Deno.test(`${name} can be read`, async () => {
    const svg = await Deno.readTextFile(`${FOLDER}/${name}`);
    assert(parseSvg(svg).marks.filter(({ isText }) => isText).length > 0);
    assertEquals(problems(svg), []);
  });
}

Deno.test("plots, terminals and graphs can be read as they are drawn", async () => {
  const figure = { low: 1, median: 2, high: 3 };
  const curves = ["a", "b", "c", "d"].map((name) => ({ name, points: [{ x: 1, y: figure }] }));
  const plot = plotText({ title: "", xLabel: "x", yLabel: "y", curves });
  assertEquals(problems(plot), []);
  assertEquals(problems(terminalSvg("", ["$ gstp", "text", "x".repeat(100)])), []);

  const caps = "video/x-raw,width=320,height=240,framerate=30/1";
  const pipeline = `videotestsrc ! ${caps} ! tee ! queue ! videoconvert ! identity ! fakesink`;
  const { stdout, stderr } = await gstp(["graph", "--state=playing", ...pipeline.split(" ")]);
  assertEquals(problems(stdout), [], stderr);
});

Deno.test("letters in pictures of pixels can be read", async () => {
  const css = await Deno.readTextFile(`${ROOT}cli/server/page/page.css`);
  const rems = [...css.matchAll(/font-size: ([\d.]+)rem/g)].map(([, rem]) => Number(rem));
  const readme = await Deno.readTextFile(`${ROOT}README.md`);
  const fontSize = (name: string) =>
    Number(new RegExp(`fontsize=(\\d+).* ${name}$`, "m").exec(readme)![1]);
  const letters: Record<string, number> = {
    "record-page.png": 16 * Math.min(...rems),
    "contact-sheet.png": fontSize("contact-sheet.png"),
    // frames 320 pixels wide are scaled after the letters are drawn
    "first-clip.png": fontSize("first-clip.png") * 160 / 320,
  };
  const pngs = files.filter((name) => name.endsWith(".png"));
  assertEquals(pngs.filter((name) => letters[name] === undefined), []);
  for (const name of pngs) {
    const bytes = await Deno.readFile(`${FOLDER}/${name}`);
    const width = new DataView(bytes.buffer).getUint32(16);
    const size = letters[name]! * Math.min(1, COLUMN / width);
    assert(size >= MIN_FONT, `${name}: letters of ${size} px`);
  }
});

Deno.test("problems() finds small letters, and texts and lines without contrast", () => {
  const svg = (content: string, width = 800) =>
    `<svg xmlns="x" viewBox="0 0 800 100" width="${width}" font-size="12">${content}</svg>`;
  const back = '<rect width="800" height="100" fill="#fff" />';
  assertEquals(problems(svg(`${back}<text x="9" y="9" fill="#333">a</text>`)), []);
  assertEquals(problems(svg(`${back}<text x="9" y="9" fill="#888">a</text>`)), [
    '"a": contrast of 3.5',
  ]);
  assertEquals(problems(svg('<text x="9" y="9" fill="#333">a</text>')), ['"a": contrast of 1.5']);
  assertEquals(
    problems(svg(`${back}<text x="9" y="9" font-size="8">a</text>`)),
    ['"a": letters of 8.0 px'],
  );
  assertEquals(problems(svg(`${back}<path d="M0 0 L9 9" stroke="#bbb" fill="none" />`)), [
    "path #bbb none: contrast of 1.9",
  ]);
  const faint = '<path d="M0 0 L9 9" stroke="#333" stroke-opacity="0.2" fill="none" />';
  assertEquals(problems(svg(back + faint)), ["path #333 none: contrast of 1.5"]);
  assertEquals(problems(svg(`${back}<g class="grid"><path d="M0 0 H9" stroke="#ddd" /></g>`)), []);
  assertAlmostEquals(contrast([0, 0, 0], [255, 255, 255]), 21, 1e-9);
});
