/**
 * Which containers the streams of a clip fit into.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkContainer, containersFor } from "../../../mod.ts";

Deno.test("containersFor() lists the containers that take all streams", () => {
  assertEquals(containersFor(["video/x-vp8"]).sort(), [".mkv", ".webm"]);
  assertEquals(containersFor(["video/x-h264", "audio/x-alaw"]).sort(), [".mkv", ".mov"]);
  assertEquals(containersFor(["image/jpeg"]), [".mkv"]);
  assertEquals(containersFor(["video/mpeg, mpegversion=2"]), [".mkv", ".ts"]);
  assertEquals(containersFor(["video/mpeg, mpegversion=4"]), [".mkv", ".mp4", ".mov", ".ts"]);
  assertEquals(containersFor(["application/x-nosuch"]), []);
  assert(containersFor(["video/x-raw", "audio/x-raw"]).includes(".webm"));
});

Deno.test("checkContainer() says why a container does not fit", () => {
  checkContainer(".MKV", ["video/x-h264"]);
  assertThrows(
    () => checkContainer(".mp4", ["image/jpeg"]),
    RangeError,
    "A .mp4 file does not take image/jpeg: end the clips' names in .mkv",
  );
  assertThrows(() => checkContainer(".avi", ["video/x-raw"]), RangeError, ".avi");
});
