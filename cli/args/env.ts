/**
 * Environment variables.
 *
 * @module
 */

/** Returns an environment variable; one that Deno does not permit to read counts as unset, without a prompt. */
export function readEnv(name: string): string | undefined {
  return isEnvReadable(name) ? Deno.env.get(name) : undefined;
}

/** Returns whether Deno permits to read an environment variable. */
export function isEnvReadable(name: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
}
