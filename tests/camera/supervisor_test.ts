/**
 * Pipelines that run again when they fail.
 */
import { assert, assertEquals, assertGreater, assertRejects, assertThrows } from "@std/assert";
import {
  AppSrc,
  GstClosedError,
  GstTimeoutError,
  type Pipeline,
  Supervisor,
  type SupervisorOptions,
  type SupervisorStatus,
} from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { until } from "../helpers/wait.ts";

const LIVE = "videotestsrc is-live=true ! video/x-raw,width=16,height=16 ! fakesink";

/** What a test compares of a status. */
function shortOf({ state, reason }: SupervisorStatus): string {
  return reason === null ? state : `${state}: ${reason}`;
}

/** Runs a supervisor until a status fulfills a condition; resolves with all that it was in. */
async function statesUntil(
  supervisor: Supervisor,
  isLast: (status: SupervisorStatus) => boolean,
): Promise<string[]> {
  const seen: string[] = [];
  for await (const status of supervisor.states()) {
    seen.push(shortOf(status));
    if (isLast(status)) break;
  }
  return seen;
}

Deno.test("Supervisor builds the pipeline anew when a live stream ends, an element fails, or the text cannot be made", async () => {
  const texts = [
    LIVE.replace("is-live=true", "is-live=true num-buffers=10"),
    `${LIVE} filesrc location=/nowhere ! fakesink`,
    LIVE,
  ];
  let tries = 0;
  await using supervisor = new Supervisor({
    pipeline: () => {
      const text = texts[tries++];
      if (text === undefined) throw new Error("no more");
      return text;
    },
  });
  const seen = await statesUntil(supervisor, ({ state, attempts }) => {
    // the wait after the first try is a second, after the second one two: tests need not take them
    if (state === "offline") setTimeout(() => supervisor.retry());
    return state === "live" && attempts === 0 && tries === 3;
  });
  assertEquals(seen, [
    ...["connecting", "live", "offline: end-of-stream"],
    ...["connecting", "offline: not-found"],
    ...["connecting", "live"],
  ]);
  assertEquals(supervisor.status.error, null);
  assertEquals(supervisor.pipeline?.state, "playing");
});

Deno.test("Supervisor gives the source of the text how the try before ended", async () => {
  const given: unknown[] = [];
  await using supervisor = new Supervisor({
    pipeline: (previous) => {
      given.push(previous);
      if (given.length < 3) throw new Error("not yet");
      return LIVE.replace("is-live=true", "is-live=true num-buffers=30");
    },
  });
  await statesUntil(supervisor, ({ state }) => {
    if (state === "offline") setTimeout(() => supervisor.retry());
    return given.length === 4;
  });
  assertEquals(given, [undefined, { wasLive: false }, { wasLive: false }, { wasLive: true }]);
});

Deno.test("Supervisor finds a stream that stalls, goes on with it when it flows again, and else gives it up", async () => {
  const sources: AppSrc[] = [];
  let isFlowing = true;
  const timer = setInterval(() => {
    if (isFlowing) sources.at(-1)?.push(new Uint8Array(1)).catch(() => {});
  }, 20);
  await using supervisor = new Supervisor({
    pipeline: "appsrc name=source ! fakesink sync=false async=false",
    onPipeline: (pipeline: Pipeline) =>
      void sources.push(new AppSrc({ pipeline, name: "source", caps: "a/b", live: true })),
    stallSec: 0.6,
    giveUpSec: 3,
    connectSec: 3,
  });
  try {
    let stalls = 0;
    const seen = await statesUntil(supervisor, ({ state }) => {
      if (state === "live") setTimeout(() => isFlowing = false, 100);
      if (state === "stalled" && ++stalls === 1) setTimeout(() => isFlowing = true);
      return state === "offline";
    });
    assertEquals(seen, [
      ...["connecting", "live", "stalled: stalled"],
      ...["live", "stalled: stalled", "offline: stalled"],
    ]);
    const { nextTryAt, since } = supervisor.status;
    assertGreater(nextTryAt!.getTime(), since.getTime());
    assert(supervisor.status.error instanceof GstTimeoutError);
  } finally {
    clearInterval(timer);
  }
});

Deno.test("Supervisor ends with a stream that is not live, and with restart: never at the first failure", async () => {
  const file = new Supervisor({ pipeline: "videotestsrc num-buffers=3 ! fakesink" });
  await file.ended;
  assertEquals(shortOf(file.status), "off: end-of-stream");
  const once = new Supervisor({
    pipeline: "filesrc location=/nowhere ! fakesink",
    restart: "never",
  });
  await assertRejects(() => once.ended, Error, "/nowhere");
  assertEquals(shortOf(once.status), "off: not-found");
  await assertRejects(() => once.live(), GstClosedError);
});

Deno.test("Supervisor waits for a minute where trying again cannot help", async () => {
  for (const pipeline of ["nosuchelement ! fakesink", "filesrc location=/nowhere ! fakesink"]) {
    await using supervisor = new Supervisor({ pipeline });
    await statesUntil(supervisor, ({ state }) => state === "offline");
    const { nextTryAt, since } = supervisor.status;
    assertGreater(nextTryAt!.getTime() - since.getTime(), 50_000);
  }
});

Deno.test("Supervisor.switchOff() stops the pipeline until switchOn(), and a signal closes it", async () => {
  const abort = new AbortController();
  const supervisor = new Supervisor({ pipeline: LIVE, isOff: true, signal: abort.signal });
  await until("it has begun", () => shortOf(supervisor.status) === "off");
  supervisor.switchOn();
  await supervisor.live();
  const { pipeline } = supervisor;
  supervisor.switchOff();
  await until("it is off", () => supervisor.status.state === "off");
  assertEquals([supervisor.pipeline, pipeline!.state], [null, "null"]);
  supervisor.switchOn();
  await supervisor.live();
  abort.abort();
  await supervisor.ended;
  assertEquals(supervisor.status.state, "off");
});

Deno.test("Supervisor.live() says why the pipeline is not live in time", async () => {
  await using supervisor = new Supervisor({ pipeline: "filesrc location=/nowhere ! fakesink" });
  await until("it has failed", () => supervisor.status.state === "offline");
  await assertRejects(() => supervisor.live({ timeoutSec: 0.1 }), GstTimeoutError, "/nowhere");
});

Deno.test("Supervisor ends a wait as soon as the camera is back, and not by an answer that comes later", async () => {
  let back = () => {};
  let tries = 0;
  await using supervisor = new Supervisor({
    pipeline: () => ++tries === 1 ? "videotestsrc num-buffers=0 is-live=true ! fakesink" : LIVE,
    untilBack: () => new Promise((resolve) => back = resolve),
  });
  await until("it is offline", () => supervisor.status.state === "offline");
  const { nextTryAt } = supervisor.status;
  back();
  await supervisor.live();
  assert(supervisor.status.since < nextTryAt! || tries === 2);
  back();
  assertEquals(supervisor.status.state, "live");
});

Deno.test("Supervisor rejects wrong options by name", () => {
  const rejected: [options: unknown, name: string][] = [
    [{}, "pipeline"],
    [{ pipeline: 1 }, "pipeline"],
    [{ pipeline: LIVE, onStatus: 1 }, "onStatus"],
    [{ pipeline: LIVE, stallSec: -1 }, "stallSec"],
    [{ pipeline: LIVE, restart: "often" }, "restart"],
    [{ pipeline: LIVE, isOff: 1 }, "isOff"],
    [{ pipeline: LIVE, signal: {} }, "signal"],
  ];
  for (const [options, name] of rejected) {
    assertThrows(() => new Supervisor(options as SupervisorOptions), Error, name);
  }
});
