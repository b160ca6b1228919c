/**
 * A stand-in for the part of `@std/path` that the project uses, for networks without JSR.
 *
 * @module
 */
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The last part of a path, without `suffix`. */
export function basename(file: string, suffix = ""): string {
  return path.basename(file, suffix);
}

/** A path without its last part. */
export function dirname(file: string): string {
  return path.dirname(file);
}

/** The extension of a path, with its dot; empty when there is none. */
export function extname(file: string): string {
  return path.extname(file);
}

/** Whether a path starts at the root. */
export function isAbsolute(file: string): boolean {
  return path.isAbsolute(file);
}

/** Joins parts into one normal path. */
export function join(...paths: string[]): string {
  return path.join(...paths);
}

/** The path that leads from one path to another. */
export function relative(from: string, to: string): string {
  return path.relative(from, to);
}

/** Resolves parts, from right to left, into one absolute path. */
export function resolve(...pathSegments: string[]): string {
  return path.resolve(...pathSegments);
}

/** The path of a `file:` URL. */
export function fromFileUrl(url: string | URL): string {
  return fileURLToPath(url);
}

/** The `file:` URL of an absolute path. */
export function toFileUrl(file: string): URL {
  if (!path.isAbsolute(file)) throw new TypeError(`Path must be absolute: received "${file}"`);
  return pathToFileURL(file);
}
