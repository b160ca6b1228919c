/**
 * How the command is called here.
 *
 * @module
 */

/** How a process was started. */
export interface ProcessStart {
  /** The URL of the main module. */
  mainModule: string;
  /** The working directory. */
  cwd: string;
  /** The words of its command line without the program's arguments; empty if they are unknown. */
  words: readonly string[];
}

let command: string | undefined;

/**
 * Returns the words with which the user calls the command, such as `gstp` or `deno run -A cli.ts`, for hints. In other programs
 * than the command, it is `gstp`.
 */
export function commandLine(): string {
  return command ??= Deno.build.standalone
    ? "gstp"
    : commandOf({ mainModule: Deno.mainModule, cwd: currentFolder(), words: readWords() });
}

/**
 * Sets the words with which the user calls the command: a process that works for another one has a main module of its own.
 *
 * @internal
 * @ignore
 */
export function setCommandLine(words: string): void {
  command = words;
}

/** Returns the words that call the command, by how the process was started. */
export function commandOf({ mainModule, cwd, words }: ProcessStart): string {
  if (!/\/cli(?:\.ts)?$/.test(mainModule)) return "gstp";
  const typed = words.at(-1);
  // the script that `deno install` writes has a URL and a configuration of its own
  if (typed !== undefined) {
    const isInstalled = typed.startsWith("file:") || words.includes("--no-config");
    return isInstalled ? "gstp" : `deno run -A ${quote(typed)}`;
  }
  const folder = `file://${cwd.replace(/\/?$/, "/")}`;
  return mainModule.startsWith(folder)
    ? `deno run -A ${quote(mainModule.slice(folder.length))}`
    : "gstp";
}

/** Quotes a word for the shell if it needs that. */
function quote(word: string): string {
  return /^[\w./:@+~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function currentFolder(): string {
  try {
    return Deno.cwd();
  } catch {
    return "/"; // it has been removed
  }
}

/** The words before the program's arguments. Deno lets only programs with all permissions (`-A`) read them, on Linux. */
function readWords(): string[] {
  const path = "/proc/self/cmdline";
  const mayRead = Deno.permissions.querySync({ name: "read", path }).state === "granted";
  if (Deno.build.os !== "linux" || !mayRead) return [];
  try {
    const all = Deno.readTextFileSync(path).split("\0").slice(0, -1);
    return all.slice(0, all.length - Deno.args.length);
  } catch {
    return [];
  }
}
