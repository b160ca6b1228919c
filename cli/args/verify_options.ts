/**
 * The options of `gstp verify`.
 *
 * @module
 */
import type { OptionTable } from "./option.ts";
import { help } from "./options.ts";
import { readSeconds, readText } from "./units.ts";

/** The options of `gstp verify`. */
export const VERIFY_OPTIONS = {
  fast: { description: "do not decode: read the packets only" },
  against: {
    placeholder: "WHOLE",
    read: readText,
    description: "compare the pictures of the clips with those of a longer recording of the same " +
      "stream",
  },
  "max-gap": {
    placeholder: "SEC",
    read: readSeconds,
    description: "the longest interval allowed between two frames (default: by the usual one)",
  },
  "max-offset": {
    placeholder: "SEC",
    read: readSeconds,
    description: "how far apart in seconds tracks may begin or end (default: three frames of the " +
      "slowest track, at least 0.2)",
  },
  json: { description: "print a list of reports as JSON" },
  help,
} satisfies OptionTable;
