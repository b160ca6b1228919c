/**
 * `gstp doctor`: lists what works on this machine.
 *
 * @module
 */
import {
  checkInstallation,
  type Feature,
  GstLoadError,
  GstVersionError,
  type Installation,
} from "../../mod.ts";
import { DOCTOR_OPTIONS } from "../args/options.ts";
import { readOptions } from "../args/read_options.ts";
import { UsageError } from "../args/usage_error.ts";
import { formatColumns, indent } from "../terminal/format.ts";
import { toJson } from "../terminal/json.ts";
import type { CommandHelp } from "./help.ts";
import { gstreamerVersion, VERSION } from "./version.ts";
import { print } from "../terminal/print.ts";

/** The prose of the help. */
export const help: CommandHelp = {
  usage: ["[--json]"],
  description: `
Prints the versions of gstp, Deno and GStreamer, the libraries in use, and for
each feature the elements that it uses, or those that are missing, with their
Debian packages.`,
  exitStatus: `
0 raw video can be recorded into at least one container; 1 it cannot, because
all encoders are missing, or an element that every recorder uses; 2 the command
line is wrong.`,
  examples: [
    "gstp doctor",
    "gstp doctor --json | jq '.features[] | select(.works | not) | .name'",
  ],
};

/** Prints what works. */
export function run(args: string[]): Promise<number> {
  const { values, words: [extra] } = readOptions(args, DOCTOR_OPTIONS);
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}"`);
  const versions = { gstp: VERSION, deno: Deno.version.deno };
  try {
    const installation = checkInstallation();
    print(values.json ? toJson({ ...versions, ...installation }) : text(installation));
    return Promise.resolve(installation.canRecord ? 0 : 1);
  } catch (error) {
    if (!(error instanceof GstLoadError || error instanceof GstVersionError)) throw error;
    const { message } = error;
    const gstreamer = gstreamerVersion();
    if (values.json) print(toJson({ ...versions, gstreamer, problem: message }));
    else print(`${heading(gstreamer)}\n\n${message}`);
    return Promise.resolve(1);
  }
}

/** The versions in a line; null for a GStreamer that is not there. */
function heading(gstreamer: string | null): string {
  const last = gstreamer === null ? "no GStreamer" : `GStreamer ${gstreamer}`;
  return `gstp ${VERSION}, Deno ${Deno.version.deno}, ${last}`;
}

function text({ gstreamer, libraries, features, canRecord }: Installation): string {
  const missing = features.filter(({ works }) => !works);
  return [
    heading(gstreamer),
    "",
    "libraries:",
    ...table(libraries.map(({ name, file }) => [name, file])),
    "",
    "what works:",
    ...table(
      features.filter(({ works }) => works).map((
        { name, elements },
      ) => [name, elements.join(", ")]),
    ),
    ...(missing.length === 0 ? [] : ["", "what is missing:", ...table(missing.map(missingRow))]),
    ...installLines(missing),
    ...(canRecord ? [] : ["", "Nothing can be recorded here."]),
  ].join("\n");
}

function table(rows: readonly (readonly [name: string, value: string])[]): string[] {
  return indent(2, formatColumns(rows));
}

function missingRow({ name, missing }: Feature): [string, string] {
  const list = missing.map(({ element, debianPackage }) =>
    debianPackage === null ? element : `${element} (${debianPackage})`
  );
  return [name, list.join(", ")];
}

function installLines(missing: readonly Feature[]): string[] {
  const packages = missing.flatMap(({ missing }) =>
    missing.flatMap(({ debianPackage }) => debianPackage ?? [])
  );
  if (packages.length === 0) return [];
  return ["", `On Debian: sudo apt-get install ${[...new Set(packages)].sort().join(" ")}`];
}
