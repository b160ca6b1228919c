/**
 * cameraSource(): what cameras send arrives at the tees, a camera that returns is looked at again, and failures keep their
 * reasons and no password.
 */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  cameraSource,
  type CameraSourceOptions,
  GstError,
  GstTimeoutError,
  hasElement,
  Pipeline,
  Standalone,
} from "../../mod.ts";
import { type Camera, cameraMissing, startCamera, switchCameras } from "../helpers/camera.ts";
import { serveStub, type StubOptions, type StubStream } from "../helpers/rtsp_stub.ts";
import { sinkStats } from "../helpers/sink_stats.ts";
import { until } from "../helpers/wait.ts";

const X264 = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30";
const X265 = "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! h265parse";

const missing = cameraMissing();
if (missing !== null) console.log(`Skipped tests of cameras: ${missing}`);
const ignore = missing !== null;

/** A user and a password with all characters that mean something in a URL or in a pipeline's text. */
const USER = "view er@site";
const PASSWORD = `s3cr:t/w%rd?#"!'{`;

const H264: StubStream = { media: "video", rtpmap: "H264/90000", isSent: true };
const PCMU: StubStream = { media: "audio", rtpmap: "PCMU/8000", isSent: true };

/** Runs a text until its tees have got a second of frames; returns the media types at the tees. */
async function run(text: string): Promise<Record<string, string | null>> {
  await using app = await Standalone.buildAndRun(text, { background: true });
  const { pipeline } = app;
  const tees = ["video", "sound"].filter((name) => pipeline.elementNames().includes(name));
  const sinks = pipeline.elementNames().filter((name) => name.startsWith("fakesink"));
  assertEquals(sinks.length, tees.length);
  await until("frames come", () => sinks.every((name) => sinkStats(pipeline, name).rendered >= 30));
  return Object.fromEntries(tees.map((tee) => [tee, pipeline.element(tee).mediaType("sink")]));
}

async function runCamera(camera: { url: string }, options?: CameraSourceOptions) {
  return await run(await cameraSource(camera.url, options).pipeline());
}

function startH264(): Promise<Camera> {
  return startCamera(X264, "rtph264pay config-interval=-1");
}

/** Looks at a camera that does what a stub does; returns the error, and what the stub got. */
async function failed(stub: StubOptions, options: CameraSourceOptions = {}) {
  await using server = serveStub(stub);
  const look = cameraSource(server.url, {
    ...{ user: USER, password: PASSWORD, timeoutSec: 1 },
    ...options,
  });
  const error = await assertRejects(() => look.pipeline(), GstError);
  assertShowsNoLogin(error);
  return { error, methods: server.methods, authorizations: server.authorizations };
}

function assertShowsNoLogin(error: Error): void {
  const text = Deno.inspect(error) + error.message + error.stack;
  const encoded = [USER, PASSWORD].map((each) => encodeURIComponent(each));
  for (const secret of ["view er", "view%20er", "s3cr", "@site", "%40site", ...encoded]) {
    assert(!text.includes(secret), `${text} shows ${secret}`);
  }
}

/** The domain and the code of an error, as GStreamer has set them. */
function kindOf({ domain, code }: GstError) {
  return { domain, code };
}

const resourceError = (code: number) => ({ domain: "gst-resource-error-quark", code });
const NOT_FOUND = resourceError(3);
const OPEN_READ_WRITE = resourceError(7);
const READ = resourceError(9);
const NOT_AUTHORIZED = resourceError(15);

Deno.test({
  name: "cameraSource() passes on video and sound of network cameras as they come",
  ignore,
  async fn() {
    const cameras: [encoder: string, payloader: string, sound: string, expected: object][] = [
      [X264, "rtph264pay", "avenc_aac ! rtpmp4gpay", {
        video: "video/x-h264",
        sound: "audio/mpeg",
      }],
      [X265, "rtph265pay", "alawenc ! rtppcmapay", {
        video: "video/x-h265",
        sound: "audio/x-alaw",
      }],
      ["jpegenc", "rtpjpegpay", "mulawenc ! rtppcmupay", {
        video: "image/jpeg",
        sound: "audio/x-mulaw",
      }],
    ];
    for (const [encoder, payloader, sound, expected] of cameras) {
      const element = encoder.split(" ")[0]!;
      if (!hasElement(element)) console.log(`skipped: no ${element}`);
      else {
        await using camera = await startCamera(encoder, payloader, { sound });
        assertEquals(await runCamera(camera, { sound: true }), expected);
      }
    }
  },
});

Deno.test({
  name: "cameraSource() leaves out sound that is not wanted or that the camera does not have",
  ignore,
  async fn() {
    await using silent = await startH264();
    assertEquals(await runCamera(silent, { sound: true }), { video: "video/x-h264" });
    const sound = "mulawenc ! rtppcmupay";
    await using camera = await startCamera(X264, "rtph264pay", { sound });
    assertEquals(await runCamera(camera), { video: "video/x-h264" });
  },
});

Deno.test({
  name: "cameraSource() takes video over UDP",
  ignore,
  async fn() {
    await using camera = await startH264();
    const text = await cameraSource(camera.url, { transport: "udp" }).pipeline();
    assertMatch(text, / protocols=udp .* timeout=5000000/);
    assertEquals(await run(text), { video: "video/x-h264" });
  },
});

Deno.test({
  name:
    "cameraSource() makes no connection of its own after a live pipeline, and looks again after others",
  ignore,
  async fn() {
    await using first = await startH264();
    await using proxy = switchCameras(first);
    const source = cameraSource(proxy.url);
    const text = await source.pipeline();
    assertEquals(proxy.connections, 1);
    assertEquals(await source.pipeline({ wasLive: true }), text);
    assertEquals(proxy.connections, 1);
    assertEquals(await run(text), { video: "video/x-h264" });
    assertEquals(proxy.connections, 2);

    // the camera returns with another codec
    await using second = await startCamera("jpegenc", "rtpjpegpay");
    proxy.switchTo(second);
    assertEquals(await source.pipeline({ wasLive: true }), text);
    await using pipeline = Pipeline.parse(text);
    const messages = pipeline.bus.messages();
    await pipeline.play();
    for await (const message of messages) {
      if (message.type !== "error") continue;
      assertEquals(message.error.domain, "gst-stream-error-quark");
      break;
    }
    assertEquals(pipeline.element("video").caps("sink"), null);
    await pipeline.close();
    const changed = await source.pipeline({ wasLive: false });
    assertEquals(await run(changed), { video: "image/jpeg" });
    assertEquals(await source.pipeline({ wasLive: true }), changed);
  },
});

Deno.test({
  name: "cameraSource() looks again after a look that failed, and with no word of the last try",
  ignore,
  async fn() {
    await using camera = await startH264();
    const source = cameraSource(camera.url, { timeoutSec: 1 });
    const text = await source.pipeline();
    camera.kill("SIGKILL");
    assertEquals(await source.pipeline({ wasLive: true }), text);
    await assertRejects(() => source.pipeline(), GstError);
    await assertRejects(() => source.pipeline({ wasLive: true }), GstError);
  },
});

Deno.test({
  name: "the pipeline of a camera that hangs can be closed",
  ignore,
  async fn() {
    for (const transport of ["tcp", "udp"] as const) {
      await using camera = await startH264();
      const text = await cameraSource(camera.url, { transport }).pipeline();
      await using pipeline = Pipeline.parse(text);
      await pipeline.play();
      await until("video comes", () => pipeline.element("video").caps("sink") !== null);
      camera.kill("SIGSTOP");
      const start = performance.now();
      await pipeline.close();
      console.log(`closed over ${transport} after ${Math.round(performance.now() - start)} ms`);
    }
  },
});

Deno.test({
  name: "cameraSource() keeps GStreamer's errors of cameras that are off, elsewhere or silent",
  ignore,
  async fn() {
    await using camera = await startH264();
    const { host } = new URL(camera.url.replace("rtsp:", "http:"));
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const login = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}@`;
    for (
      const [place, kind] of [
        [`${host}/elsewhere`, NOT_FOUND],
        ["127.0.0.1:1/camera", OPEN_READ_WRITE],
        [`127.0.0.1:${silent.addr.port}/camera`, READ],
      ] as const
    ) {
      const look = cameraSource(`rtsp://${login}${place}`, { timeoutSec: 1 });
      const error = await assertRejects(() => look.pipeline(), GstError);
      assertEquals(kindOf(error), kind, error.message);
      assertStringIncludes(error.message, `(location=rtsp://${place})`);
      assertShowsNoLogin(error);
    }
  },
});

Deno.test("cameraSource() tries a password that is refused once, and does not show it", async () => {
  const decode = (header: string) =>
    new TextDecoder().decode(Uint8Array.from(atob(header.slice(6)), (char) => char.charCodeAt(0)));
  const basic = await failed({ challenge: 'Basic realm="camera"' });
  assertEquals(kindOf(basic.error), NOT_AUTHORIZED);
  assertEquals(basic.authorizations.map(decode), [`${USER}:${PASSWORD}`]);
  const digest = await failed({ challenge: 'Digest realm="camera", nonce="1"' });
  assertEquals(kindOf(digest.error), NOT_AUTHORIZED);
  assertEquals(digest.authorizations.length, 1);
  assertStringIncludes(digest.authorizations[0]!, `username="${USER}"`);
});

Deno.test("cameraSource() reports cameras that hang or hang up", async () => {
  const streams = [H264];
  for (const method of ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]) {
    const hanging = await failed({ streams, hangsAt: method });
    assertEquals(kindOf(hanging.error), READ, method);
    assertEquals(hanging.methods.includes(method), true);
    const closing = await failed({ streams, closesAt: method });
    assertEquals(kindOf(closing.error), READ, method);
  }
});

Deno.test("cameraSource() reports cameras that send nothing as a time-out", async () => {
  const streams = [{ ...H264, isSent: false }, PCMU];
  for (const [transport, hint] of [["tcp", undefined], ["udp", /firewall/]] as const) {
    const { error, methods } = await failed({ streams }, { transport, sound: true });
    assertInstanceOf(error, GstTimeoutError);
    assertMatch(error.message, /^The camera at 127\.0\.0\.1:\d+ has accepted .* no video for 1 s/);
    if (hint !== undefined) assertMatch(error.message, hint);
    assert(methods.includes("PLAY"));
  }
});

Deno.test("cameraSource() lists what a camera offers that has no video to record", async () => {
  const video = await failed({ streams: [{ ...H264, rtpmap: "MPV/90000" }, PCMU] });
  assertStringIncludes(
    video.error.message,
    "it offers video in MPV, audio in PCMU; known are H264,",
  );
  const sound = await failed({ streams: [PCMU] });
  assertStringIncludes(sound.error.message, "it offers audio in PCMU; known are H264, H265, JPEG,");
});

Deno.test("cameraSource() picks the first streams that can be recorded", async () => {
  const unknown = { ...H264, rtpmap: "MPV/90000" };
  const jpeg = { ...H264, rtpmap: "JPEG/90000" };
  await using server = serveStub({
    streams: [unknown, H264, jpeg, { ...PCMU, rtpmap: "G726-32/8000" }, PCMU],
  });
  const text = await cameraSource(server.url, { sound: true }).pipeline();
  assertEquals(text.match(/encoding-name=\w+/g), ["encoding-name=H264", "encoding-name=PCMU"]);
});

Deno.test("cameraSource() links streams that appear at the same time", async () => {
  const streams = [H264, PCMU];
  for (let round = 0; round < 40; round++) {
    await using server = serveStub({ streams: round % 2 === 0 ? streams : streams.toReversed() });
    const text = await cameraSource(server.url, { sound: true, timeoutSec: 2 }).pipeline();
    assertEquals(text.match(/tee name=\w+/g), ["tee name=video", "tee name=sound"]);
    // the elements before the tees get packets that hold no picture
    await using pipeline = Pipeline.parse(text.replaceAll(/ ! (rtp\S+)/g, " ! $1 name=$1"));
    await pipeline.play();
    const comes = (name: string) => pipeline.element(name).caps("sink") !== null;
    await until("both streams come", () => comes("rtph264depay") && comes("rtppcmudepay"));
  }
});

Deno.test("cameraSource() leaves out sound that a camera offers and does not send", async () => {
  await using server = serveStub({ streams: [H264, { ...PCMU, isSent: false }] });
  const text = await cameraSource(server.url, { sound: true, timeoutSec: 1 }).pipeline();
  assertEquals(text.match(/tee name=\w+/g), ["tee name=video"]);
});

Deno.test("cameraSource() sets user and password as properties, and the location without them", async () => {
  await using server = serveStub({ streams: [H264] });
  const login = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}@`;
  const other = server.url.replace("//", "//other:one@");
  const texts = [
    await cameraSource(server.url.replace("//", `//${login}`)).pipeline(),
    await cameraSource(other, { user: USER, password: PASSWORD }).pipeline(),
  ];
  for (const text of texts) {
    await using pipeline = Pipeline.parse(text);
    const camera = pipeline.element("camera");
    const values = ["location", "user-id", "user-pw"].map((name) => camera.getProperty(name));
    assertEquals(values, [server.url, USER, PASSWORD]);
  }
  // an empty password is one
  const admin = await cameraSource(server.url, { user: "admin" }).pipeline();
  await using pipeline = Pipeline.parse(admin);
  assertEquals(pipeline.element("camera").getProperty("user-pw"), "");
});

Deno.test("no address adds an element", async () => {
  const evil = " ! fakesink name=evil";
  await using server = serveStub({ streams: [H264] });
  await using pipeline = Pipeline.parse(await cameraSource(server.url + evil).pipeline());
  assertEquals(pipeline.element("camera").getProperty("location"), server.url + evil);
  assert(!pipeline.elementNames().includes("evil"));
  const pattern = await cameraSource(`test:ball${evil}`).pipeline();
  const error = assertThrows(() => Pipeline.parse(pattern), GstError);
  assertStringIncludes(error.message, `to "ball${evil}"`);
  await assertRejects(
    () => cameraSource(`v4l2:/dev/none${evil}`).pipeline(),
    GstError,
    "/dev/none ! fakesink",
  );
});

Deno.test("cameraSource() has test pictures and a test tone", async () => {
  assertEquals(await run(await cameraSource("test:").pipeline()), { video: "video/x-raw" });
  const ball = await cameraSource("test:ball", { sound: true }).pipeline();
  assertEquals(await run(ball), { video: "video/x-raw", sound: "audio/x-raw" });
  await using pipeline = Pipeline.parse(ball);
  assertEquals(pipeline.element("camera").getProperty("pattern"), "ball");
});

Deno.test("cameraSource() keeps GStreamer's error of a device that does not exist", async () => {
  const error = await assertRejects(() => cameraSource("v4l2:/dev/none").pipeline(), GstError);
  assertEquals(kindOf(error), NOT_FOUND);
});

Deno.test("cameraSource() checks its arguments, and shows no password then", () => {
  const addresses = [
    "",
    "10.0.0.12",
    "http://view er:s3cret@host/",
    "view er:s3cret@host",
    "rtsp://",
    "rtsp://view er:s3c/ret@host/",
    "rtsp://view er:12/s3cret@host/",
    "rtsp://view er:12#s3cret@host/",
    "rtsp://view er:s3cret@host/\0",
    `rtsp://view er:${"[".repeat(1001)}s3cret@host/`,
    "v4l2:",
    "test:\0",
  ];
  for (const address of addresses) {
    const error = assertThrows(() => cameraSource(address), TypeError);
    assertShowsNoLogin(error);
  }
  // deno-lint-ignore no-explicit-any
  const options: [value: any, type: typeof TypeError | typeof RangeError, name: string][] = [
    [null, TypeError, "options"],
    [{ user: 1 }, TypeError, "user"],
    [{ password: 1 }, TypeError, "password"],
    [{ sound: "yes" }, TypeError, "sound"],
    [{ transport: "http" }, TypeError, "transport"],
    [{ latencyMs: "200" }, TypeError, "latencyMs"],
    [{ latencyMs: -1 }, RangeError, "latencyMs"],
    [{ latencyMs: 0.5 }, RangeError, "latencyMs"],
    [{ timeoutSec: "5" }, TypeError, "timeoutSec"],
    [{ timeoutSec: 0 }, RangeError, "timeoutSec"],
    [{ timeoutSec: Infinity }, RangeError, "timeoutSec"],
    [{ timeoutSec: NaN }, RangeError, "timeoutSec"],
  ];
  for (const [value, type, name] of options) {
    assertThrows(() => cameraSource("test:", value), type, name);
  }
  // a path may have an @ where the user is given
  cameraSource("rtsp://host/a@b", { user: "" });
  cameraSource("rtsp://user:one@host/a@b");
});
