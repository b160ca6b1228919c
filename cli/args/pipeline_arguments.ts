/**
 * Parses the command line of a command that takes a pipeline.
 *
 * @module
 */
import { basename } from "node:path";
import type { OptionTable, OptionValues } from "./option.ts";
import { readOptions, splitOption } from "./read_options.ts";
import { UsageError } from "./usage_error.ts";

/** Where the pipeline comes from: a file (`-` is standard input), or words as for gst-launch-1.0. */
export type Source = { file: string } | { words: string[] };

/** A camera by its name, and the address or the pipeline file of it. */
export type CameraWord = { name: string } & ({ address: string } | { file: string });

/** A `--name=value` that sets a placeholder of the pipeline file. */
export interface PlaceholderFlag {
  name: string;
  /** Undefined if there is no `=`. */
  value: string | undefined;
}

/** What names a pipeline on a command line. */
export interface PipelineArguments {
  /** Undefined if the command line names no pipeline. */
  source: Source | undefined;
  /** The flags for the placeholders of the file. */
  flags: PlaceholderFlag[];
}

/**
 * Parses a command line: the options of a table, and a pipeline. Other options than those of the table, and all after `--`,
 * are for the placeholders of the file.
 *
 * @param takesCameras Whether several files, and words such as `yard=rtsp://HOST/PATH`, are cameras.
 * @param table The options of the command, `--file` among them.
 * @throws {UsageError} If an option lacks its value or does not take the one that it has, or an argument is out of place.
 */
export function readPipelineArguments<T extends OptionTable>(
  args: readonly string[],
  table: T,
  takesCameras = false,
): PipelineArguments & { cameras: CameraWord[]; values: OptionValues<T> } {
  const end = args.indexOf("--");
  const before = end < 0 ? args : args.slice(0, end);
  const after = end < 0 ? [] : args.slice(end + 1);
  const isFlag = (arg: string) =>
    arg.startsWith("--") && !Object.hasOwn(table, splitOption(arg).name);
  const options = before.filter((arg) => !isFlag(arg));
  for (const arg of options) checkSwitch(arg, table);
  const { values, words } = readOptions(options, table);
  const { file } = values as { file?: string };
  const flags = before.filter(isFlag).map(splitOption);
  const cameras = takesCameras && file === undefined ? readCameras(words) : [];
  if (cameras.length > 0) return { values, source: undefined, flags, cameras };
  return { values, cameras, ...sourceAndFlags(file, words, flags, after) };
}

function checkSwitch(arg: string, table: OptionTable): void {
  const { name, value } = splitOption(arg);
  if (!arg.startsWith("--") || value === undefined) return;
  if (table[name]!.placeholder === undefined) {
    throw new UsageError(
      `--${name} takes no value. To set a placeholder of the file, put it after --: -- ${arg}`,
    );
  }
}

/** Distinguishes a file and its flags from the words of a pipeline. */
function sourceAndFlags(
  file: string | undefined,
  words: string[],
  flags: PlaceholderFlag[],
  after: string[],
): PipelineArguments {
  const [first, second] = words;
  if (file === undefined && (first === undefined || !isFile(first))) {
    const all = [...words, ...after];
    return { source: all.length > 0 ? { words: all } : undefined, flags };
  }
  const extra = file === undefined ? second : first;
  if (extra !== undefined) throw unexpected(extra);
  for (const arg of after) {
    if (!arg.startsWith("--")) throw unexpected(arg);
  }
  return { source: { file: file ?? first! }, flags: [...flags, ...after.map(splitOption)] };
}

/** A name, and the address of a camera. */
const CAMERA = /^([^=\s!]+)=((?:rtsps?|v4l2|test):.*)$/is;

/**
 * Returns the cameras that words name; none if they are a pipeline.
 *
 * @throws {UsageError} If two have the same name.
 */
function readCameras(words: readonly string[]): CameraWord[] {
  const cameras = words.map((word): CameraWord | undefined => {
    const [, name, address] = CAMERA.exec(word) ?? [];
    if (name !== undefined) return { name, address: address! };
    return word.endsWith(".gstp") ? { name: basename(word, ".gstp"), file: word } : undefined;
  });
  const known = cameras.filter((camera) => camera !== undefined);
  const isPipeline = known.length < words.length || (known.length === 1 && "file" in known[0]!);
  if (isPipeline) return [];
  const names = known.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return known;
  throw new UsageError(`Two cameras are named "${twice}": give one another name, as NAME=ADDRESS`);
}

function isFile(word: string): boolean {
  return word === "-" || word.endsWith(".gstp");
}

function unexpected(arg: string): UsageError {
  return new UsageError(
    `Unexpected argument "${arg}": a file is followed by values for its placeholders, as --NAME=VALUE`,
  );
}
