import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { GstError, GstLoadError } from "../../ffi/errors.ts";
import { libraryNames, openLibrary, type Platform } from "../../ffi/library.ts";
import { runScript } from "../helpers/script.ts";

/** Returns a platform with these environment variables and no others. */
function platform(os: Platform["os"], variables: Record<string, string> = {}): Platform {
  return { os, env: (name) => variables[name] };
}

Deno.test("libraryNames() returns the soname on Linux", () => {
  assertEquals(libraryNames("gstreamer-1.0", platform("linux")), ["libgstreamer-1.0.so.0"]);
  assertEquals(libraryNames("gstapp-1.0", platform("freebsd")), ["libgstapp-1.0.so.0"]);
});

Deno.test("libraryNames() includes the folders of Homebrew and GStreamer's installer on macOS", () => {
  assertEquals(libraryNames("gstreamer-1.0", platform("darwin")), [
    "libgstreamer-1.0.0.dylib",
    "/opt/homebrew/lib/libgstreamer-1.0.0.dylib",
    "/usr/local/lib/libgstreamer-1.0.0.dylib",
    "/Library/Frameworks/GStreamer.framework/Versions/1.0/lib/libgstreamer-1.0.0.dylib",
  ]);
});

Deno.test("libraryNames() includes the folder of GStreamer's installer on Windows", () => {
  const root = "C:\\gstreamer\\1.0\\msvc_x86_64\\";
  const variables = { GSTREAMER_1_0_ROOT_MSVC_X86_64: root };
  assertEquals(libraryNames("gstreamer-1.0", platform("windows", variables)), [
    "gstreamer-1.0-0.dll",
    "libgstreamer-1.0-0.dll",
    "C:\\gstreamer\\1.0\\msvc_x86_64\\bin\\gstreamer-1.0-0.dll",
    "C:\\gstreamer\\1.0\\msvc_x86_64\\bin\\libgstreamer-1.0-0.dll",
  ]);
});

Deno.test("libraryNames() returns only the names in GSTP_LIBRARY_DIR if it is set", () => {
  const names = (os: Platform["os"], folder: string) =>
    libraryNames("gstreamer-1.0", platform(os, { GSTP_LIBRARY_DIR: folder }));
  for (const folder of ["/opt/gst/lib", "/opt/gst/lib/"]) {
    assertEquals(names("linux", folder), ["/opt/gst/lib/libgstreamer-1.0.so.0"]);
    assertEquals(names("darwin", folder), ["/opt/gst/lib/libgstreamer-1.0.0.dylib"]);
  }
  assertEquals(names("windows", "D:\\gst"), [
    "D:\\gst\\gstreamer-1.0-0.dll",
    "D:\\gst\\libgstreamer-1.0-0.dll",
  ]);
  assertEquals(names("linux", ""), ["libgstreamer-1.0.so.0"]);
});

Deno.test("openLibrary() throws an error with every name tried, its cause and what to install", () => {
  const names = ["/nonexistent/libfirst.so", "libsecond-nosuch.so.0"];
  const error = assertThrows(() => openLibrary("nosuch-1.0", {}, names), GstLoadError);
  assert(error instanceof GstError);
  assertStringIncludes(error.message, "Cannot open nosuch-1.0, tried:\n");
  for (const name of names) assertStringIncludes(error.message, `\n  ${name}: `);
  assertStringIncludes(error.message, "Install GStreamer");
  assertStringIncludes(error.message, "GSTP_LIBRARY_DIR=FOLDER");
  assert(error.cause instanceof AggregateError);
  assertEquals(error.cause.errors.length, names.length);
});

Deno.test("openLibrary() throws an error that names a missing symbol", () => {
  const symbols = { gst_no_such_symbol: { parameters: [], result: "void" } } as const;
  const error = assertThrows(() => openLibrary("gstreamer-1.0", symbols), GstLoadError);
  assertStringIncludes(error.message, "gst_no_such_symbol");
});

Deno.test("mod.ts opens no library when imported, and without GStreamer only its use fails", async () => {
  const { code, stdout, stderr } = await runScript(
    `
      import { formatTemplate, gstVersion, Pipeline, Standalone } from "./mod.ts";
      console.log(formatTemplate("videotestsrc pattern={pattern=ball} ! fakesink"));
      for (
        const use of [
          () => Pipeline.parse("fakesrc ! fakesink"),
          () => Standalone.buildAndRun("fakesrc ! fakesink"),
          gstVersion,
        ]
      ) {
        try {
          await use();
        } catch (error) {
          console.log(error.name, error.message.split("\\n")[1]);
        }
      }
    `,
    { env: { GSTP_LIBRARY_DIR: "/nonexistent" } },
  );
  assertEquals(code, 0, stderr);
  const [template, ...errors] = stdout.trimEnd().split("\n");
  assertStringIncludes(template!, "ball");
  assertEquals(errors.length, 3);
  for (const error of errors) {
    assertStringIncludes(error, "GstLoadError   /nonexistent/libgstreamer-1.0.so.0: ");
  }
});

Deno.test("libraryNames() works without the permission to read the environment", async () => {
  const { code, stdout, stderr } = await runScript(
    `
      import { gstVersion } from "./mod.ts";
      console.log(gstVersion().major);
    `,
    {},
    ["--allow-ffi"],
  );
  assertEquals([code, stdout], [0, "1\n"], stderr);
});
