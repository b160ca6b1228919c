/**
 * Where Deno keeps a package from npm, and which version of it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A package as Deno keeps it. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder. */
  readonly path: string;
}

/**
 * Finds a package that was loaded.
 *
 * @param specifier How it is imported, such as `npm:hono@^4`.
 * @throws {Deno.errors.NotFound} If it is not installed.
 */
export function findPackage(specifier: string): InstalledPackage {
  let path = dirname(fileURLToPath(import.meta.resolve(specifier)));
  for (;; path = dirname(path)) {
    try {
      // a folder of a package may have a package.json without these, which states the kind of its modules
      const { name, version } = JSON.parse(Deno.readTextFileSync(join(path, "package.json")));
      if (name !== undefined && version !== undefined) return { name, version, path };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || dirname(path) === path) throw error;
    }
  }
}
