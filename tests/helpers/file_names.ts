/**
 * Contents of folders.
 *
 * @module
 */

/** Returns the names of a folder's entries in order, without those of clip records. */
export function fileNames(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => !name.endsWith(".json")).sort();
}
