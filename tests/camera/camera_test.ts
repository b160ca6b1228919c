/**
 * Cameras that are recorded whenever they are there, one and several.
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Camera,
  type CameraEvent,
  CameraOfflineError,
  type CameraOptions,
  EncodedRingBuffer,
  Site,
} from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { newPaths } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { until } from "../helpers/wait.ts";

const WINDOW_SEC = 0.5;

/** The text of a live source at a tee. */
function live(tee: string, options = ""): string {
  return `videotestsrc is-live=true ${options} ! video/x-raw,width=64,height=48,framerate=30/1 ! tee name=${tee} ! fakesink `;
}

/** The options of a camera that writes into a folder. */
function optionsOf(folder: string, pipeline: CameraOptions["pipeline"]) {
  const filenameGenerator = newPaths(folder, ".mkv");
  return { pipeline, recorder: { windowSizeSec: WINDOW_SEC, filenameGenerator } };
}

/** What a test compares of an event. */
function shortOf(event: CameraEvent): string {
  if (event.type === "status") return event.status.reason ?? event.status.state;
  return `${event.type} ${event.tee}`;
}

Deno.test("Camera records each tee with a name, and says what happens", async () => {
  await using dir = await tempDir();
  const events: CameraEvent[] = [];
  const camera = new Camera({
    ...optionsOf(dir.path, live("a") + live("b") + "videotestsrc ! tee ! fakesink"),
    name: "yard",
    onEvent: (event) => events.push(event),
  });
  await camera.live();
  await until("both are armed", () => events.filter(({ type }) => type === "armed").length === 2);
  assertEquals([...camera.recorders.keys()], ["a", "b"]);
  assert(camera.lastFrameAgeSec! < 5);
  const { clips, failures } = await camera.record({ beforeSec: 0.1 });
  assertEquals([clips.map(({ tee }) => tee), failures], [["a", "b"], []]);
  assertEquals(camera.openClips, 2);
  const again = await camera.record({ beforeSec: 0.1, tees: ["b"] });
  assertEquals(again.clips[0]!.recording, clips[1]!.recording);
  for (const { recording } of clips) {
    const { shortfalls, dropped } = await recording.finished;
    assertEquals([shortfalls, dropped], [[], 0]);
  }
  assert(camera.stats().a!.frames > 5);
  const path = `${dir.path}/newest.png`;
  await camera.snapshot(path, { tee: "b" });
  assert((await Deno.stat(path)).size > 0);
  await assertRejects(() => camera.record({ tees: ["c"] }), RangeError, "a, b");
  await camera.close();
  const seen = events.map(shortOf);
  assertEquals(seen.slice(0, 1), ["connecting"]);
  assertEquals(
    seen.filter((text) => !text.startsWith("warning")).toSorted(),
    [
      ...["armed a", "armed b", "connecting", "finished a", "finished b", "live", "off"],
      ...["recording a", "recording b", "recording b"],
    ],
  );
  await assertRejects(() => camera.record(), CameraOfflineError, "off");
});

Deno.test("Camera.record() rejects at once while the camera is offline, with the reason, or waits for it", async () => {
  await using dir = await tempDir();
  let tries = 0;
  await using camera = new Camera({
    ...optionsOf(
      dir.path,
      () => ++tries === 1 ? "filesrc location=/nowhere ! tee name=a ! fakesink" : live("a"),
    ),
    name: "yard",
  });
  await until("it is offline", () => camera.status.state === "offline");
  const error = await assertRejects(() => camera.record(), CameraOfflineError);
  assertEquals([error.camera, error.status.reason], ["yard", "not-found"]);
  assert(
    error.message.includes(`is offline (not-found) since ${camera.status.since.toISOString()}`),
  );
  assert((error.cause as Error).message.includes("/nowhere"));
  assertThrows(() => void camera.snapshot(`${dir.path}/no.png`), CameraOfflineError);
  await assertRejects(() => camera.record({ waitSec: 0.1 }), CameraOfflineError);
  const waiting = camera.record({ waitSec: 20, beforeSec: 0.1, afterSec: 0.2 });
  camera.retry();
  const { clips } = await waiting;
  await clips[0]!.recording.finished;
});

Deno.test("Camera finishes an open clip when the stream ends, and records with new recorders when it is back", async () => {
  await using dir = await tempDir();
  const events: CameraEvent[] = [];
  let tries = 0;
  await using camera = new Camera({
    ...optionsOf(dir.path, () => live("a", ++tries === 1 ? "num-buffers=45" : "")),
    name: "yard",
    onEvent: (event) => events.push(event),
  });
  await camera.live();
  const before = camera.recorders.get("a");
  const { clips: [clip] } = await camera.record({ beforeSec: 0.1, afterSec: 60 });
  const report = await clip!.recording.finished;
  assertEquals(report.shortfalls, ["end-of-stream"]);
  await until("it has failed", () => camera.status.state === "offline");
  assertEquals([camera.recorders.size, camera.pipeline], [0, null]);
  camera.retry();
  await camera.live();
  assert(camera.recorders.get("a") !== before);
  const next = await camera.record({ beforeSec: 0.1, afterSec: 0.2 });
  await next.clips[0]!.recording.finished;
  assertEquals(events.filter(({ type }) => type === "finished").length, 2);
});

Deno.test("Camera takes the options of its recorders from the streams, and goes on where one cannot be recorded", async () => {
  await using dir = await tempDir();
  const failed: string[] = [];
  await using camera = new Camera({
    name: "yard",
    pipeline: live("a") + live("b"),
    recorder: ({ name, mediaTypes }) => {
      assertEquals(mediaTypes, ["video/x-raw"]);
      if (name === "b") throw new Error("not this one");
      return {
        windowSizeSec: WINDOW_SEC,
        filenameGenerator: newPaths(dir.path, ".mp4"),
        tracks: [{ tee: name, ringBufferClass: EncodedRingBuffer }],
        onWarning: () => {},
      };
    },
    onEvent: (event) =>
      event.type === "failed" && failed.push(`${event.tee}: ${event.error.message}`),
  });
  await camera.live();
  await until("the other one has failed", () => failed.length > 0);
  assertEquals([failed, [...camera.recorders.keys()]], [["b: not this one"], ["a"]]);
  const { clips } = await camera.record({ beforeSec: 0.1, afterSec: 0.3 });
  assert((await clips[0]!.recording.finished).frames > 5);
});

Deno.test("Site records cameras at one instant, and names those that are not there", async () => {
  await using dir = await tempDir();
  await using site = new Site({
    yard: optionsOf(dir.path, live("a")),
    gate: optionsOf(dir.path, "filesrc location=/nowhere ! tee name=a ! fakesink"),
  });
  const events: CameraEvent[] = [];
  const reading = (async () => {
    for await (const event of site.events()) events.push(event);
  })();
  const hall = site.add("hall", optionsOf(dir.path, live("a")));
  await Promise.all([hall.live(), site.camera("yard").live()]);
  await until("gate is offline", () => site.camera("gate").status.state === "offline");
  const { clips, failures } = await site.record({ beforeSec: 0.1, afterSec: 0.2 });
  assertEquals(clips.map(({ camera }) => camera), ["yard", "hall"]);
  assertEquals(failures.map(({ camera, tee }) => [camera, tee]), [["gate", null]]);
  await Promise.all(clips.map(({ recording }) => recording.finished));
  const one = await site.record({ cameras: ["hall"], beforeSec: 0.1, afterSec: 0.2 });
  assertEquals(one.clips.map(({ camera }) => camera), ["hall"]);
  await site.remove("hall");
  assertThrows(() => site.camera("hall"), RangeError, "yard, gate");
  assertThrows(() => site.add("yard", optionsOf(dir.path, live("a"))), RangeError, "yard");
  await assertRejects(() => site.record({ cameras: ["yart"] }), RangeError, "yard");
  await site.close();
  await reading;
  assertEquals(
    events.filter(({ type, camera }) => type === "finished" && camera === "hall").length,
    2,
  );
});

Deno.test("Camera rejects wrong options by name", () => {
  const recorder = { windowSizeSec: 1, filenameGenerator: () => "" };
  const rejected: [options: unknown, name: string][] = [
    [{ pipeline: "", recorder }, "name"],
    [{ name: "", pipeline: "", recorder }, "name"],
    [{ name: "yard", pipeline: 1, recorder }, "pipeline"],
    [{ name: "yard", pipeline: "" }, "recorder"],
    [{ name: "yard", pipeline: "", recorder, tees: "a" }, "tees"],
    [{ name: "yard", pipeline: "", recorder, onEvent: 1 }, "onEvent"],
  ];
  for (const [options, name] of rejected) {
    assertThrows(() => new Camera(options as CameraOptions), TypeError, name);
  }
});
