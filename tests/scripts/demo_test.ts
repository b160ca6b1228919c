/**
 * `make demo`, without its installation.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "../../scripts/lib/paths.ts";
import { outputOf } from "../../scripts/lib/run.ts";
import { tempDir } from "../helpers/temp_dir.ts";

Deno.test("make demo says what it does, records two clips and draws frames of one", async () => {
  const makefile = await Deno.readTextFile(`${ROOT}Makefile`);
  assertMatch(makefile, /^demo:\n\t@sh scripts\/setup.sh demo\n\t@sh scripts\/demo.sh$/m);
  await using dir = await tempDir();
  const env = { TMPDIR: dir.path };
  const output = await outputOf("sh", [`${ROOT}scripts/demo.sh`], { env });
  const [before, after] = [output.indexOf("Input #0"), output.lastIndexOf("Input #0")];
  assert(before < after);
  assertMatch(output.slice(0, before), /record\(\) is called at seconds 3, 4 and 9\./);
  assertMatch(output.slice(after), /The calls at seconds 3 and 4 made one clip: 5 s,/);
  const [, picture] = /^Look at (\S+\.png): /m.exec(output)!;
  const bytes = await Deno.readFile(picture!);
  assertEquals(new TextDecoder().decode(bytes.slice(1, 4)), "PNG");
  // five frames of 160 pixels with white lines between them
  assertEquals(new DataView(bytes.buffer).getUint32(16), 5 * 160 + 4 * 3);
});
