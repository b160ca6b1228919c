/**
 * Printing names, paths and messages of others.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { eventLine } from "../../../cli/record/status_line.ts";
import { printable, printableText } from "../../../cli/terminal/print.ts";
import { gstp } from "../../helpers/cli.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

/** Sets the title of a terminal, erases a line, and forges the next one. */
const HOSTILE = "a\x1b]0;title\x07\x9b2K\r\u202e\ngstp: finished";
const ESCAPED = "a\\u001b]0;title\\u0007\\u009b2K\\u000d\\u202e\\u000agstp: finished";

Deno.test("printable() escapes all control characters, and printableText() all but line ends and tabs", () => {
  assertEquals(printable(HOSTILE), ESCAPED);
  assertEquals(printableText(HOSTILE), ESCAPED.replace("\\u000a", "\n"));
  assertEquals(printableText("hof süd\t✓\n"), "hof süd\t✓\n");
  const text = JSON.stringify({ name: HOSTILE });
  assertEquals(JSON.parse(printableText(text)), { name: HOSTILE });
});

Deno.test("eventLine() is one line, whatever the name is", () => {
  const time = new Date(0);
  const removed = { type: "removed", name: HOSTILE, bytes: 1, reason: "files", time } as const;
  assertEquals(eventLine(removed), `removed: ${ESCAPED} (1 B, limit: files)`);
});

Deno.test("commands print names and errors without control characters", async () => {
  await using dir = await tempDir();
  const name = HOSTILE.replaceAll("/", "");
  await Deno.writeTextFile(`${dir.path}/${name}.mp4`, "no video");
  await Deno.writeTextFile(`${dir.path}/${name}.mp4.part`, "no video");
  const lines = [
    ["verify", `${dir.path}/${name}.mp4`],
    ["verify", "--json", `${dir.path}/${name}.mp4`],
    ["recover", `${dir.path}/${name}.mp4.part`],
    ["record", "--out=/dev/null", "videotestsrc", "!", "tee", `name=${HOSTILE}`, "!", "fakesink"],
    ["inspect", `--search=${HOSTILE}`],
    [`${dir.path}/${name}`],
  ];
  for (const line of lines) {
    const { stdout, stderr } = await gstp(line);
    const text = stdout + stderr;
    assert(text.length > 0, `${line}`);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/.test(text), false, Deno.inspect(text));
  }
  const { stdout } = await gstp(lines[1]!);
  assertStringIncludes(JSON.parse(stdout)[0].path, HOSTILE);
});
