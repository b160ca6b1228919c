/**
 * The completion scripts of the shells.
 *
 * @module
 */
import bash from "./gstp.bash" with { type: "text" };
import fish from "./gstp.fish" with { type: "text" };
import zsh from "./gstp.zsh" with { type: "text" };

/** The scripts by shell. */
export const SCRIPTS: Readonly<Record<string, string>> = { bash, zsh, fish };
