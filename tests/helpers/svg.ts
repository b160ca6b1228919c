/**
 * What an SVG shows: its texts and shapes, each with the color behind it.
 *
 * @module
 */
import { assert } from "@std/assert";

/** A color as red, green and blue, from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

/** A text or a shape. */
export interface Mark {
  /** What it is, for messages. */
  readonly name: string;
  readonly isText: boolean;
  /** Size of a text's letters, in units of the picture. */
  readonly fontSize: number;
  /** Its colors: that of the text, or those of line and area, either of which makes a shape visible. */
  readonly colors: readonly Color[];
  /** The color behind it; undefined where the page shows through. */
  readonly behind: Color | undefined;
}

/** A picture. */
export interface Picture {
  /** Its width in pixels of CSS, and in its own units. */
  readonly width: number;
  readonly units: number;
  readonly marks: readonly Mark[];
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

type Attributes = Readonly<Record<string, string>>;

const NAMED: Readonly<Record<string, Color>> = {
  black: [0, 0, 0],
  white: [255, 255, 255],
  grey: [128, 128, 128],
};
/** What the children of a group inherit. */
const INHERITED = ["fill", "stroke", "font-size", "stroke-opacity", "fill-opacity", "class"];
const PX_PER_PT = 4 / 3;

/** Reads a color, such as `#abc`; undefined for none. */
export function parseColor(text: string): Color | undefined {
  if (text === "none" || text === "transparent") return undefined;
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(text)?.[1];
  if (hex === undefined) {
    assert(NAMED[text] !== undefined, `unknown color ${text}`);
    return NAMED[text];
  }
  const digits = hex.length === 6 ? hex.match(/../g)! : hex.match(/./g)!.map((one) => one + one);
  return digits.map((pair) => parseInt(pair, 16)) as unknown as Color;
}

/** Returns the contrast of two colors as WCAG 2 defines it, from 1 to 21. */
export function contrast(a: Color, b: Color): number {
  const luminance = (color: Color) => {
    const [red, green, blue] = color.map((value) => value / 255)
      .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [light, dark] = [luminance(a), luminance(b)].sort((one, other) => other - one);
  return (light! + 0.05) / (dark! + 0.05);
}

/** Reads a picture without transforms but for a shift of the whole; marks of the class `grid` are left out. */
export function parseSvg(svg: string): Picture {
  const stack: Attributes[] = [{ fill: "black", stroke: "none" }];
  const areas: { box: Box; color: Color }[] = [];
  const marks: Mark[] = [];
  let root: Attributes = {};
  for (const [, end, name, rest, single, text] of svg.matchAll(TAG)) {
    if (end === "/") {
      stack.pop();
      continue;
    }
    const own = readAttributes(rest!);
    const all = { ...stack.at(-1)!, ...own };
    assert(!/scale\((?!1 1\))|rotate\((?!0\))/.test(own["transform"] ?? ""), own["transform"]);
    if (name === "svg") root = own;
    else if (name === "text") marks.push(textMark(all, text!, areas));
    else if (SHAPES.includes(name!) && all["class"] !== "grid") shape(name!, all);
    if (single !== "/") stack.push(inherit(all));
  }
  const [, number, unit] = /^([\d.]+)(pt)?$/.exec(root["width"]!)!;
  const width = Number(number) * (unit === "pt" ? PX_PER_PT : 1);
  return { width, units: numbers(root["viewBox"]!)[2]!, marks };

  function shape(name: string, all: Attributes): void {
    const box = boxOf(name, all);
    const behind = colorAt(areas, (box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const fill = blend(all["fill"]!, all["fill-opacity"], behind);
    const stroke = blend(all["stroke"]!, all["stroke-opacity"], behind);
    const isBackground = areas.length === 0;
    if (fill !== undefined) areas.push({ box, color: fill });
    const colors = [fill, stroke].filter((color) => color !== undefined);
    if (isBackground || colors.length === 0) return;
    marks.push({
      name: `${name} ${all["stroke"]} ${all["fill"]}`,
      isText: false,
      fontSize: 0,
      colors,
      behind,
    });
  }
}

/** A tag, and the text after it. */
const TAG = /<(\/?)([a-z]\w*)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>([^<]*)/gi;
const SHAPES = ["rect", "circle", "ellipse", "polygon", "polyline", "path"];

function readAttributes(text: string): Attributes {
  return Object.fromEntries(
    [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
  );
}

function inherit(all: Attributes): Attributes {
  return Object.fromEntries(
    INHERITED.flatMap((name) => all[name] === undefined ? [] : [[name, all[name]]]),
  );
}

function textMark(all: Attributes, text: string, areas: { box: Box; color: Color }[]): Mark {
  const fontSize = Number(all["font-size"]);
  // the middle of a letter
  const behind = colorAt(areas, Number(all["x"]), Number(all["y"]) - fontSize / 3);
  return { name: `"${text}"`, isText: true, fontSize, colors: [parseColor(all["fill"]!)!], behind };
}

function numbers(text: string): number[] {
  return (text.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
}

/** The box around a shape; of a path with relative or straight commands, a point of it. */
function boxOf(name: string, all: Attributes): Box {
  const value = (key: string) => Number(all[key] ?? 0);
  if (name === "rect") {
    const [left, top] = [value("x"), value("y")];
    return { left, top, right: left + value("width"), bottom: top + value("height") };
  }
  if (name === "circle" || name === "ellipse") {
    const [x, y] = [value("cx"), value("cy")];
    return { left: x, top: y, right: x, bottom: y };
  }
  const text = all["points"] ?? all["d"]!;
  const points = numbers(/[hv]/i.test(text) ? text.slice(0, text.search(/[hv]/i)) : text);
  const xs = points.filter((_, i) => i % 2 === 0);
  const ys = points.filter((_, i) => i % 2 === 1);
  return {
    ...{ left: Math.min(...xs), right: Math.max(...xs) },
    ...{ top: Math.min(...ys), bottom: Math.max(...ys) },
  };
}

/** The color at a place: that of the last area which has it in it. */
function colorAt(
  areas: { box: Box; color: Color }[],
  x: number,
  y: number,
): Color | undefined {
  return areas.findLast(({ box }) =>
    x >= box.left && x <= box.right && y >= box.top && y <= box.bottom
  )?.color;
}

/** The color that a partly transparent one shows on another. */
function blend(
  text: string,
  opacity: string | undefined,
  behind: Color | undefined,
): Color | undefined {
  const color = parseColor(text);
  const share = Number(opacity ?? 1);
  if (color === undefined || share === 1) return color;
  assert(behind !== undefined, `${text} with opacity ${opacity} is not on a color`);
  return color.map((value, i) => share * value + (1 - share) * behind[i]!) as unknown as Color;
}
