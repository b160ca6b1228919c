/**
 * The permission sets of deno.json.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };

/** What a set grants: all of a kind, or what is listed. */
export type PermissionSet = Record<string, true | string[]>;

/** The sets by name. */
export const PERMISSION_SETS = config.permissions as Record<string, PermissionSet>;

/** The same as flags, without one of the kinds. */
export function flagsWithout(set: PermissionSet, missing: string): string[] {
  return Object.entries(set).filter(([kind]) => kind !== missing).map(([kind, granted]) =>
    granted === true ? `--allow-${kind}` : `--allow-${kind}=${granted.join(",")}`
  );
}

/** What a process that runs with a set has printed, without Deno's remark that such sets are new. */
export function withoutWarning(stderr: string): string {
  return stderr.replace(/^.*Permissions in the config file is an experimental.*\n/m, "");
}
