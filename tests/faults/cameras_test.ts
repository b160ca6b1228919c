/**
 * Cameras that fail beside one that does not: each is recorded again when it is back, and the good one loses nothing.
 *
 * GSTP_SOAK=long also has outages of a minute.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import {
  type Camera,
  type CameraEvent,
  cameraSource,
  type CameraSourceOptions,
  type OfflineReason,
  Site,
} from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { cameraMissing } from "../helpers/camera.ts";
import { FaultyCamera, type FaultyCameraOptions, H265, MULAW } from "../helpers/faulty_camera.ts";
import { FPS } from "../helpers/fps.ts";
import { readNumbers } from "../helpers/numbered.ts";
import { range } from "../helpers/range.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { until } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

const isLong = Deno.env.get("GSTP_SOAK") === "long";
/** Longer than any test waits for a frame, so that a clip has all since the camera is back. */
const WINDOW_SEC = 12;
/** Seconds for a camera to be found silent. */
const CONNECT_SEC = 4;
/** Most seconds that a camera may lose beyond its outage on a busy machine; a wait without an early end takes longer. */
const MAX_LOST_SEC = 6;

/** A fault: what it does to a camera, and what must be seen of it. */
interface Fault {
  name: string;
  camera?: FaultyCameraOptions;
  /** How it is connected to. */
  source?: CameraSourceOptions;
  /** What is done to it before the recording begins. */
  before?: (camera: FaultyCamera) => Promise<void>;
  /**
   * Has the fault happen, and the camera come back.
   *
   * @returns The number of the first frame that it shows after its return.
   */
  happen: (camera: FaultyCamera, recorded: Camera) => Promise<number>;
  /** The reasons for which it must have been offline, in this order. */
  reasons: OfflineReason[];
  /** Seconds for which its stream stands still where it is not connected anew. Defaults to 0. */
  stillSec?: number;
}

/** Waits until a recorded camera is offline for a reason. */
async function offline(recorded: Camera, ...reasons: OfflineReason[]): Promise<void> {
  await until(
    `${recorded.name} is offline: ${reasons}`,
    () => recorded.status.state === "offline" && reasons.includes(recorded.status.reason!),
  );
}

/** A camera that does not answer for some seconds, however it is made so. */
function hang(
  name: string,
  sec: number,
  begin: (camera: FaultyCamera) => void,
  end: (camera: FaultyCamera) => void,
): Pick<Fault, "name" | "stillSec" | "happen"> {
  return {
    name: `${name} ${sec} s`,
    stillSec: sec,
    happen: async (camera) => {
      begin(camera);
      await sleep(sec);
      end(camera);
      return camera.framesSent;
    },
  };
}

const freeze = (sec: number) =>
  hang("hangs for", sec, (camera) => camera.freeze(), (camera) => camera.thaw());
const cut = (sec: number) =>
  hang("network is cut for", sec, (camera) => camera.cut(), (camera) => camera.mend());

const FAULTS: Fault[] = [
  {
    name: "is killed, TCP",
    happen: async (camera, recorded) => {
      await camera.kill();
      await offline(recorded, "refused");
      await camera.restart();
      return 0;
    },
    reasons: ["end-of-stream", "refused"],
  },
  {
    name: "is killed, UDP",
    source: { transport: "udp" },
    happen: async (camera, recorded) => {
      await camera.kill();
      await offline(recorded, "refused");
      await camera.restart();
      return 0;
    },
    reasons: ["refused"],
  },
  {
    name: "is off at the start",
    before: (camera) => camera.kill(),
    happen: async (camera, recorded) => {
      await offline(recorded, "refused");
      await camera.restart();
      return 0;
    },
    reasons: ["refused"],
  },
  {
    name: "wants another password",
    camera: { user: "viewer", password: "other" },
    source: { user: "viewer", password: "known" },
    happen: async (camera, recorded) => {
      await offline(recorded, "unauthorized");
      const { since, nextTryAt } = recorded.status;
      assert(nextTryAt!.getTime() - since.getTime() > 50_000, "it would lock its account");
      await camera.restart({ password: "known" });
      recorded.retry();
      return 0;
    },
    reasons: ["unauthorized"],
  },
  {
    name: "is silent at the start",
    camera: { isSilent: true },
    happen: async (camera, recorded) => {
      await offline(recorded, "stalled");
      camera.unmute();
      return camera.framesSent;
    },
    reasons: ["stalled"],
  },
  {
    name: "comes back with another codec, size and sound",
    source: { sound: true },
    happen: async (camera, recorded) => {
      await camera.kill();
      await offline(recorded, "refused");
      await camera.restart({ ...H265, scale: 2, sound: MULAW });
      return 0;
    },
    reasons: ["end-of-stream", "refused"],
  },
  { ...freeze(4), reasons: [] },
  { ...freeze(isLong ? 60 : 14), reasons: ["stalled"] },
  { ...cut(isLong ? 60 : 14), camera: { isProxied: true }, reasons: ["stalled"] },
];

/** A camera that is recorded, with its fault. */
interface Case {
  fault: Fault;
  camera: FaultyCamera;
}

/** Has a fault happen; resolves with the seconds lost beyond it. */
async function lostAt({ fault, camera }: Case, recorded: Camera): Promise<number> {
  const isThere = recorded.status.state === "live" || fault.before === undefined;
  if (isThere && fault.reasons[0] !== "unauthorized" && !fault.camera?.isSilent) {
    await recorded.live();
    await sleep(1);
  }
  const firstShown = await fault.happen(camera, recorded);
  await until(`${fault.name}: it is live again`, () => {
    const { state } = recorded.status;
    return state === "live" && recorded.lastFrameAgeSec! < 0.5;
  });
  await sleep(1);
  const { clips } = await recorded.record({ tees: ["video"], afterSec: 0.5, maxDelaySec: 20 });
  const report = await clips[0]!.recording.finished;
  // frames that come late, all at once, share a millisecond, about which ffmpeg complains
  const numbers = await readNumbers(report.path, true);
  const first = numbers[0]!;
  const missing = numbers.at(-1)! - first + 1 - numbers.length;
  const text = `${fault.name}: ${Deno.inspect({ report, firstShown, numbers })}`;
  assertEquals(numbers, numbers.toSorted((a, b) => a - b), text);
  if (fault.stillSec === undefined) assertEquals(missing, 0, text);
  return Math.max(0, first - firstShown) / FPS + Math.max(0, missing / FPS - (fault.stillSec ?? 0));
}

/** The reasons for which a camera was offline, each once. */
function reasonsOf(events: CameraEvent[], name: string): OfflineReason[] {
  const reasons = events.flatMap((event) =>
    event.type === "status" && event.camera === name && event.status.state === "offline"
      ? [event.status.reason!]
      : []
  );
  return reasons.filter((reason, i) => reason !== reasons[i - 1]);
}

/** Records a camera from now until `stop`, in one clip; resolves with its numbers. */
async function recordAll(recorded: Camera, stop: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  void stop.then(() => isOver = true, () => isOver = true);
  await sleep(1);
  const call = { beforeSec: 0.5, afterSec: 3, maxDelaySec: 20 };
  const { clips: [first] } = await recorded.record(call);
  while (!isOver) {
    await sleep(0.5);
    await recorded.record(call);
  }
  const report = await first!.recording.finished;
  assertEquals([report.shortfalls, report.dropped], [[], 0], Deno.inspect(report));
  return await readNumbers(report.path);
}

const missing = cameraMissing();
if (missing !== null) console.log(`Skipped the tests of cameras that fail: ${missing}`);

Deno.test({
  name: "Site records cameras again when they are back, and a good one beside them without a gap",
  ignore: missing !== null,
  fn: async () => {
    await using dir = await tempDir();
    await using stack = new AsyncDisposableStack();
    const startOne = async (options: FaultyCameraOptions = {}) =>
      stack.use(await FaultyCamera.start(options));
    const cases = await Promise.all(FAULTS.map(async (fault): Promise<Case> => {
      const camera = await startOne(fault.camera);
      await fault.before?.(camera);
      return { fault, camera };
    }));
    const good = await startOne();
    const options = (camera: FaultyCamera, source?: CameraSourceOptions) => ({
      ...cameraSource(camera.url, { timeoutSec: CONNECT_SEC, ...source }),
      connectSec: CONNECT_SEC,
      recorder: {
        windowSizeSec: WINDOW_SEC,
        filenameGenerator: () => `${dir.path}/${crypto.randomUUID()}.mkv`,
        clipRecords: false,
      },
    });
    const site = stack.use(new Site({ good: options(good) }));
    for (const { fault, camera } of cases) site.add(fault.name, options(camera, fault.source));
    const events: CameraEvent[] = [];
    const reading = (async () => {
      for await (const event of site.events()) events.push(event);
    })();
    await site.camera("good").live();
    const happening = Promise.all(
      cases.map((one) => lostAt(one, site.camera(one.fault.name))),
    );
    const [lostSec, numbers] = await Promise.all([
      happening,
      recordAll(site.camera("good"), happening),
    ]);
    await site.close();
    await reading;
    assertEquals(numbers, range(numbers.length, numbers[0]!), "the good camera has lost frames");
    assertEquals(reasonsOf(events, "good"), []);
    for (const [i, { fault }] of cases.entries()) {
      assertEquals(reasonsOf(events, fault.name), fault.reasons, fault.name);
      assertLess(lostSec[i]!, MAX_LOST_SEC, fault.name);
      addRow(import.meta.url, {
        fault: `camera beside a good one: ${fault.name}`,
        tries: 1,
        outcome: "recorded again when it is back",
        lost: `0 frames of the good one, ${lostSec[i]!.toFixed(1)} s of this one beyond the fault`,
      });
    }
  },
});
