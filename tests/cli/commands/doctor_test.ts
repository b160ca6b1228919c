/**
 * Features by what is installed.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkInstallation, hasElement } from "../../../mod.ts";
import { ROOT } from "../../../scripts/lib/paths.ts";
import { run } from "../../../scripts/lib/run.ts";
import { canRecord, evaluateFeatures } from "../../../src/inspect/installation.ts";
import { gstp } from "../../helpers/cli.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

/** The features where these elements are missing. */
function without(...missing: string[]) {
  return evaluateFeatures((name) => !missing.includes(name));
}

/** What is missing for the features that do not work, by their names. */
function missing(features: ReturnType<typeof without>) {
  return Object.fromEntries(
    features.filter(({ works }) => !works).map(({ name, missing }) => [name, missing]),
  );
}

Deno.test("evaluateFeatures() finds all features where all elements are installed", () => {
  const features = without();
  assertEquals(missing(features), {});
  assert(features.length > 25 && canRecord(features));
  for (const { name, elements } of features) assert(elements.length > 0, name);
});

Deno.test("evaluateFeatures() takes another encoder where one is missing", () => {
  const features = without("x264enc");
  assertEquals(missing(features), {});
  const mp4 = features.find(({ name }) => name === "record .mp4")!;
  assertEquals(mp4.elements, ["openh264enc", "h264parse", "mp4mux"]);
});

Deno.test("evaluateFeatures() names what is missing, with its package", () => {
  assertEquals(missing(without("jpegenc", "errorignore")), {
    "snapshots as .jpg": [{ element: "jpegenc", debianPackage: "gstreamer1.0-plugins-good" }],
    "snapshots as .jpeg": [{ element: "jpegenc", debianPackage: "gstreamer1.0-plugins-good" }],
    "isolation of failed ring buffers": [
      { element: "errorignore", debianPackage: "gstreamer1.0-plugins-bad" },
    ],
  });
});

Deno.test("evaluateFeatures() does not ask for hardware", () => {
  const nothing = evaluateFeatures(() => false);
  const ring = nothing.find(({ name }) => name === "encoded ring buffer")!;
  assertEquals(ring.missing.map(({ element }) => element), ["vp8enc"]);
  const noVp8 = without(
    "nvh264enc",
    "vah264enc",
    "v4l2h264enc",
    "vtenc_h264",
    "vp8enc",
    "x264enc",
    "openh264enc",
  );
  const other = noVp8.find(({ name }) => name === "encoded ring buffer")!;
  assertEquals(other.missing.map(({ element }) => element), ["x264enc"]);
});

Deno.test("canRecord() wants the ring and any container", () => {
  assert(!canRecord(without("appsink")));
  assert(canRecord(without("webmmux", "mp4mux", "qtmux", "mpegtsmux")));
  assert(!canRecord(without("webmmux", "mp4mux", "qtmux", "mpegtsmux", "matroskamux")));
});

Deno.test("checkInstallation() returns versions, files and features of this machine", async () => {
  const { gstreamer, libraries, features } = checkInstallation();
  const { stdout } = await run("gst-inspect-1.0", ["--version"]);
  assertStringIncludes(stdout, `GStreamer ${gstreamer}\n`);
  for (const { name, file } of libraries) {
    if (Deno.build.os !== "linux") continue;
    assert((await Deno.stat(file)).isFile, file);
    assertStringIncludes(file, `lib${name}.so`);
  }
  for (const { works, elements, missing } of features) {
    assert(elements.every(hasElement));
    assert(!missing.some(({ element }) => hasElement(element)));
    assertEquals(works, missing.length === 0);
  }
});

Deno.test("gstp doctor prints what works here", async () => {
  const { code, stdout, stderr } = await gstp(["doctor"]);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^gstp \d\S*, Deno \d\S*, GStreamer \d\S*\n/);
  assertMatch(stdout, /\n {2}record \.webm +vp8enc, webmmux\n/);
  const json = JSON.parse((await gstp(["doctor", "--json"])).stdout);
  const config = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  assertEquals(json.gstp, config.version);
  assertEquals(json.features.length, checkInstallation().features.length);
});

/** Puts plugins into a folder of their own. */
async function linkPlugins(folder: string, plugins: string[]): Promise<void> {
  for (const plugin of plugins) {
    const { stdout } = await run("gst-inspect-1.0", [plugin]);
    const file = /Filename +(\/.*)/.exec(stdout)![1]!;
    await Deno.symlink(await Deno.realPath(file), `${folder}/libgst${plugin}.so`);
  }
}

Deno.test("gstp doctor lists packages to install if plugins are missing", async () => {
  await using dir = await tempDir();
  const env = {
    GST_PLUGIN_SYSTEM_PATH_1_0: dir.path,
    GST_REGISTRY_1_0: `${dir.path}/registry.bin`,
  };
  await linkPlugins(dir.path, ["coreelements", "app", "videoconvertscale"]);
  const nothing = await gstp(["doctor"], { env });
  assertEquals(nothing.code, 1, nothing.stderr);
  assertMatch(nothing.stdout, /\n {2}ring buffer +tee, queue, appsink/);
  assertMatch(
    nothing.stdout,
    /\nwhat is missing:\n {2}record \.webm +vp8enc \(gstreamer1\.0-plugins-good\), webmmux/,
  );
  assertStringIncludes(nothing.stdout, "\nOn Debian: sudo apt-get install gstreamer1.0-");
  assertStringIncludes(nothing.stdout, "\nNothing can be recorded here.\n");
  await linkPlugins(dir.path, ["vpx", "matroska"]);
  const some = await gstp(["doctor"], { env });
  assertEquals(some.code, 0, some.stdout);
  assertMatch(some.stdout, /\n {2}record \.webm +vp8enc, webmmux\n/);
});

Deno.test("gstp doctor works without GStreamer", async () => {
  const env = { GSTP_LIBRARY_DIR: "/nonexistent" };
  const { code, stdout } = await gstp(["doctor"], { env });
  assertEquals(code, 1);
  assertMatch(stdout, /^gstp \S+, Deno \S+, no GStreamer\n\nCannot open gstreamer-1\.0/);
  const json = await gstp(["doctor", "--json"], { env });
  assertEquals(json.code, 1);
  assertEquals(JSON.parse(json.stdout).gstreamer, null);
});

Deno.test("gstp doctor refuses arguments", async () => {
  assertEquals((await gstp(["doctor", "x"])).code, 2);
});
