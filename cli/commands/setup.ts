/**
 * `gstp setup`: fetches all packages, so that gstp runs without a network.
 *
 * @module
 */
import { SETUP_OPTIONS } from "../args/options.ts";
import { readOptions } from "../args/read_options.ts";
import { UsageError } from "../args/usage_error.ts";
import { findPackage } from "../npm/installed_package.ts";
import { LAZY_MODULES, type LazyModule, loadLazyModule } from "../npm/lazy_modules.ts";
import { formatColumns, indent } from "../terminal/format.ts";
import { toJson } from "../terminal/json.ts";
import { print, printError } from "../terminal/print.ts";
import type { CommandHelp } from "./help.ts";

/** The prose of the help. */
export const help: CommandHelp = {
  usage: ["[--json]"],
  description: `
Fetches the packages from npm that some commands load when they first need
them, with their dependencies, loads them as a test, and prints where they are.
Afterwards gstp runs without a network. They are kept in Deno's cache
(DENO_DIR), which each user has: run this as the user who will run gstp, and
with the same DENO_DIR.

Packages that are there already are not fetched again.`,
  exitStatus: `
0 all packages are there; 1 one could not be fetched or loaded; 2 the command
line is wrong.`,
  examples: [
    "gstp setup",
    "sudo -u gstp DENO_DIR=/var/lib/gstp/deno gstp setup",
  ],
};

/** Fetches the packages, and prints where they are. */
export async function run(args: string[]): Promise<number> {
  const { values, words: [extra] } = readOptions(args, SETUP_OPTIONS);
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}"`);
  const modules: LazyModule[] = Object.values(LAZY_MODULES);
  try {
    for (const module of modules) await loadLazyModule(module);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    printError(
      `error: ${
        (error as Error).message
      }\nCheck that npm can be reached, and run this again. Where the network has certificates of its own, set DENO_TLS_CA_STORE=system.`,
    );
    return 1;
  }
  const found = modules.map(({ neededBy, packages }) => ({
    neededBy,
    packages: packages.map(findPackage),
  }));
  print(values.json ? toJson({ fetched: found }) : text(found));
  return 0;
}

function text(found: { neededBy: string; packages: ReturnType<typeof findPackage>[] }[]): string {
  return [
    ...found.flatMap(({ neededBy, packages }) => [
      `for ${neededBy}:`,
      ...indent(
        2,
        formatColumns(packages.map(({ name, version, path }) => [`${name} ${version}`, path])),
      ),
    ]),
    "",
    "gstp needs no network now.",
  ].join("\n");
}
