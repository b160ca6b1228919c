/**
 * Environment variables.
 *
 * @module
 */

/** Returns an environment variable; one that Deno does not permit to read counts as unset, without a prompt. */
export function readEnv(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}
