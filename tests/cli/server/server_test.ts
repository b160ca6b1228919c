/**
 * The clips and events of the server of `gstp record`.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../../scripts/lib/run.ts";
import { fileNames } from "../../helpers/file_names.ts";
import { serve } from "../../helpers/record_server.ts";
import { postRecord, readStatus, ringsFull } from "../../helpers/recording_command.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

Deno.test("GET /clips lists clips, and GET and HEAD of one sends it or a part of it", async () => {
  await using dir = await tempDir();
  await using server = await serve(dir.path);
  const { url } = server;
  await ringsFull(url);
  for (let clips = 1; clips <= 2; clips++) {
    await postRecord(url);
    await until("the clip is complete", async () => (await readStatus(url)).clips.count === clips);
  }
  const list = await (await fetch(`${url}/clips?limit=1`)).json();
  assertEquals([list.count, list.clips.length], [2, 1]);
  const [clip] = list.clips;
  assertEquals(clip.report.bytes, clip.bytes);
  const file = await Deno.readFile(`${dir.path}/clips/${clip.name}`);
  assertEquals(clip.bytes, file.length);

  const ask = async (headers: Record<string, string>, method = "GET") => {
    const response = await fetch(url + clip.url, { headers, method });
    const { status, headers: sent } = response;
    return { status, headers: sent, body: await response.bytes() };
  };
  const whole = await ask({});
  assertEquals([whole.status, whole.body], [200, file]);
  const part = await ask({ range: "bytes=100-199" });
  assertEquals([part.status, part.body], [206, file.subarray(100, 200)]);
  assertEquals(part.headers.get("content-range"), `bytes 100-199/${file.length}`);
  assertEquals((await ask({ range: `bytes=${file.length}-` })).status, 416);
  const etag = whole.headers.get("etag")!;
  assertEquals((await ask({ "if-none-match": etag })).status, 304);
  assertEquals((await ask({ range: "bytes=0-0", "if-range": '"x"' })).status, 200);
  const head = await ask({}, "HEAD");
  assertEquals([head.status, head.body.length], [200, 0]);
  assertEquals(head.headers.get("content-length"), String(file.length));
  assertEquals((await ask({ range: "bytes=0-9" }, "HEAD")).status, 206);
  // nothing of this may leave the clip open
  if (Deno.build.os === "linux") {
    const open = [...Deno.readDirSync(`/proc/${server.child.pid}/fd`)].map(({ name }) =>
      Deno.readLinkSync(`/proc/${server.child.pid}/fd/${name}`)
    );
    assertEquals(open.filter((path) => path.endsWith(clip.name)), []);
  }
});

Deno.test("GET /clips lists clips of any name, and each is sent by its URL", async () => {
  await using dir = await tempDir();
  await Deno.mkdir(`${dir.path}/clips`);
  const names = ["a\\b", "süd\ufffd", "%41#? &+", '<b>"'].map((name, i) =>
    `2026-11-26T14-03-12.00${i}Z_${name}.mp4`
  );
  for (const name of names) await Deno.writeTextFile(`${dir.path}/clips/${name}`, name);
  // not UTF-8: a name that Deno cannot open, and some systems do not take
  const script = `printf x > "$1/2026-11-26T14-03-12.009Z_$(printf '\\377').mp4"`;
  await run("sh", ["-c", script, "sh", `${dir.path}/clips`]);
  await using server = await serve(dir.path);
  const { clips, count } = await (await fetch(`${server.url}/clips`)).json();
  const listed = clips.map(({ name }: { name: string }) => name).sort();
  assertEquals([count, listed], [names.length, names.toSorted()]);
  for (const { name, url } of clips) {
    const response = await fetch(server.url + url);
    assertEquals([response.status, await response.text()], [200, name]);
  }
});

Deno.test("a tee is addressed by its name, whatever characters it has", async () => {
  await using dir = await tempDir();
  const tees = ["hof/süd", "a%2Fb+c?&#", "t"];
  await using server = await serve(dir.path, [], tees);
  const { url } = server;
  await ringsFull(url);
  const { tees: shown } = await readStatus(url);
  assertEquals(shown.map(({ tee }) => tee).sort(), tees.toSorted());
  for (const [i, tee] of tees.entries()) {
    const picture = await fetch(`${url}/snapshot.jpg?${new URLSearchParams({ tee })}`);
    assertEquals([picture.status, picture.headers.get("content-type")], [200, "image/jpeg"], tee);
    await picture.body?.cancel();
    const [name] = await postRecord(url, { tee });
    assertEquals(/^[\w.-]+$/.test(name!), true, name);
    await until("its clip is complete", async () => (await readStatus(url)).clips.count === i + 1);
    const { totals } = (await readStatus(url)).tees.find((one) => one.tee === tee)!;
    assertEquals([totals.finished, totals.failed], [1, 0], tee);
  }
  const metrics = await (await fetch(`${url}/metrics`)).text();
  for (const tee of tees) assertStringIncludes(metrics, `gstp_armed{tee="${tee}"} 1\n`);
});

Deno.test("GET /events sends the events of the run", async () => {
  await using dir = await tempDir();
  await using server = await serve(dir.path, ["--max-files=1", "--min-age=0s"]);
  const { url } = server;
  const response = await fetch(`${url}/events`);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  const types: string[] = [];
  let text = "";
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const readUntil = async (pattern: RegExp) => {
    while (!pattern.test(text)) {
      const { done, value = "" } = await reader.read();
      assertEquals(done, false);
      text += value;
    }
    types.push(...[...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type!));
    const found = text;
    text = "";
    return found;
  };
  await ringsFull(url);
  await readUntil(/event: armed\n.*\n\n.*event: status\n.*\n\n/s);
  await postRecord(url);
  const finished = await readUntil(/event: finished\n.*\n\n/);
  const data = JSON.parse(/^event: finished\ndata: (.*)$/m.exec(finished)![1]!);
  assertEquals([data.tee, data.report.shortfalls], ["t", []]);
  await postRecord(url);
  await readUntil(/event: removed\n.*\n\n/);
  const order = types.filter((type) => type !== "status");
  const clip = ["recording", "finished"];
  assertEquals(order, ["armed", ...clip, ...clip, "removed"]);
  assertEquals(fileNames(`${dir.path}/clips`).length, 1);
  await reader.cancel();
  await until("the server notices that the client has disconnected", async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return metrics.includes("\ngstp_event_clients 0\n");
  });
});
