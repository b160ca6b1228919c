/**
 * Plots as SVG.
 *
 * @module
 */
import { escapeXml } from "../scripts/lib/xml.ts";
import type { Figure } from "./statistics.ts";

/** A curve. */
export interface Curve {
  name: string;
  points: { x: number; y: Figure }[];
}

/** What to draw. */
export interface Plot {
  title: string;
  xLabel: string;
  yLabel: string;
  curves: Curve[];
}

const WIDTH = 790;
const HEIGHT = 400;
const LEFT = 64;
const RIGHT = 600;
const TOP = 48;
const BOTTOM = 348;
const COLORS = ["#5f6a6b", "#1f6fa8", "#c0392b", "#9c5f00"];

/** Formats a coordinate. */
function at(value: number): string {
  return value.toFixed(1);
}

/** Returns the powers of ten that enclose values above 0. */
function decades(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
}

/** Draws curves with their spread: sizes from left to right, costs on a logarithmic scale. */
export function plotText({ title, xLabel, yLabel, curves }: Plot): string {
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(({ x }) => x)))];
  const ticks = decades(curves.flatMap(({ points }) => points.flatMap(({ y }) => [y.low, y.high])));
  const [bottom, top] = [Math.log10(ticks[0]!), Math.log10(ticks.at(-1)!)];
  const xAt = (x: number) => at(LEFT + 10 + (x / Math.max(...xs)) * (RIGHT - LEFT - 20));
  const yAt = (y: number) =>
    at(BOTTOM - ((Math.log10(y) - bottom) / (top - bottom)) * (BOTTOM - TOP));

  const grid = ticks.map((tick) =>
    `<path d="M${LEFT} ${yAt(tick)} H${RIGHT}" stroke="#ddd" class="grid" />` +
    `<text x="${LEFT - 8}" y="${yAt(tick)}" text-anchor="end" dy="4">${tick}</text>`
  );
  const axis = xs.map((x) =>
    `<text x="${xAt(x)}" y="${BOTTOM + 18}" text-anchor="middle">${x}</text>`
  );
  const lines = curves.map(({ name, points }, i) => {
    const color = COLORS[i % COLORS.length]!;
    const path = points.map(({ x, y }) => `${xAt(x)} ${yAt(y.median)}`).join(" L");
    const spread = points.map(({ x, y }) => `M${xAt(x)} ${yAt(y.low)} V${yAt(y.high)}`).join(" ");
    return `<g stroke="${color}" fill="none" stroke-width="2">` +
      `<path d="M${path}" /><path d="${spread}" stroke-width="5" /></g>` +
      `<text x="${RIGHT + 8}" y="${TOP + 20 * i}" fill="${color}">${escapeXml(name)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="13" fill="#333">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff" />`,
    `<text x="${LEFT}" y="24">${escapeXml(yLabel)}</text>`,
    ...grid,
    ...axis,
    `<text x="${RIGHT}" y="${BOTTOM + 38}" text-anchor="end">${escapeXml(xLabel)}</text>`,
    ...lines,
    "</svg>\n",
  ].join("\n");
}
