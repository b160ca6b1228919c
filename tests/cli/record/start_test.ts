/**
 * The start of `gstp record`: what it loads and waits for, and what makes it fail.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "../../../scripts/lib/paths.ts";
import { run, start, words } from "../../../scripts/lib/run.ts";
import { breakingProxy, cameraMissing, startCamera } from "../../helpers/camera.ts";
import { CLI, gstp, standInFlag, startGstp } from "../../helpers/cli.ts";
import { probeClip } from "../../helpers/ffprobe.ts";
import {
  checkExact,
  eventsOf,
  freePort,
  postRecord,
  readStatus,
  reportsOf,
  ringsFull,
  startRecording,
} from "../../helpers/recording_command.ts";
import { serveCheckout } from "../../helpers/serve_checkout.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

const noCamera = cameraMissing();
if (noCamera !== null) console.log(`gstp record is not tested with a camera: ${noCamera}`);

Deno.test("gstp record runs by URL, with its page", async () => {
  await using server = serveCheckout();
  await using dir = await tempDir();
  const cli = `http://127.0.0.1:${server.addr.port}/cli.ts`;
  const pipeline = words("videotestsrc is-live=true ! tee name=t ! fakesink");
  const args = ["record", `--out=${dir.path}/clips`, "--listen=0", ...pipeline];
  const map = await standInFlag(dir.path);
  const child = start(Deno.execPath(), ["run", "-A", map, cli, ...args], {
    env: { DENO_DIR: `${dir.path}/cache` },
  });
  const [, url = ""] = /listening on (http:\S+)\//.exec(await child.until("record with: ")) ?? [];
  for (
    const [path, file] of [["", "index.html"], ["page.js", "page.js"], ["page.css", "page.css"]]
  ) {
    const text = await (await fetch(`${url}/${path}`)).text();
    assertEquals(text, await Deno.readTextFile(`${ROOT}cli/server/page/${file}`));
  }
  child.kill("SIGTERM");
  assertEquals((await child.result).code, 0);
});

Deno.test("gstp and gstp record do not load the libraries of the server before they need it", async () => {
  await using dir = await tempDir();
  const env = { DENO_DIR: `${dir.path}/cache`, NPM_CONFIG_REGISTRY: "http://127.0.0.1:1" };
  const pipeline = words("videotestsrc num-buffers=1 ! tee name=t ! fakesink");
  const map = await standInFlag(dir.path);
  for (const args of [[], ["record", `--out=${dir.path}/clips`]]) {
    const command = ["run", "-A", map, CLI, ...args, ...pipeline];
    const { code, stderr } = await run(Deno.execPath(), command, { env });
    assertEquals([code, stderr.includes("Download")], [0, false], stderr);
  }
});

Deno.test("gstp record records without its page where that cannot be loaded", async () => {
  await using dir = await tempDir();
  // accepts connections, and never answers
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const cases: [registry: string, expected: string][] = [
    ["http://127.0.0.1:1", "gstp: no page: Cannot load the libraries for gstp record --listen: "],
    [`http://127.0.0.1:${silent.addr.port}`, "gstp: the page is still being loaded: "],
  ];
  for (const [i, [registry, expected]] of cases.entries()) {
    const env = { DENO_DIR: `${dir.path}/cache${i}`, NPM_CONFIG_REGISTRY: registry };
    const source = words("videotestsrc is-live=true ! tee name=t ! fakesink");
    const args = ["record", `--out=${dir.path}/clips${i}`, "--window=0.5", "--json", "--listen=0"];
    const child = startGstp([...args, ...source], { env });
    await child.until("record with: ");
    child.kill("SIGUSR2");
    await child.until('"type":"finished"');
    child.kill("SIGTERM");
    const { code, stdout, stderr } = await child.result;
    assertEquals([code, reportsOf(stdout)[0]!.shortfalls.length <= 1], [0, true], stderr);
    const said = stderr.split("\n").filter((line) => line.startsWith(expected));
    assertEquals(said.length, 1, stderr);
    assertEquals(stderr.includes("    at "), false, stderr);
  }
});

Deno.test("gstp record continues after a clip that failed", async () => {
  await using dir = await tempDir();
  const { url, folder, stop } = await startRecording(dir.path, ["--window=0.3"]);
  await Deno.remove(folder, { recursive: true });
  await Deno.writeTextFile(folder, "in the way");
  const response = await fetch(`${url}/record`, { method: "POST" });
  const { clips, failures } = await response.json();
  assertEquals([response.status, clips, failures.length], [500, [], 1]);
  assertStringIncludes(failures[0].error, `Cannot record ${folder}/`);
  await Deno.remove(folder);
  await postRecord(url);
  await until("the clip is complete", async () => {
    const [tee] = (await readStatus(url)).tees;
    return tee!.totals.finished === 1 && tee!.totals.failed === 1;
  });
  const { code, stdout } = await stop();
  assertEquals(code, 0);
  const failed = eventsOf(stdout).filter((event) => event.type === "failed");
  assertEquals(failed.map(({ tee }) => tee), ["t"]);
  await checkExact(reportsOf(stdout)[0]!);
});

Deno.test("gstp record finishes its clips and exits with 1 when a recorder fails", async () => {
  await using dir = await tempDir();
  // the ring's encoder does not take what comes after two seconds
  const source = (caps: string, frames: number) =>
    `videotestsrc is-live=true num-buffers=${frames} ! ${caps},width=64,height=48,framerate=30/1 ! c.`;
  const text = "concat name=c ! tee name=t ! fakesink " +
    `${source("video/x-raw", 60)} ${source("video/x-bayer,format=rggb", 6000)}`;
  const args = ["record", "--encoded", "--window=0.5", "--after=60", `--out=${dir.path}`, "--json"];
  const child = startGstp([...args, ...words(text)]);
  await child.until("record with: ");
  child.kill("SIGUSR2");
  const { code, stdout, stderr } = await child.result;
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, 'a recorder failed, finishing: The ring buffer at tee "t"');
  const [failed] = eventsOf(stdout).filter((event) => event.type === "failed");
  assertEquals(failed!.name, null);
  const [report] = reportsOf(stdout);
  assertEquals(report!.shortfalls.includes("ring-failed"), true, Deno.inspect(report));
  assertEquals((await probeClip(report!.path)).frames, report!.frames);
});

Deno.test({
  name:
    "gstp record does not encode a camera's stream again, and exits with 0 if the camera fails while it is stopped",
  ignore: noCamera !== null,
  async fn() {
    await using camera = await startCamera("x264enc tune=zerolatency key-int-max=15", "rtph264pay");
    await using proxy = breakingProxy(camera);
    await using dir = await tempDir();
    const source = `rtspsrc location=${proxy.url} protocols=tcp latency=100 ! ` +
      "application/x-rtp,media=video ! parsebin ! tee name=front ! fakesink";
    const args = ["record", "--window=1", `--out=${dir.path}`, "--listen=0", "--json", "-v"];
    const child = startGstp([...args, ...words(source)]);
    const [, url = ""] = /listening on (http:\S+)\//.exec(await child.until("record with: ")) ?? [];
    await ringsFull(url);
    const picture = await fetch(`${url}/snapshot.jpg`);
    assertEquals([picture.status, picture.headers.get("content-type")], [200, "image/jpeg"]);
    await picture.body!.cancel();
    await postRecord(url);
    await until(
      "the clip is complete",
      async () => (await readStatus(url)).tees[0]!.totals.finished === 1,
    );
    child.kill("SIGTERM");
    // a busy camera may drop frames, which is not tested here
    const { code, stdout, stderr } = await child.result;
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "while stopping: /GstPipeline:pipeline0/GstRTSPSrc:rtspsrc0: ");
    const [armed] = eventsOf(stdout).filter((event) => event.type === "armed");
    assertEquals([armed!.mediaTypes, armed!.container], [["video/x-h264"], ".mp4"]);
    const [report] = reportsOf(stdout);
    const { codec, frames } = await probeClip(report!.path);
    assertEquals([codec, frames], ["h264", report!.frames]);
  },
});

Deno.test("gstp record --copy-frames leaves the buffers to a source that has few", async () => {
  await using dir = await tempDir();
  const caps = "video/x-raw,format=I420,width=64,height=48,framerate=30/1";
  const socket = `socket-path=${dir.path}/shm`;
  // room for ten frames
  const sink = `shmsink ${socket} shm-size=50000 wait-for-connection=false`;
  const sender = start("gst-launch-1.0", words(`-q videotestsrc is-live=true ! ${caps} ! ${sink}`));
  await until(
    "the source is there",
    () => Deno.stat(`${dir.path}/shm`).then(() => true, () => false),
  );
  const source =
    `shmsrc ${socket} is-live=true do-timestamp=true ! ${caps} ! tee name=t ! fakesink`;
  const args = ["record", "--copy-frames", "--window=1", "--listen=0", `--out=${dir.path}/clips`];
  const child = startGstp([...args, ...words(source)]);
  const [, url = ""] = /listening on (http:\S+)\//.exec(await child.until("record with: ")) ?? [];
  await ringsFull(url);
  child.kill("SIGTERM");
  assertEquals((await child.result).code, 0);
  sender.kill("SIGKILL");
  await sender.result;
});

Deno.test("gstp record finishes its clips and ends when a watchdog misses frames", async () => {
  await using dir = await tempDir();
  const port = freePort();
  const source = `udpsrc address=127.0.0.1 port=${port} ` +
    "caps=application/x-rtp,media=video,encoding-name=H264,payload=96 ! rtph264depay ! h264parse ! " +
    "watchdog timeout=3000 ! tee name=t ! fakesink";
  const args = ["record", "--json", "--window=0.5", "--after=60", `--out=${dir.path}`];
  const sender = start("gst-launch-1.0", [
    ...words("-q videotestsrc is-live=true ! x264enc tune=zerolatency key-int-max=10"),
    ...words(`! rtph264pay config-interval=-1 ! udpsink host=127.0.0.1 port=${port}`),
  ]);
  const child = startGstp([...args, ...words(source)]);
  await child.until("record with: ");
  child.kill("SIGUSR2");
  await child.until('"type":"recording"');
  sender.kill("SIGKILL");
  await sender.result;
  const { code, stdout, stderr } = await child.result;
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "Watchdog triggered");
  const [report] = reportsOf(stdout);
  assertEquals((await probeClip(report!.path)).frames, report!.frames);
});

Deno.test("gstp record waits for the first frame", async () => {
  await using dir = await tempDir();
  const port = freePort();
  const source = `tcpserversrc host=127.0.0.1 port=${port} ! matroskademux ! ` +
    "tee name=t ! fakesink async=false";
  const child = startGstp(["record", `--out=${dir.path}`, ...words(source)]);
  await child.until("waiting for the first frame: t");
  const sender = start("gst-launch-1.0", [
    ...words("-q videotestsrc is-live=true ! vp8enc deadline=1 ! matroskamux streamable=true"),
    ...words(`! tcpclientsink host=127.0.0.1 port=${port}`),
  ]);
  await child.until("armed: t (video/x-vp8 into .webm, 5 s, clips in ");
  sender.kill("SIGKILL");
  child.kill("SIGTERM");
  await sender.result;
  const { code, stderr } = await child.result;
  assertEquals(code, 0, stderr);
});

Deno.test("gstp record stops while it waits for the first frame", async () => {
  await using dir = await tempDir();
  const source = "appsrc is-live=true ! tee name=t ! fakesink async=false";
  const child = startGstp(["record", `--out=${dir.path}`, ...words(source)]);
  await child.until("waiting for the first frame: t");
  // must not end the process
  child.kill("SIGUSR2");
  await child.until("not recording yet: trigger ignored");
  child.kill("SIGINT");
  const { code, stderr } = await child.result;
  assertEquals(code, 0, stderr);
});

Deno.test("gstp record fails when an element refuses to stop", async () => {
  await using dir = await tempDir();
  const text = "videotestsrc is-live=true ! tee name=t ! fakesink state-error=ready-to-null";
  const { code, stderr } = await gstp([
    ...["record", "--timeout=0.2", `--out=${dir.path}`],
    ...words(text),
  ]);
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "error: /GstPipeline:pipeline0/GstFakeSink:fakesink0: ");
  assertEquals(stderr.includes("    at "), false, stderr);
});
