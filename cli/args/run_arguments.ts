/**
 * Parses the command line of running a pipeline.
 *
 * @module
 */
import type { OptionValues } from "./option.ts";
import { type PLAYBACK_OPTIONS, RUN_OPTIONS } from "./options.ts";
import { type PipelineArguments, readPipelineArguments } from "./pipeline_arguments.ts";
import { UsageError } from "./usage_error.ts";

/** How a command plays a pipeline. */
export interface PlaybackArguments {
  dryRun: boolean;
  verbose: boolean;
  quiet: boolean;
  messages: boolean;
  timeoutSec: number | undefined;
}

/** The element to observe, and the code that does. */
export interface ObserveArguments {
  /** `--obs`, an element. */
  obs: string;
  /** `--ext`, as `MODULE:EXPORT`. */
  ext: string;
  /** `--proc`, as `MODULE:EXPORT`. */
  proc: string;
  /** `--obs-fatal`. */
  isFatal: boolean;
}

/** A command line of running a pipeline. */
export interface RunArguments extends PlaybackArguments, PipelineArguments {
  help: boolean;
  version: boolean;
  /** Undefined if there is nothing to observe. */
  observe: ObserveArguments | undefined;
}

/**
 * Parses a command line.
 *
 * @throws {UsageError} If it is wrong.
 */
export function readRunArguments(args: readonly string[]): RunArguments {
  const { values, source, flags } = readPipelineArguments(args, RUN_OPTIONS);
  return {
    help: values.help,
    version: values.version,
    ...playbackArguments(values),
    observe: readObserve(values),
    source,
    flags,
  };
}

/** Returns what the options of playback amount to. */
export function playbackArguments(
  values: OptionValues<typeof PLAYBACK_OPTIONS>,
): PlaybackArguments {
  return {
    dryRun: values["dry-run"],
    verbose: values.verbose,
    quiet: values.quiet,
    messages: values.messages,
    timeoutSec: values.timeout,
  };
}

/** What to observe: three options that need each other. */
function readObserve(values: OptionValues<typeof RUN_OPTIONS>): ObserveArguments | undefined {
  const { obs, ext, proc, "obs-fatal": isFatal } = values;
  if (obs === undefined && ext === undefined && proc === undefined && !isFatal) return undefined;
  if (obs !== undefined && ext !== undefined && proc !== undefined) {
    return { obs, ext, proc, isFatal };
  }
  throw new UsageError(
    "Observing an element takes all of --obs=ELEMENT --ext=MODULE:EXPORT --proc=MODULE:EXPORT. " +
      "To set a placeholder of the file, put it after --: -- --obs=VALUE",
  );
}
