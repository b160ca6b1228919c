/**
 * `gstp inspect`: lists the installed elements, or describes one.
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
import { INSPECT_OPTIONS } from "../args/options.ts";
import { readOptions } from "../args/read_options.ts";
import { UsageError } from "../args/usage_error.ts";
import { formatColumns, indent } from "../terminal/format.ts";
import { toJson } from "../terminal/json.ts";
import type { CommandHelp } from "./help.ts";
import { print, printError } from "../terminal/print.ts";

/** The prose of the help. */
export const help: CommandHelp = {
  usage: ["[--json] ELEMENT", "[--json] [--search=WORD]"],
  description: `
Prints what an element is, the pads that it can have with their caps, and its
properties: the default value, type and range, and whether a change takes effect
while the element plays. Without an element, lists those that are installed.`,
  exitStatus: `
0 an element or a list is printed; 1 there is no such element, or none with
WORD; 2 the command line is wrong.`,
  examples: [
    "gstp inspect x264enc",
    "gstp inspect --search=h264",
    "gstp inspect --json vp8enc | jq '.properties[].name'",
  ],
};

/** Prints an element, or a list of elements. */
export function run(args: string[]): Promise<number> {
  const { values, words: [element, extra] } = readOptions(args, INSPECT_OPTIONS);
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}"`);
  if (element !== undefined && values.search !== undefined) {
    throw new UsageError("Give an element or --search, not both");
  }
  if (element !== undefined) {
    const info = inspectElement(element);
    print(values.json ? toJson(info) : elementText(info));
    return Promise.resolve(0);
  }
  const found = search(installedElements(), values.search ?? "");
  if (values.json) print(toJson(found));
  else if (found.length > 0) print(listText(found));
  else printError(`No installed element has "${values.search}" in its description`);
  return Promise.resolve(found.length > 0 ? 0 : 1);
}

function search(elements: ElementSummary[], word: string): ElementSummary[] {
  const wanted = word.toLowerCase();
  return elements.filter(({ name, longName, klass }) =>
    `${name}\n${longName}\n${klass}`.toLowerCase().includes(wanted)
  );
}

function listText(elements: readonly ElementSummary[]): string {
  return formatColumns(elements.map(({ name, longName }) => [name, longName])).join("\n");
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

function padLines({ name, direction, presence, caps }: PadInfo): string[] {
  // the values show their types
  const alternatives = caps.replaceAll(/=\(\w+\)/g, "=").split(/; ?/);
  return [`${name} (${direction}, ${presence})`, ...indent(4, alternatives)];
}

function propertyLines(property: PropertyInfo): string[] {
  const { name, description, choices } = property;
  const choiceRows = choices.map(({ nick, description }) => [nick, description] as const);
  return [
    `${name}${property.readable ? `=${valueText(property.default)}` : ""}`,
    ...indent(4, [
      description,
      [...traits(property), typeText(property)].join("; "),
      ...indent(2, formatColumns(choiceRows)),
    ]),
  ];
}

/** Formats a property's value as in pipeline text. */
function valueText(value: PropertyInfo["default"]): string {
  if (value === null) return "(none)";
  if (typeof value === "number") return numberText(value);
  return value === "" || /\s/.test(String(value)) ? `"${value}"` : String(value);
}

/** Formats a number without the digits that a 32-bit float gets as a 64-bit one. */
function numberText(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(7)));
}

/** Names of GLib's types for those who do not write C. */
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
    !writable ? "cannot be written" : constructOnly ? "fixed once the element exists" : "",
    readable ? "" : "cannot be read",
    changeableIn === null ? "" : `can change while ${changeableIn}`,
    controllable ? "controllable" : "",
    deprecated ? "deprecated" : "",
  ].filter((text) => text !== "");
}
