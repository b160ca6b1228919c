/**
 * Tells what elements there are, and what an element is and takes.
 *
 * @module
 */
import {
  type ElementInfo,
  type ElementSummary,
  inspectElement,
  installedElements,
  type PadInfo,
  type PropertyInfo,
} from "../../mod.ts";
import { UsageError } from "../args/usage_error.ts";
import { toJson } from "../terminal/json.ts";
import { readOptions } from "../args/options.ts";

/** What `gstp inspect --help` prints. */
export const help = `NAME
  gstp inspect - what elements there are, and what they take

USAGE
  gstp inspect [--json] ELEMENT
  gstp inspect [--json] [--search=WORD]

DESCRIPTION
  Prints what an element is, the pads that it can have with the media they take
  or give, and its properties: value in a new element, type, what it takes, and
  whether a change takes effect while it plays. Without an element, it lists
  those that are installed.

OPTIONS
      --search=WORD  only elements that have WORD in their name, description or
                     class, in whatever case
      --json         print JSON
  -h, --help         print this

EXIT STATUS
  0 it is printed; 1 there is no such element, or none that fits; 2 the command
  line is wrong.

EXAMPLES
  gstp inspect x264enc
  gstp inspect --search=h264
  gstp inspect --json vp8enc | jq '.properties[].name'
`;

/** Runs `gstp inspect`. */
export function run(args: string[]): Promise<number> {
  const { on, values, words: [element, extra] } = readOptions(args, {
    switches: ["json"],
    settings: ["search"],
  });
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}"`);
  if (element !== undefined && values.search !== undefined) {
    throw new UsageError("An element or --search, not both");
  }
  if (element !== undefined) {
    const info = inspectElement(element);
    console.log(on.has("json") ? toJson(info) : elementText(info));
    return Promise.resolve(0);
  }
  const found = search(installedElements(), values.search ?? "");
  if (on.has("json")) console.log(toJson(found));
  else if (found.length > 0) console.log(listText(found));
  else console.error(`No element that is installed has "${values.search}" in its description`);
  return Promise.resolve(found.length > 0 ? 0 : 1);
}

function search(elements: ElementSummary[], word: string): ElementSummary[] {
  const wanted = word.toLowerCase();
  return elements.filter(({ name, longName, klass }) =>
    `${name}\n${longName}\n${klass}`.toLowerCase().includes(wanted)
  );
}

function listText(elements: readonly ElementSummary[]): string {
  const width = Math.max(...elements.map(({ name }) => name.length));
  return elements.map(({ name, longName }) => `${name.padEnd(width)}  ${longName}`).join("\n");
}

function elementText(info: ElementInfo): string {
  const { name, longName, description, klass, rank, debianPackage, pads, properties } = info;
  const from = debianPackage === null ? "" : `, in Debian's package ${debianPackage}`;
  return [
    `${name} - ${longName}`,
    ...indent(2, [
      description,
      `class: ${klass}`,
      `rank: ${rank}`,
      `plugin: ${info.plugin} ${info.pluginVersion}${from}`,
    ]),
    "",
    "pads:",
    ...indent(2, pads.flatMap(padLines)),
    "",
    "properties:",
    ...indent(2, properties.flatMap(propertyLines)),
  ].join("\n");
}

function indent(width: number, lines: readonly string[]): string[] {
  return lines.map((line) => " ".repeat(width) + line);
}

function padLines({ name, direction, presence, caps }: PadInfo): string[] {
  // types can be told from the values
  const alternatives = caps.replaceAll(/=\(\w+\)/g, "=").split(/; ?/);
  return [`${name} (${direction}, ${presence})`, ...indent(4, alternatives)];
}

function propertyLines(property: PropertyInfo): string[] {
  const { name, description, choices } = property;
  const width = Math.max(0, ...choices.map(({ nick }) => nick.length));
  return [
    `${name}${property.readable ? `=${valueText(property.default)}` : ""}`,
    ...indent(4, [
      description,
      [...traits(property), typeText(property)].join("; "),
      ...choices.map(({ nick, description }) => `  ${nick.padEnd(width)}  ${description}`),
    ]),
  ];
}

/** A property's value as a pipeline's text has it. */
function valueText(value: PropertyInfo["default"]): string {
  if (value === null) return "(none)";
  if (typeof value === "number") return numberText(value);
  return value === "" || /\s/.test(String(value)) ? `"${value}"` : String(value);
}

/** A 32-bit float without the digits that come of reading it as a 64-bit one. */
function numberText(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(7)));
}

/** What GStreamer's types of numbers and text are called by those who do not write C. */
const TYPES: Record<string, string> = {
  gboolean: "boolean",
  gchararray: "text",
  gdouble: "number",
  gfloat: "number",
  gint: "integer",
  gint64: "integer",
  glong: "integer",
  guint: "integer",
  guint64: "integer",
  gulong: "integer",
  GstFraction: "fraction",
};

function typeText({ type, min, max, choices, combinable }: PropertyInfo): string {
  const range = min === null ? "" : `, ${valueText(min)} to ${valueText(max)}`;
  const list = choices.length === 0 ? "" : combinable ? ", any of, joined by +:" : ", one of:";
  return `${TYPES[type] ?? type}${range}${list}`;
}

function traits(property: PropertyInfo): string[] {
  const { readable, writable, constructOnly, changeableIn, controllable, deprecated } = property;
  return [
    !writable ? "cannot be written" : constructOnly ? "fixed once it is made" : "",
    readable ? "" : "cannot be read",
    changeableIn === null ? "" : `can change while ${changeableIn}`,
    controllable ? "controllable" : "",
    deprecated ? "deprecated" : "",
  ].filter((text) => text !== "");
}
