/**
 * Sending clips, whole or in parts.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { openClip } from "../../../cli/record/open_clip.ts";
import { clipResponse } from "../../../cli/server/clip_response.ts";
import { writeRecord } from "../../helpers/own_clips.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

/** Asks for `a.mp4`, which holds ten digits. */
async function ask(
  folder: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<{ status: number; body: string; headers: Headers }> {
  const clip = await openClip(folder, "a.mp4");
  const request = new Request("http://localhost/clips/a.mp4", { headers, method });
  const response = await clipResponse(request, "a.mp4", clip!);
  return { status: response.status, body: await response.text(), headers: response.headers };
}

async function writeClip(dir: string): Promise<void> {
  await Deno.writeTextFile(`${dir}/a.mp4`, "0123456789");
  writeRecord(`${dir}/a.mp4`);
}

Deno.test("clipResponse() sends a clip whole or in parts", async () => {
  await using dir = await tempDir();
  await writeClip(dir.path);
  const cases: [range: string | undefined, status: number, body: string, part: string | null][] = [
    [undefined, 200, "0123456789", null],
    ["bytes=0-", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=9-99", 206, "9", "bytes 9-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=0-1,5-6", 200, "0123456789", null],
    ["bytes=4-2", 200, "0123456789", null],
    ["bytes=x", 200, "0123456789", null],
    ["frames=0-1", 200, "0123456789", null],
  ];
  for (const [range, status, body, part] of cases) {
    const answer = await ask(dir.path, range === undefined ? {} : { range });
    const text = `range ${range}`;
    assertEquals([answer.status, answer.body], [status, body], text);
    assertEquals(answer.headers.get("content-range"), part, text);
    assertEquals(answer.headers.get("content-type"), "video/mp4");
    assertEquals(answer.headers.get("accept-ranges"), "bytes");
    const length = answer.headers.get("content-length");
    if (status !== 416) assertEquals(length, String(body.length), text);
  }
});

Deno.test("clipResponse() answers HEAD like GET, without a body", async () => {
  await using dir = await tempDir();
  await writeClip(dir.path);
  const whole = await ask(dir.path, {}, "HEAD");
  assertEquals([whole.status, whole.body, whole.headers.get("content-length")], [200, "", "10"]);
  const part = await ask(dir.path, { range: "bytes=2-4" }, "HEAD");
  assertEquals([part.status, part.body, part.headers.get("content-length")], [206, "", "3"]);
});

Deno.test("clipResponse() answers conditional requests", async () => {
  await using dir = await tempDir();
  await writeClip(dir.path);
  const first = await ask(dir.path);
  const etag = first.headers.get("etag")!;
  const date = first.headers.get("last-modified")!;
  assertMatch(etag, /^"[\w-]+"$/);
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    assertEquals((await ask(dir.path, { "if-none-match": known })).status, 304, known);
  }
  assertEquals((await ask(dir.path, { "if-none-match": '"x"' })).status, 200);
  const range = "bytes=2-4";
  assertEquals((await ask(dir.path, { range, "if-range": etag })).status, 206);
  assertEquals((await ask(dir.path, { range, "if-range": date })).status, 206);
  assertEquals((await ask(dir.path, { range, "if-range": `W/${etag}` })).status, 200);
  await Deno.writeTextFile(`${dir.path}/a.mp4`, "0123456789abc");
  const changed = await ask(dir.path, { range, "if-range": etag });
  assertEquals([changed.status, changed.body], [200, "0123456789abc"]);
});

Deno.test("clipResponse() closes the clip when the client disconnects", async () => {
  await using dir = await tempDir();
  await Deno.writeFile(`${dir.path}/a.mp4`, new Uint8Array(1e6));
  writeRecord(`${dir.path}/a.mp4`);
  const clip = await openClip(dir.path, "a.mp4");
  const response = await clipResponse(new Request("http://localhost/"), "a.mp4", clip!);
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel(); // the test's sanitizer would see a file that stays open
});
