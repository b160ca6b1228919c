/**
 * The permission sets of deno.json.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };

/** The permissions of a set by kind: all of the kind, or those in a list. */
export type PermissionSet = Record<string, true | string[]>;

/** The permission sets by name. */
export const PERMISSION_SETS = config.permissions as Record<string, PermissionSet>;

/** Returns the flags of a set without one of its kinds. */
export function flagsWithout(set: PermissionSet, missing: string): string[] {
  return Object.entries(set).filter(([kind]) => kind !== missing).map(([kind, granted]) =>
    granted === true ? `--allow-${kind}` : `--allow-${kind}=${granted.join(",")}`
  );
}

/** Removes Deno's warning that permission sets are experimental from what a process printed. */
export function withoutWarning(stderr: string): string {
  return stderr.replace(/^.*Permissions in the config file is an experimental.*\n/m, "");
}
