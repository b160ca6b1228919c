/**
 * A stand-in for the part of `@std/path` that the project uses, for networks without JSR.
 *
 * @module
 */
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Returns the last part of a path, without `suffix`. */
export function basename(file: string, suffix = ""): string {
  return path.basename(file, suffix);
}

/** Returns a path without its last part. */
export function dirname(file: string): string {
  return path.dirname(file);
}

/** Returns the extension of a path with its dot, or an empty string. */
export function extname(file: string): string {
  return path.extname(file);
}

/** Joins parts into one normalized path. */
export function join(...paths: string[]): string {
  return path.join(...paths);
}

/** Returns the relative path from one path to another. */
export function relative(from: string, to: string): string {
  return path.relative(from, to);
}

/** Returns the path of a `file:` URL. */
export function fromFileUrl(url: string | URL): string {
  return fileURLToPath(url);
}

/** Returns the `file:` URL of an absolute path. */
export function toFileUrl(file: string): URL {
  if (!path.isAbsolute(file)) throw new TypeError(`Path must be absolute: received "${file}"`);
  return pathToFileURL(file);
}
