/**
 * What rtspsrc posts for each fault of a camera: the reasons of an outage are told apart by it.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { GstError, type Message, Standalone } from "../../mod.ts";
import { cameraMissing } from "../helpers/camera.ts";
import { FaultyCamera, H264, H265, MULAW } from "../helpers/faulty_camera.ts";
import { FPS } from "../helpers/fps.ts";
import { HEIGHT, rawNumbers, WIDTH } from "../helpers/numbered.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor } from "../helpers/wait.ts";

const missing = cameraMissing();
if (missing !== null) console.log(`Skipped tests of cameras: ${missing}`);
const ignore = missing !== null;

/** How rtspsrc asks for RTP. */
const PROTOCOLS = ["tcp", "udp"] as const;
/** Codes of `gst-resource-error-quark`. */
const NOT_FOUND = 3;
const OPEN_READ_WRITE = 7;
const READ = 9;
const NOT_AUTHORIZED = 15;
const DEPAYLOAD = "rtph264depay ! fakesink";
/** Decodes from a keyframe on: a client comes at any frame. */
const DECODE_H264 = "rtph264depay wait-for-keyframe=true ! avdec_h264";
const DECODE_H265 = "rtph265depay ! avdec_h265";
const SHORT = "tcp-timeout=1000000 timeout=1000000";

/** Plays a camera. */
function play(
  camera: FaultyCamera,
  properties: string,
  rest = DEPAYLOAD,
  onMessage: (message: Message) => void = () => {},
): Promise<Standalone> {
  const text = `rtspsrc location=${camera.url} latency=0 ${properties} ! ${rest}`;
  return Standalone.buildAndRun(text, { background: true, onMessage });
}

/** Plays a camera until `change` is over; resolves with the numbers of its frames. */
async function watch(
  camera: FaultyCamera,
  protocols: string,
  change: (app: Standalone) => Promise<void>,
  { decode = DECODE_H264, scale = 1 } = {},
): Promise<number[]> {
  await using dir = await tempDir();
  const sent = `video/x-raw,width=${WIDTH * scale},height=${HEIGHT * scale}`;
  const raw = `video/x-raw,format=GRAY8,width=${WIDTH},height=${HEIGHT}`;
  const rest = `${decode} ! ${sent} ! videoscale ! videoconvert ! ${raw} ` +
    `! filesink location="${dir.path}/frames.raw"`;
  await using app = await play(camera, `protocols=${protocols}`, rest);
  await change(app);
  await app.stop();
  return rawNumbers(await Deno.readFile(`${dir.path}/frames.raw`), WIDTH * HEIGHT);
}

/** Checks that a start fails with one of the codes of `gst-resource-error-quark`. */
async function assertFails(
  start: Promise<unknown>,
  code: number,
  text: string,
): Promise<void> {
  const error = await assertRejects(() => start, GstError);
  assertEquals([error.domain, error.code], ["gst-resource-error-quark", code], error.message);
  assertStringIncludes(error.message, text);
}

/** Checks that numbers follow each other. */
function assertConsecutive(numbers: number[]): void {
  const jumps = numbers.flatMap((number, i) => {
    const expected = numbers[0]! + i;
    return number === expected ? [] : [`${number} at ${expected}`];
  });
  assertEquals(jumps, []);
}

Deno.test({ name: "a camera that is off refuses clients", ignore }, async () => {
  await using camera = await FaultyCamera.start();
  await camera.kill();
  for (const protocols of PROTOCOLS) {
    const start = play(camera, `protocols=${protocols}`);
    await assertFails(start, OPEN_READ_WRITE, "Failed to connect. (Generic error)");
  }
});

for (const auth of ["basic", "digest"] as const) {
  Deno.test({ name: `a camera asks for a password (${auth})`, ignore }, async () => {
    await using camera = await FaultyCamera.start({ user: "viewer", password: "right", auth });
    for (const protocols of PROTOCOLS) {
      for (const login of ["", "user-id=viewer user-pw=wrong"]) {
        const start = play(camera, `protocols=${protocols} ${login}`);
        await assertFails(start, NOT_AUTHORIZED, "Unauthorized (401)");
      }
      await (await play(camera, `protocols=${protocols} user-id=viewer user-pw=right`)).stop();
    }
    await camera.restart({ password: "new" });
    await (await play(camera, "user-id=viewer user-pw=new")).stop();
  });
}

Deno.test({ name: "a camera does not have the stream", ignore }, async () => {
  await using camera = await FaultyCamera.start({ isMissing: true });
  for (const protocols of PROTOCOLS) {
    await assertFails(play(camera, `protocols=${protocols}`), NOT_FOUND, "Not Found (404)");
  }
});

Deno.test({ name: "a camera hangs when a client comes, and wakes up", ignore }, async () => {
  await using camera = await FaultyCamera.start();
  for (const protocols of PROTOCOLS) {
    camera.freeze();
    const start = play(camera, `protocols=${protocols} ${SHORT}`);
    await assertFails(start, READ, "(Timeout while waiting for server response)");
    camera.thaw();
    await (await play(camera, `protocols=${protocols}`)).stop();
  }
});

Deno.test({ name: "a camera hangs while it plays, and wakes up", ignore }, async () => {
  await using camera = await FaultyCamera.start();
  for (const protocols of PROTOCOLS) {
    const numbers = await watch(camera, protocols, async ({ pipeline }) => {
      await playFor(pipeline, 1);
      camera.freeze();
      await playFor(pipeline, 2);
      camera.thaw();
      await playFor(pipeline, 1);
    });
    assertConsecutive(numbers);
    assert(numbers.length >= 3 * FPS, `${protocols}: ${numbers.length} frames`);
  }
});

Deno.test({ name: "the network to a camera is cut, and mended", ignore }, async () => {
  await using camera = await FaultyCamera.start({ isProxied: true });
  const numbers = await watch(camera, "tcp", async ({ pipeline }) => {
    await playFor(pipeline, 1);
    camera.cut();
    const start = play(camera, `protocols=tcp ${SHORT}`);
    await assertFails(start, READ, "(Timeout while waiting for server response)");
    camera.mend();
    await playFor(pipeline, 1);
  });
  assertConsecutive(numbers);
  assert(numbers.length >= 2 * FPS, `${numbers.length} frames`);
});

Deno.test({ name: "a camera is killed while it plays", ignore }, async () => {
  await using camera = await FaultyCamera.start();
  const warnings: string[] = [];
  const onMessage = (message: Message) => {
    if (message.type === "warning") warnings.push(message.error.message);
  };
  const byTcp = await play(camera, "protocols=tcp", DEPAYLOAD, onMessage);
  const byUdp = await play(camera, "protocols=udp");
  const failed = assertRejects(() => byUdp.ended, GstError);
  await camera.kill();
  await byTcp.ended; // the end of the stream
  assertStringIncludes(warnings.join(), "The server closed the connection.");
  const { domain, code } = await failed; // rtspsrc connects once again by itself
  assertEquals(domain, "gst-resource-error-quark");
  assert(code === OPEN_READ_WRITE || code === READ, `${code}`);
});

Deno.test({ name: "a camera comes back at the same URL with another stream", ignore }, async () => {
  await using camera = await FaultyCamera.start({ isProxied: true });
  const streams = [
    { decode: DECODE_H264, change: { ...H264, scale: 2, sound: MULAW } },
    { decode: DECODE_H265, change: { ...H265, scale: 1, sound: undefined } },
  ];
  for (const { decode, change } of streams) {
    await camera.restart(change);
    const run = ({ pipeline }: Standalone) => playFor(pipeline, 1);
    const numbers = await watch(camera, "tcp", run, { decode, scale: change.scale });
    assertConsecutive(numbers);
    assert(numbers.length > 0 && numbers.at(-1)! < camera.framesSent, `${numbers}`);
  }
});
