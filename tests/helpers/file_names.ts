/**
 * Contents of folders.
 *
 * @module
 */

/** Returns the names of a folder's entries in order. */
export function fileNames(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
