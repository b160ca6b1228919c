/**
 * Draws a terminal as an SVG.
 *
 * @module
 */
import xterm from "npm:@xterm/headless@6.0.0";
import { escapeXml } from "./lib/xml.ts";

/** The lines of a terminal, including its prompts. */
export type Screen = string[];

const FONT_SIZE = 13;
const CHAR_WIDTH = 7.8;
const LINE_HEIGHT = 18;
const PADDING = 16;
const BAR_HEIGHT = 30;
/** The window has a color of its own and a border, so that it stands out on light and dark pages. */
const COLORS = { window: "#161b22", border: "#444c56", text: "#d0d7de", prompt: "#7ee787" };
const BUTTONS = ["#ff5f57", "#febc2e", "#28c840"];
const FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** Returns the lines of a terminal after a program has written `output` to it. */
export async function screenOf(output: string, columns: number): Promise<Screen> {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows: 50,
    scrollback: 1000,
    allowProposedApi: true,
  });
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const { active: buffer } = terminal.buffer;
  const lines = Array.from(
    { length: buffer.length },
    (_, y) => buffer.getLine(y)!.translateToString(true),
  );
  terminal.dispose();
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}

/** Draws a screen; a line that begins with `$ ` is a command. */
export function terminalSvg(title: string, screen: Screen): string {
  const columns = Math.max(...screen.map(({ length }) => length));
  const width = Math.ceil(Math.max(columns, 80) * CHAR_WIDTH) + 2 * PADDING;
  const height = BAR_HEIGHT + screen.length * LINE_HEIGHT + PADDING;
  const buttons = BUTTONS.map((color, i) =>
    `<circle cx="${PADDING + 5 + i * 18}" cy="17" r="5" fill="${color}" />`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}"`,
    `  height="${height}" font-family="${FONTS}" font-size="${FONT_SIZE}" fill="${COLORS.text}">`,
    `  <title>${escapeXml(title)}</title>`,
    `  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"`,
    `    fill="${COLORS.window}" stroke="${COLORS.border}" />`,
    ...buttons.map((button) => `  ${button}`),
    ...screen.flatMap((line, i) => line === "" ? [] : [`  ${textElement(line, i)}`]),
    "</svg>",
    "",
  ].join("\n");
}

/** Draws a line. Its length is set, so that a font with wider letters stays within the window. */
function textElement(line: string, row: number): string {
  const y = BAR_HEIGHT + (row + 1) * LINE_HEIGHT - 5;
  const indent = line.search(/\S/);
  const text = line.slice(indent);
  const x = +(PADDING + indent * CHAR_WIDTH).toFixed(1);
  const length = +(text.length * CHAR_WIDTH).toFixed(1);
  const color = line.startsWith("$ ") ? ` fill="${COLORS.prompt}"` : "";
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"` +
    `${color} xml:space="preserve">${escapeXml(text)}</text>`;
}
