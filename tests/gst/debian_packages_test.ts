import { assert, assertEquals } from "@std/assert";
import { run } from "../../scripts/lib/run.ts";
import { debianPackageOf } from "../../src/gst/debian_packages.ts";

/** Returns the output of a command; empty if it is not installed. */
async function output(command: string, ...args: string[]): Promise<string> {
  return await run(command, args).then(({ stdout }) => stdout, () => "");
}

/** Returns the packages of the installed elements, by the files of their plugins; empty except on Debian 12. */
async function installed(): Promise<Map<string, string>> {
  const release = await Deno.readTextFile("/etc/os-release").catch(() => "");
  if (!/^ID=debian$/m.test(release) || !/^VERSION_ID="12"$/m.test(release)) return new Map();
  const [files, elements] = await Promise.all([
    output("dpkg", "-S", "*/gstreamer-1.0/libgst*.so"),
    output("gst-inspect-1.0"),
  ]);
  const packages = new Map(
    [...files.matchAll(/^([^:]+):.*\/libgst(\w+)\.so$/gm)].map((
      [, name, plugin],
    ) => [plugin, name]),
  );
  const found = new Map<string, string>();
  for (const [, plugin, element] of elements.matchAll(/^(\w+): {2}([^:]+): /gm)) {
    const name = packages.get(plugin);
    if (name?.startsWith("gstreamer1.0-")) found.set(element!, name);
  }
  return found;
}

Deno.test("debianPackageOf() returns Debian's package of each installed element", async () => {
  const wrong: unknown[] = [];
  for (const [element, name] of await installed()) {
    const said = debianPackageOf(element);
    if (said !== undefined && said !== name) wrong.push({ element, said, name });
  }
  assertEquals(wrong, []);
});

Deno.test("debianPackageOf() returns the packages of common elements, and undefined for others", () => {
  const packages = {
    videotestsrc: "gstreamer1.0-plugins-base",
    matroskamux: "gstreamer1.0-plugins-good",
    v4l2src: "gstreamer1.0-plugins-good",
    rtph264pay: "gstreamer1.0-plugins-good",
    h264parse: "gstreamer1.0-plugins-bad",
    vah264enc: "gstreamer1.0-plugins-bad",
    vaapih264enc: "gstreamer1.0-vaapi",
    x264enc: "gstreamer1.0-plugins-ugly",
    avdec_h264: "gstreamer1.0-libav",
    nosuchelement: undefined,
    x264: undefined,
    "": undefined,
    "*": undefined,
  };
  for (const [element, name] of Object.entries(packages)) {
    assert(debianPackageOf(element) === name, `${element}: ${debianPackageOf(element)}`);
  }
});
