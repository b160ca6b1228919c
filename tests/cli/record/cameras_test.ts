/**
 * `gstp record` on several cameras: each is recorded whenever it is there.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { TimedEvent } from "../../../cli/record/events.ts";
import { gstp, startGstp } from "../../helpers/cli.ts";
import { cameraMissing } from "../../helpers/camera.ts";
import { FaultyCamera } from "../../helpers/faulty_camera.ts";
import { eventsOf, postRecord, readStatus, ringsFull } from "../../helpers/recording_command.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

const missing = cameraMissing();
if (missing !== null) console.log(`Skipped tests of cameras: ${missing}`);

/** The cameras as the server lists them. */
async function camerasAt(url: string): Promise<
  { name: string; state: string; reason: string | null; tees: string[]; reconnects: number }[]
> {
  return (await (await fetch(`${url}/cameras`)).json()).cameras;
}

/** What a test compares of an event of a camera. */
function cameraEvents(events: TimedEvent[], name: string): string[] {
  return events.flatMap((event) =>
    event.type === "camera" && event.camera === name ? [event.reason ?? event.state] : []
  );
}

Deno.test({
  name: "gstp record records cameras whenever they are there, and says why others are not",
  ignore: missing !== null,
  fn: async () => {
    await using dir = await tempDir();
    await using camera = await FaultyCamera.start();
    await Deno.writeTextFile(
      `${dir.path}/hall.gstp`,
      "videotestsrc is-live=true ! video/x-raw,width=64,height=48 ! tee name=a ! fakesink " +
        "videotestsrc is-live=true ! video/x-raw,width=64,height=48 ! tee name=b ! fakesink",
    );
    const sources = [`${dir.path}/hall.gstp`, `yard=${camera.url}`, "gate=rtsp://127.0.0.1:1/s1"];
    const options = ["--listen=0", "--json", "--window=1", `--out=${dir.path}/clips`];
    const child = startGstp(["record", ...options, ...sources]);
    const [, url = ""] = /listening on (http:\S+)\//.exec(await child.until("record with: "))!;
    await until("the yard is live", async () => (await camerasAt(url))[1]!.state === "live");
    await ringsFull(url);
    const listed = await camerasAt(url);
    assertEquals(
      listed.map(({ name, state, reason, tees }) => [name, state, reason, tees]),
      [
        ["hall", "live", null, ["hall.a", "hall.b"]],
        ["yard", "live", null, ["yard"]],
        ["gate", "offline", "refused", []],
      ],
    );
    // what is there is recorded, and the rest named
    const response = await fetch(`${url}/record`, { method: "POST" });
    const { clips, failures } = await response.json();
    assertEquals(response.status, 202);
    assertEquals(clips.map(({ tee }: { tee: string }) => tee), ["hall.a", "hall.b", "yard"]);
    assertMatch(failures[0].error, /^Camera "gate" is offline \(refused\) since /);
    const health = await fetch(`${url}/health`);
    assertEquals(health.status, 503);
    assertEquals((await health.json()).missing[0].camera, "gate");

    await camera.kill();
    await until("the yard is off", async () => (await camerasAt(url))[1]!.state === "offline");
    await camera.restart();
    await until("the yard is back", async () => (await camerasAt(url))[1]!.state === "live");
    assertEquals((await camerasAt(url))[1]!.reconnects, 1);
    const post = async (path: string) => {
      const response = await fetch(`${url}/cameras/${path}`, { method: "POST" });
      return { status: response.status, answer: await response.json() };
    };
    const { answer } = await post("yard/record");
    assertEquals(answer.clips.map(({ tee }: { tee: string }) => tee), ["yard"]);
    assertEquals([(await post("gate/record")).status, (await post("attic/retry")).status], [
      503,
      404,
    ]);
    await post("hall/off");
    await until("the hall is off", async () => (await camerasAt(url))[0]!.state === "off");
    assertEquals((await readStatus(url)).tees.map(({ tee }) => tee), ["yard"]);
    await post("hall/on");
    await until("the hall is on", async () => (await camerasAt(url))[0]!.state === "live");
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assertStringIncludes(metrics, 'gstp_camera_up{camera="gate"} 0\n');
    assertStringIncludes(metrics, 'gstp_camera_reconnects_total{camera="yard"} 1\n');
    assertEquals((await postRecord(url, { camera: "yard" })).length, 1);
    child.kill("SIGTERM");
    const { code, stdout } = await child.result;
    assertEquals(code, 0, stdout);
    const events = eventsOf(stdout);
    assertEquals(cameraEvents(events, "yard").slice(0, 2), ["connecting", "live"]);
    assertEquals(cameraEvents(events, "yard").at(-2), "live");
    assertEquals(cameraEvents(events, "gate").slice(0, 2), ["connecting", "refused"]);
    assert(events.filter(({ type }) => type === "finished").length >= 4);
  },
});

Deno.test("gstp record refuses cameras that it cannot tell apart, and wrong addresses", async () => {
  const refused: [args: string[], text: string][] = [
    [["a=test:", "a=test:ball"], 'Two cameras are named "a"'],
    [["a/x.gstp", "b/x.gstp"], 'Two cameras are named "x"'],
    [["a=test:", "--pattern=ball"], "Unknown option --pattern"],
    [["a=rtsp://user:pass/word@host/s1"], "a: The address of the camera is not a URL"],
  ];
  for (const [args, text] of refused) {
    const { code, stderr } = await gstp(["record", ...args]);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, text);
  }
});

Deno.test("gstp record --dry-run lists cameras without their addresses", async () => {
  const { code, stdout } = await gstp([
    "record",
    "--dry-run",
    "a=rtsp://u:secret@host/s1",
    "b=test:",
  ]);
  assertEquals([code, stdout], [0, "a\nb\n"]);
});
