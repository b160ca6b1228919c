import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { GstVersionError } from "../../ffi/errors.ts";
import { checkDenoVersion, checkVersion, isOlder, MINIMUM_VERSIONS } from "../../ffi/versions.ts";
import { ROOT } from "../../scripts/lib/paths.ts";

Deno.test("isOlder() compares versions by their numbers", () => {
  const cases: [version: string, than: string, isOlder: boolean][] = [
    ["1.18.5", "1.20", true],
    ["1.19.90", "1.20", true],
    ["1.2", "1.20", true],
    ["0.10.36", "1.20", true],
    ["1.20", "1.20", false],
    ["1.20.0", "1.20", false],
    ["1.100.1", "1.20", false],
    ["2", "1.20", false],
    ["1", "1.20", true],
    ["2.7.14", "2.8", true],
    ["2.8.0-rc.1", "2.8", false],
    ["2.7.5+1f3a9c0", "2.8", true],
    ["2.10.0", "2.8", false],
    ["unknown", "2.8", true],
  ];
  for (const [version, than, expected] of cases) {
    assertEquals(isOlder(version, than), expected, `${version} and ${than}`);
  }
});

Deno.test("checkVersion() names both versions, and says how to upgrade", () => {
  checkVersion("GStreamer", "1.20.0");
  checkDenoVersion();
  const { message } = assertThrows(() => checkVersion("GStreamer", "1.18.5"), GstVersionError);
  assertMatch(message, /^GStreamer 1\.18\.5 is too old: gstp needs 1\.20 or newer\. Upgrade it: /);
  const deno = assertThrows(() => checkVersion("Deno", "2.5.0"), GstVersionError);
  assertMatch(
    deno.message,
    /^Deno 2\.5\.0 is too old: gstp needs 2\.8 or newer\. Upgrade it: deno /,
  );
});

Deno.test("the README and the set-up script state the versions that are checked", async () => {
  const { Deno: deno, GStreamer: gstreamer } = MINIMUM_VERSIONS;
  const readme = await Deno.readTextFile(`${ROOT}README.md`);
  assertStringIncludes(
    readme,
    `gstp needs Deno ${deno} or newer, GStreamer ${gstreamer} or newer `,
  );
  const script = await Deno.readTextFile(`${ROOT}scripts/setup.sh`);
  assertStringIncludes(script, `\nminimum_gstreamer=${gstreamer}\nminimum_deno=${deno}\n`);
});
