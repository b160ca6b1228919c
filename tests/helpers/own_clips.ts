/**
 * Clip records for files that a test makes by hand.
 *
 * @module
 */
import { newClipRecord, replaceClipRecord } from "../../src/storage/clip_record.ts";
import { PART_SUFFIX } from "../../src/storage/part_file.ts";
import { fileNames } from "./file_names.ts";

/** Writes the record of a clip, as its recorder does. */
export function writeRecord(path: string, mediaTypes = ["video/x-raw"]): void {
  replaceClipRecord(path, newClipRecord(path, { tees: ["t"], mediaTypes }));
}

/** Writes the record of each clip in a folder that is, or was, being written. */
export function recordParts(folder: string): void {
  for (const name of fileNames(folder)) {
    if (name === PART_SUFFIX) recordLong(folder);
    else if (name.endsWith(PART_SUFFIX)) {
      writeRecord(`${folder}/${name.slice(0, -PART_SUFFIX.length)}`);
    }
  }
}

function recordLong(folder: string): void {
  for (const name of fileNames(`${folder}/${PART_SUFFIX}`)) writeRecord(`${folder}/${name}`);
}
