/**
 * Tells what of gstp works here.
 *
 * @module
 */
import { checkInstallation, type Feature, GstLoadError, type Installation } from "../../mod.ts";
import config from "../../deno.json" with { type: "json" };
import { UsageError } from "../args/usage_error.ts";
import { toJson } from "../terminal/json.ts";
import { readOptions } from "../args/options.ts";

/** What `gstp doctor --help` prints. */
export const help = `NAME
  gstp doctor - what works on this machine, and what to install for the rest

USAGE
  gstp doctor [--json]

DESCRIPTION
  Prints the versions of gstp, Deno and GStreamer, the libraries that are in
  use, and for each feature the elements that it takes: those that are there, or
  those that are missing, with the Debian package that has them.

OPTIONS
      --json  print JSON
  -h, --help  print this

EXIT STATUS
  0 raw video can be recorded, in one container at least; 1 it cannot, because
  something is missing that every recorder uses, or all encoders; 2 the command
  line is wrong.

EXAMPLES
  gstp doctor
  gstp doctor --json | jq '.features[] | select(.works | not) | .name'
`;

/** Runs `gstp doctor`. */
export function run(args: string[]): Promise<number> {
  const { on, words: [extra] } = readOptions(args, { switches: ["json"], settings: [] });
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}"`);
  const versions = { gstp: config.version, deno: Deno.version.deno };
  try {
    const installation = checkInstallation();
    console.log(on.has("json") ? toJson({ ...versions, ...installation }) : text(installation));
    return Promise.resolve(installation.canRecord ? 0 : 1);
  } catch (error) {
    if (!(error instanceof GstLoadError)) throw error;
    const { message } = error;
    if (on.has("json")) console.log(toJson({ ...versions, gstreamer: null, problem: message }));
    else console.log(`gstp ${versions.gstp}, Deno ${versions.deno}, no GStreamer\n\n${message}`);
    return Promise.resolve(1);
  }
}

function text({ gstreamer, libraries, features, canRecord }: Installation): string {
  const missing = features.filter(({ works }) => !works);
  return [
    `gstp ${config.version}, Deno ${Deno.version.deno}, GStreamer ${gstreamer}`,
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
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
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
