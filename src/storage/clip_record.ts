/**
 * Clip records: what is known of a clip, in a JSON file beside it.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { CLIP_EXTENSIONS, extensionOf } from "../media/containers.ts";
import { exists, removeSuffixFolder, suffixed, writeAll } from "./file_system.ts";

/** The number of calls that a record has, of the first and of the last ones. */
const MAX_CALLS = 10;
/** The version of the format of records. */
const VERSION = 1;
/** The suffix of a record's name. */
const RECORD_SUFFIX = ".json";
/** The suffix of a record that is being written. */
const NEW_SUFFIX = ".json.new";
/** A larger file beside a clip is not a record. */
const MAX_BYTES = 1 << 20;

/**
 * The state of a clip: it is being `recording`, it was `finished` by its recorder, it `failed` and what was written is a
 * `.part` file, or it was `recovered` from that.
 */
export type ClipRecordState = "recording" | "finished" | "failed" | "recovered";

/** The report of a clip in its record. Times are in seconds of the pipeline's running time. */
export interface RecordedReport {
  /** Start of the first frame. */
  start: number;
  /** End of the last frame. */
  end: number;
  /** `end - start`. */
  duration: number;
  /** Frames written. */
  frames: number;
  /** Frames missing between the first and the last. */
  dropped: number;
  /** The instants of the first and the last calls; those between them are left out if there are many. */
  calls: number[];
  /** The number of all calls. */
  callCount: number;
  /** The requested interval; its end is not included. */
  requested: { start: number; end: number };
  /** Why the clip is not complete; empty if it is. */
  shortfalls: string[];
}

/** What is known of a clip. */
export interface ClipRecord {
  /** The version of the format. A file without it is not a clip record. */
  gstp: number;
  /** The name of the clip, in the folder of the record. */
  clip: string;
  /** An identifier of the event, the same in the records of all its files. */
  eventId: string;
  /** The state of the clip. */
  state: ClipRecordState;
  /** When the record was created, as an ISO 8601 date in UTC. */
  createdAt: string;
  /** Wall clock of the first frame, as an ISO 8601 date in UTC; `null` until the clip is finished. */
  startedAt: string | null;
  /** Wall clock of the end of the last frame. */
  endedAt: string | null;
  /** The tees that were recorded. */
  tees: string[];
  /** The media types in the clip, such as `video/x-h264`, in the order of its tracks. */
  mediaTypes: string[];
  /** The size of the clip in bytes; `null` until it is finished. */
  bytes: number | null;
  /** The report of the clip; `null` until it is finished, and if it was recovered. */
  report: RecordedReport | null;
  /** Why the clip failed; `null` if it did not. */
  error: string | null;
}

/**
 * Returns the first and the last calls of a clip, so that what is kept of it does not grow with their number.
 *
 * @internal
 * @ignore
 */
export function firstAndLastCalls(calls: readonly number[]): number[] {
  if (calls.length <= 2 * MAX_CALLS) return [...calls];
  return [...calls.slice(0, MAX_CALLS), ...calls.slice(-MAX_CALLS)];
}

/** Returns a record of a clip that begins to be written. */
export function newClipRecord(
  path: string,
  { eventId, tees, mediaTypes }: Pick<ClipRecord, "eventId" | "tees" | "mediaTypes">,
): ClipRecord {
  return {
    gstp: VERSION,
    clip: basename(path),
    eventId,
    state: "recording",
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
    tees,
    mediaTypes,
    bytes: null,
    report: null,
    error: null,
  };
}

/** Returns the path of the record of a clip. */
export function recordPathOf(path: string): string {
  return suffixed(path, RECORD_SUFFIX);
}

/**
 * Reads the record of a clip; resolves with `null` if there is none. A JSON file that another program wrote is none.
 *
 * @throws {Error} If the file cannot be read.
 */
export async function readClipRecord(path: string): Promise<ClipRecord | null> {
  const recordPath = recordPathOf(path);
  try {
    const { isFile, size } = await Deno.lstat(recordPath);
    if (!isFile || size > MAX_BYTES) return null;
    const record: unknown = JSON.parse(await Deno.readTextFile(recordPath));
    return isClipRecord(record) && record.clip === basename(path) ? record : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function isClipRecord(value: unknown): value is ClipRecord {
  return typeof value === "object" && value !== null &&
    "gstp" in value && typeof value.gstp === "number" && "clip" in value && "state" in value;
}

/**
 * Creates the record of a clip, in place of one that was left by a clip that is gone.
 *
 * @throws {Deno.errors.AlreadyExists} If there is another file of its name.
 */
export async function createClipRecord(path: string, record: ClipRecord): Promise<void> {
  await removeClipRecord(path);
  const recordPath = recordPathOf(path);
  await Deno.mkdir(dirname(recordPath), { recursive: true });
  using file = await Deno.open(recordPath, { write: true, createNew: true });
  try {
    await writeAll(file, new TextEncoder().encode(textOf(record)));
  } catch (error) {
    await Deno.remove(recordPath).catch(() => {}); // such as on a full disk
    throw error;
  }
}

/**
 * Replaces the record of a clip in one step: whoever reads it gets the old one or the new one. Blocks, so that it works in a
 * process that is about to exit.
 */
export function replaceClipRecord(path: string, record: ClipRecord): void {
  const newPath = suffixed(path, NEW_SUFFIX);
  for (const file of [newPath, recordPathOf(path)]) {
    Deno.mkdirSync(dirname(file), { recursive: true });
  }
  if (exists(newPath)) Deno.removeSync(newPath); // left by a process that was killed here
  Deno.writeTextFileSync(newPath, textOf(record), { createNew: true });
  Deno.renameSync(newPath, recordPathOf(path));
  removeSuffixFolder(newPath, path);
}

/** Removes the record of a clip, if it has one. */
export async function removeClipRecord(path: string): Promise<void> {
  if (await readClipRecord(path) === null) return;
  const recordPath = recordPathOf(path);
  await Deno.remove(recordPath).catch(() => {});
  removeSuffixFolder(recordPath, path);
}

function textOf(record: ClipRecord): string {
  return JSON.stringify(record, null, 1) + "\n";
}

/** The names that `gstp record` gives: the time in UTC, and the tee. */
const RECORDED_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z_.+$/;

/**
 * Returns whether a clip, or the `.part` file that it would have become, was provably written by gstp: it has a name of
 * `gstp record`, or a clip record. No limit, list or recovery touches another file.
 */
export async function isOwnClip(path: string): Promise<boolean> {
  return hasOwnName(path) || await readRecordOfClip(path) !== null;
}

/** Returns whether a file has the name and the extension of a clip of `gstp record`. */
export function hasOwnName(path: string): boolean {
  return hasExtension(path) && RECORDED_NAME.test(basename(path));
}

/** Reads the record of a clip; resolves with `null` if there is none, or the file does not have the extension of a clip. */
export async function readRecordOfClip(path: string): Promise<ClipRecord | null> {
  return hasExtension(path) ? await readClipRecord(path) : null;
}

function hasExtension(path: string): boolean {
  return CLIP_EXTENSIONS.includes(extensionOf(path));
}
