/**
 * Where the repository is.
 *
 * @module
 */
import { fromFileUrl } from "@std/path/from-file-url";

/** Path of the repository's root, with a separator at its end. */
export const ROOT: string = fromFileUrl(new URL("../../", import.meta.url));
