/**
 * Loads a function of the user's modules.
 *
 * @module
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../args/usage_error.ts";

/** The start of a module's name that is a URL, not a path. */
const URL_SCHEME = /^[a-z][\w+.-]+:/i;

/**
 * Loads a function.
 *
 * @param option The option that names it.
 * @param spec `MODULE:EXPORT`.
 * @throws {UsageError} If the module cannot be loaded, or has no such function.
 */
export async function loadFunction<F>(option: string, spec: string): Promise<F> {
  const colon = spec.lastIndexOf(":");
  const [module, name] = [spec.slice(0, colon), spec.slice(colon + 1)];
  if (colon < 1 || !/^[\p{L}_$][\p{L}\d_$]*$/u.test(name)) {
    throw new UsageError(
      `--${option} takes MODULE:EXPORT, such as faces.ts:extract, not "${spec}"`,
    );
  }
  const url = URL_SCHEME.test(module) ? module : pathToFileURL(resolve(module)).href;
  const loaded: Record<string, unknown> = await import(url).catch((error) => {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`--${option}: cannot load ${module}: ${reasonOf(error)}`);
  });
  if (!Object.hasOwn(loaded, name)) {
    const names = Object.keys(loaded).join(", ") || "nothing";
    throw new UsageError(`--${option}: ${module} does not export ${name}; it exports ${names}`);
  }
  if (typeof loaded[name] === "function") return loaded[name] as F;
  throw new UsageError(
    `--${option}: ${name} of ${module} must be a function, and is ${kindOf(loaded[name])}`,
  );
}

/** Why a module could not be loaded; for an error of the module's own code, with the place. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return Deno.inspect(error);
  const place = /^ +at .*(file:.+:\d+:\d+)\)?$/m.exec(error.stack ?? "")?.[1];
  const hasPlace = place === undefined || error.message.includes("file:");
  return hasPlace ? error.message : `${error.message} (at ${place})`;
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
