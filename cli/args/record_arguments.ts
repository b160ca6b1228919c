/**
 * Parses the command line of `gstp record`.
 *
 * @module
 */
import type { RetentionOptions } from "../../mod.ts";
import { type Address, isLoopback } from "./address.ts";
import { isEnvReadable, readEnv } from "./env.ts";
import type { OptionValues } from "./option.ts";
import { MAX_WINDOW_SEC, RECORD_OPTIONS } from "./options.ts";
import {
  type CameraWord,
  type PipelineArguments,
  readPipelineArguments,
} from "./pipeline_arguments.ts";
import { type PlaybackArguments, playbackArguments } from "./run_arguments.ts";
import { checkSeconds } from "./units.ts";
import { UsageError } from "./usage_error.ts";

/** The environment variable with the token. */
const TOKEN_VARIABLE = "GSTP_TOKEN";
/** A shorter token could be guessed. */
const MIN_TOKEN_LENGTH = 16;

/** How long triggers may make a clip where there is a server, in seconds, unless it is given. */
const MAX_CLIP_SEC = 600;
/** The calls by HTTP that are accepted a minute, unless it is given. */
const MAX_CALLS = 60;

/** The age from which a clip can be removed because of the number or the size of all clips, unless it is given. */
const MIN_AGE_SEC = 600;

/** What a folder of clips may hold; `Infinity` is no limit. */
export type ClipLimits = Required<
  Pick<RetentionOptions, "maxFiles" | "maxBytes" | "maxAgeSec" | "minAgeSec">
>;

/** A command line of `gstp record`. */
export interface RecordArguments {
  /** The pipeline, and how to run it. */
  run: PlaybackArguments & PipelineArguments;
  /** The cameras in place of the pipeline; none if there is one. */
  cameras: CameraWord[];
  /** The names of the tees; none for each tee that has a name. */
  tees: string[];
  windowSec: number;
  /** The seconds before a trigger that asks for no others. */
  beforeSec: number;
  /** The seconds after such a trigger. */
  afterSec: number;
  /** How long triggers may make a clip. */
  maxClipSec: number;
  /** The folder for the clips. */
  folder: string;
  /** The extension of the clips, with its dot; undefined for the first that takes the streams. */
  extension: string | undefined;
  isEncoded: boolean;
  /** Whether the sound of cameras with an address is recorded. */
  sound: boolean;
  copyFrames: boolean;
  /** The seconds by which one of several tees may fall behind the others. */
  trackTimeoutSec: number;
  maxRingBytes: number;
  /** Whether the group may read the clips. */
  isForGroup: boolean;
  /** Whether other users may write to the folder. */
  isShared: boolean;
  /** Undefined for no limits. */
  limits: ClipLimits | undefined;
  /** Whether what a killed run left becomes clips. */
  recovers: boolean;
  /** Undefined for no server. */
  listen: Address | undefined;
  token: string | undefined;
  /** The calls by HTTP that are accepted a minute. */
  maxCalls: number;
  isJson: boolean;
  /** The seconds between two lines of JSON with the status; undefined for none. */
  statusSec: number | undefined;
}

/**
 * Parses a command line.
 *
 * @throws {UsageError} If it is wrong.
 */
export function readRecordArguments(args: readonly string[]): RecordArguments {
  const { values, source, flags, cameras } = readPipelineArguments(args, RECORD_OPTIONS, true);
  const { window: windowSec = 5, listen } = values;
  const { before: beforeSec = windowSec, after: afterSec = windowSec } = values;
  const clipSec = beforeSec + afterSec;
  // whoever may call by HTTP could make a clip of any length
  const longestSec = listen === undefined ? Infinity : Math.max(MAX_CLIP_SEC, clipSec);
  const maxClipSec = values["max-clip"] ?? longestSec;
  checkSeconds("before", beforeSec, 0, windowSec);
  if (values["max-clip"] !== undefined) {
    checkSeconds("max-clip", maxClipSec, clipSec, MAX_WINDOW_SEC);
  }
  return {
    run: { ...playbackArguments(values), source, flags },
    cameras,
    tees: [...new Set(values.tee)],
    windowSec,
    beforeSec,
    afterSec,
    maxClipSec,
    folder: values.out ?? "clips",
    extension: values.container,
    isEncoded: values.encoded,
    sound: values.sound,
    copyFrames: values["copy-frames"],
    trackTimeoutSec: values["track-timeout"] ?? 1,
    maxRingBytes: values["max-ring-bytes"] ?? Infinity,
    limits: readLimits(values, clipSec),
    recovers: !values["no-recover"],
    isForGroup: values.group,
    isShared: values["shared-folder"],
    listen,
    token: readToken(values.token, listen),
    maxCalls: values["max-calls"] ?? MAX_CALLS,
    isJson: values.json,
    statusSec: values.status,
  };
}

/** The limits of the folder; an age below the length of a clip is a mistake that would cost all of them. */
function readLimits(
  values: OptionValues<typeof RECORD_OPTIONS>,
  clipSec: number,
): ClipLimits | undefined {
  const { "max-files": maxFiles, "max-bytes": maxBytes, "max-age": maxAgeSec } = values;
  const minAgeSec = values["min-age"] ?? Math.min(MIN_AGE_SEC, maxAgeSec ?? Infinity);
  if (maxFiles === undefined && maxBytes === undefined && maxAgeSec === undefined) {
    if (values["min-age"] === undefined) return undefined;
    throw new UsageError("--min-age needs --max-files, --max-bytes or --max-age");
  }
  if (maxAgeSec !== undefined && maxAgeSec < clipSec) {
    throw new UsageError(`--max-age=${maxAgeSec}s is shorter than a clip of ${clipSec} s`);
  }
  if (maxAgeSec !== undefined && maxAgeSec < minAgeSec) {
    throw new UsageError(`--max-age=${maxAgeSec}s is less than --min-age=${minAgeSec}s`);
  }
  return {
    maxFiles: maxFiles ?? Infinity,
    maxBytes: maxBytes ?? Infinity,
    maxAgeSec: maxAgeSec ?? Infinity,
    minAgeSec,
  };
}

/** The token that requests must carry; without one, the server must listen on the loopback interface. */
function readToken(given: string | undefined, listen: Address | undefined): string | undefined {
  if (listen === undefined) return undefined;
  if (given === undefined && !isEnvReadable(TOKEN_VARIABLE)) {
    throw new UsageError(
      `--listen needs to know whether ${TOKEN_VARIABLE} is set, and Deno does not permit to read it: ` +
        `run with --allow-env=${TOKEN_VARIABLE}, or give --token`,
    );
  }
  const token = given ?? (readEnv(TOKEN_VARIABLE) || undefined);
  if (token === undefined) {
    if (isLoopback(listen.hostname)) return undefined;
    throw new UsageError(
      `--listen=${listen.hostname} is open to other machines: it needs a token, ` +
        `by ${TOKEN_VARIABLE} in the environment or by --token`,
    );
  }
  if (token.length < MIN_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError(
      `The token must have at least ${MIN_TOKEN_LENGTH} characters, all of them ASCII without spaces`,
    );
  }
  return token;
}
