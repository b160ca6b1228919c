/**
 * Where the repository is.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";

/** Path of the repository's root, with a separator at its end. */
export const ROOT: string = fromFileUrl(new URL("../../", import.meta.url));
