/**
 * The options of all commands but those of `gstp verify`.
 *
 * @module
 */
import type { State } from "../../mod.ts";
import { readAddress } from "./address.ts";
import { inSection, type OptionTable } from "./option.ts";
import {
  bytesFrom,
  oneOf,
  readContainer,
  readCount,
  readPictureName,
  readText,
  readTime,
  readTimeout,
  secondsFrom,
} from "./units.ts";

/** A day: the longest window. */
export const MAX_WINDOW_SEC = 86_400;
/** The states that a pipeline can be drawn in. */
const STATES = ["null", "ready", "paused", "playing"] as const satisfies State[];

/** The option of all commands that prints their help. */
export const help = { letter: "h", description: "print this help" };
const json = { description: "print JSON" };
const file = {
  placeholder: "FILE",
  read: readText,
  description: "the pipeline file; its name need not end in .gstp",
};

/** The options of all commands that play a pipeline. */
export const PLAYBACK_OPTIONS = {
  timeout: {
    placeholder: "SEC",
    read: readTimeout,
    description: "send EOS after SEC seconds of playing, and finish",
  },
  "dry-run": { description: "print the pipeline, and do not run it" },
  verbose: {
    letter: "v",
    description: "print negotiated caps and property changes, and the debug text of errors",
  },
  messages: { letter: "m", description: "print the messages of the pipeline's bus" },
  quiet: { letter: "q", description: "print errors only" },
  "eos-on-shutdown": {
    letter: "e",
    description: "accepted, as by gst-launch-1.0, and always on",
  },
} satisfies OptionTable;

const { timeout, "eos-on-shutdown": eosOnShutdown, ...printing } = PLAYBACK_OPTIONS;

/** The options of `gstp` without a command. */
export const RUN_OPTIONS = {
  file,
  timeout,
  ...printing,
  obs: {
    placeholder: "ELEMENT",
    read: readText,
    description: "pass the frames that leave an element to your own code:",
  },
  ext: {
    placeholder: "MODULE:EXPORT",
    read: readText,
    description: "the function that gets each frame, and",
  },
  proc: {
    placeholder: "MODULE:EXPORT",
    read: readText,
    description: "the function that gets its results",
  },
  "obs-fatal": { description: "stop at the first error of these functions, with exit status 1" },
  "eos-on-shutdown": eosOnShutdown,
  help,
  version: { description: "print the versions of gstp, Deno and GStreamer" },
} satisfies OptionTable;

/** The options of `gstp record`. */
export const RECORD_OPTIONS = {
  ...inSection("WHAT TO RECORD", {
    file,
    tee: {
      placeholder: "NAME",
      read: readText,
      isRepeatable: true,
      description: "the tee; may be repeated. Defaults to each tee that has a name. " +
        "--tee=VIDEO+SOUND records two tees into one file.",
    },
    window: {
      placeholder: "SEC",
      read: secondsFrom(0.001, MAX_WINDOW_SEC),
      description: "seconds that the ring buffer holds (default: 5)",
    },
    before: {
      placeholder: "SEC",
      read: secondsFrom(0, MAX_WINDOW_SEC),
      description: "seconds of a clip before its trigger, at most the window (the default)",
    },
    after: {
      placeholder: "SEC",
      read: secondsFrom(0, MAX_WINDOW_SEC),
      description: "seconds of a clip after its last trigger (default: the window)",
    },
    "max-clip": {
      placeholder: "SEC",
      read: secondsFrom(0, MAX_WINDOW_SEC),
      description:
        "the maximum length to which triggers extend a clip; beyond it, a trigger begins a " +
        "new clip with its full window, which overlaps the last one (default: 600 with --listen)",
    },
    encoded: { description: "encode raw, JPEG and MPEG video into the ring buffer" },
    sound: { description: "record the sound of cameras with an address, too" },
    "max-ring-bytes": {
      placeholder: "SIZE",
      read: bytesFrom(1, "1B"),
      description: "the maximum memory for the ring buffer of a tee, such as 500M",
    },
    "copy-frames": {
      description: "copy frames into the ring buffer, for a source that stalls because it has " +
        "few buffers, such as shmsrc",
    },
    "track-timeout": {
      placeholder: "SEC",
      read: secondsFrom(0, MAX_WINDOW_SEC),
      description: "with --tee=VIDEO+SOUND, seconds by which a tee may fall behind the other; " +
        "then the clip goes on without it, or with silence for sound (default: 1)",
    },
  }),
  ...inSection("CLIPS", {
    out: {
      placeholder: "FOLDER",
      read: readText,
      description: "the folder for the clips (default: clips)",
    },
    container: {
      placeholder: "NAME",
      read: readContainer,
      description: "mp4, webm, mkv, mov or ts. Defaults to the first of mp4, webm and mkv that " +
        "takes the streams; encoded video is not re-encoded.",
    },
    "max-files": {
      placeholder: "N",
      read: readCount,
      description: "remove the oldest clips beyond a number of clips,",
    },
    "max-bytes": {
      placeholder: "SIZE",
      read: bytesFrom(1e6, "1M"),
      description: "beyond a total size, such as 20G,",
    },
    "max-age": {
      placeholder: "TIME",
      read: readTime,
      description: "or beyond an age: 90s, 12h, 7d. All clips of the folder that gstp wrote " +
        "count; one that is being written is never removed, and no other file.",
    },
    "min-age": {
      placeholder: "TIME",
      read: readTime,
      description: "the age from which a clip can be removed because of the number or the size " +
        "(default: 10m)",
    },
    group: { description: "let the group read the clips, which are the user's alone otherwise" },
    "shared-folder": {
      description: "accept a folder that other users may write to: they can replace clips",
    },
    "no-recover": {
      description: "leave the .part files of a killed run alone",
    },
  }),
  ...inSection("SERVER", {
    listen: {
      placeholder: "[HOST:]PORT",
      read: readAddress,
      description: "serve a page and an API on 127.0.0.1, or on HOST; a HOST that other machines " +
        "reach requires a token",
    },
    token: {
      placeholder: "TOKEN",
      read: readText,
      description: "the token that requests must carry. GSTP_TOKEN in the environment does the " +
        "same, and other users cannot see it.",
    },
    "max-calls": {
      placeholder: "N",
      read: readCount,
      description: "the calls of POST /record that are accepted a minute (default: 60)",
    },
  }),
  ...inSection("RUNNING", {
    timeout,
    json: { description: "print each event as a line of JSON" },
    status: {
      placeholder: "SEC",
      read: secondsFrom(0.1, MAX_WINDOW_SEC),
      description: "with --json, also print the status every SEC seconds",
    },
    ...printing,
    "eos-on-shutdown": eosOnShutdown,
    help,
  }),
} satisfies OptionTable;

/** The options of `gstp graph`. */
export const GRAPH_OPTIONS = {
  file,
  out: {
    placeholder: "FILE",
    read: readPictureName,
    description:
      "the file to write: .svg, or .dot for Graphviz's DOT language; defaults to SVG on " +
      "standard output",
  },
  state: {
    placeholder: "STATE",
    read: oneOf(STATES),
    description: "null (the default), ready, paused or playing",
  },
  help,
} satisfies OptionTable;

/** The options of `gstp inspect`. */
export const INSPECT_OPTIONS = {
  search: {
    placeholder: "WORD",
    read: readText,
    description: "only elements that have WORD in their name, description or class, in upper or " +
      "lower case",
  },
  json,
  help,
} satisfies OptionTable;

/** The options of `gstp doctor`. */
export const DOCTOR_OPTIONS = { json, help } satisfies OptionTable;

/** The options of `gstp recover`. */
export const RECOVER_OPTIONS = { json, help } satisfies OptionTable;

/** The options of `gstp setup`. */
export const SETUP_OPTIONS = { json, help } satisfies OptionTable;

/** The options of `gstp completion`. */
export const COMPLETION_OPTIONS = {
  complete: { isHidden: true, description: "print what completes the last word after --" },
  help,
} satisfies OptionTable;
