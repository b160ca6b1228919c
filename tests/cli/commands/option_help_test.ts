/**
 * The options in a help text.
 */
import { assertEquals } from "@std/assert";
import { inSection, type OptionTable } from "../../../cli/args/option.ts";
import { readText } from "../../../cli/args/units.ts";
import { COMMANDS, RUN } from "../../../cli/commands/list.ts";
import { optionSections } from "../../../cli/commands/option_help.ts";

function sectionsOf(options: OptionTable): Record<string, string[]> {
  const sections = optionSections({ summary: "", takes: "nothing", options });
  return Object.fromEntries(sections);
}

Deno.test("optionSections() aligns options, and wraps their descriptions at 80 columns", () => {
  const long = "a description that is so long that it does not fit into the rest of the line";
  const sections = sectionsOf({
    file: { placeholder: "FILE", read: readText, description: long },
    verbose: { letter: "v", description: "a switch" },
    "a-very-long-option-name": { description: "below its label" },
    secret: { isHidden: true, description: "not listed" },
    ...inSection("MORE", { help: { description: "without letters" } }),
  });
  assertEquals(sections, {
    OPTIONS: [
      "      --file=FILE  a description that is so long that it does not fit into the",
      "                   rest of the line",
      "  -v, --verbose    a switch",
      "      --a-very-long-option-name",
      "                   below its label",
    ],
    MORE: ["  --help  without letters"],
  });
});

Deno.test("the options of each command have letters and descriptions of their own", () => {
  for (const [name, { options }] of Object.entries({ ...COMMANDS, run: RUN })) {
    const all: OptionTable = options;
    const letters = Object.values(all).flatMap(({ letter }) => letter ?? []);
    assertEquals(letters.length, new Set(letters).size, name);
    const descriptions = Object.values(all).map(({ description }) => description);
    assertEquals(descriptions.length, new Set(descriptions).size, name);
  }
});
