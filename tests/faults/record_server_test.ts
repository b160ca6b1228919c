/**
 * The server of `gstp record` under wrong, hostile and many requests.
 */
import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { EventStreams, SlowClientError } from "../../cli/server/event_streams.ts";
import { HttpServer } from "../../cli/server/http_server.ts";
import { flood, get, type RawResponse, sendRaw } from "../helpers/raw_http.ts";
import { serve } from "../helpers/record_server.ts";
import {
  checkExact,
  postRecord,
  readStatus,
  reportsOf,
  startRecording,
} from "../helpers/recording_command.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { until } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

const TOKEN = "correct-horse-battery-staple";
const MB = 1e6;

/** Sends a POST /record. */
function post(url: string, headers: string[], body = ""): Promise<RawResponse> {
  const { host } = new URL(url);
  const lines = [
    `Host: ${host}`,
    "Connection: close",
    `Content-Length: ${body.length}`,
    ...headers,
  ];
  return sendRaw(url, `POST /record HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
}

Deno.test("gstp record's server refuses other names and pages of other sites", async () => {
  await using dir = await tempDir();
  await using server = await serve(dir.path);
  const { url } = server;
  const { port, host } = new URL(url);
  let refused = 0;
  for (const name of [host, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
    assertEquals((await get(url, "/status", [`Host: ${name}`])).status, 200, name);
  }
  for (const name of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "x@[::1"]) {
    for (const path of ["/", "/status", "/clips", "/events"]) {
      const { status, body } = await get(url, path, [`Host: ${name}`]);
      assertEquals(status, 403, `${name}${path}`);
      assertStringIncludes(body, "Address this server as 127.0.0.1");
      refused++;
    }
  }
  const foreign = [
    ["Origin: http://evil.example"],
    ["Origin: null"],
    [`Origin: http://127.0.0.1:${Number(port) + 1}`],
    ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"],
    ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"],
  ];
  for (const headers of foreign) {
    for (const path of ["/status", "/snapshot.jpg", "/clips/x.mp4"]) {
      assertEquals((await get(url, path, headers)).status, 403, `${headers} ${path}`);
      refused++;
    }
    assertEquals((await post(url, headers)).status, 403, `${headers}`);
    refused++;
  }
  const options = await sendRaw(
    url,
    `OPTIONS /record HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://evil.example\r\n` +
      "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n",
  );
  assertEquals([options.status, options.headers.get("access-control-allow-origin")], [403, null]);
  // a link to the page is harmless
  const link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"];
  const page = await get(url, "/", link);
  assertEquals(page.status, 200);
  assertStringIncludes(page.headers.get("content-security-policy")!, "default-src 'none'");
  assertEquals(page.headers.get("x-content-type-options"), "nosniff");
  assertEquals((await get(url, "/status", link)).status, 403);
  const own = [`Origin: ${url}`, "Sec-Fetch-Site: same-origin"];
  assertEquals((await post(url, own)).status, 202);
  addRow(import.meta.url, {
    fault: "requests to gstp record's server under another name, or from pages of other sites",
    tries: refused,
    outcome: "refused; its own page and this machine are served",
    lost: "nothing",
  });
});

Deno.test("gstp record's server requires the token if there is one", async () => {
  await using dir = await tempDir();
  await using server = await serve(dir.path, [`--token=${TOKEN}`]);
  const { url } = server;
  const paths = ["/status", "/clips", "/clips/x.mp4", "/snapshot.jpg", "/metrics", "/events"];
  let refused = 0;
  const wrong = ["", `${TOKEN}x`, TOKEN.slice(1), "x", TOKEN.toUpperCase(), `${TOKEN},${TOKEN}`];
  for (const path of paths) {
    assertEquals((await get(url, path)).status, 401, path);
    assertEquals((await get(url, `${path}?token=${TOKEN}`)).status, 401, path);
    refused += 2;
    for (const token of wrong) {
      const { status, headers } = await get(url, path, [`Authorization: Bearer ${token}`]);
      assertEquals([status, headers.get("www-authenticate")], [401, "Bearer"], `${path} ${token}`);
      refused++;
    }
  }
  assertEquals((await post(url, [])).status, 401);
  assertEquals(
    (await post(url, [`Cookie: gstp_session_${new URL(url).port}=${TOKEN}`])).status,
    401,
  );
  const right = `Authorization: Bearer ${TOKEN}`;
  assertEquals((await get(url, "/status", [right])).status, 200);
  // with the token, any name of the machine is accepted
  assertEquals((await get(url, "/status", [right, "Host: camera.example"])).status, 200);
  assertEquals((await get(url, "/status", [right, "Origin: http://evil.example"])).status, 403);
  for (const path of ["/", "/page.js", "/page.css", "/icon.svg"]) {
    assertEquals((await get(url, path)).status, 200, path);
  }

  const noSession = await fetch(`${url}/session`, { method: "POST" });
  assertEquals([noSession.status, noSession.headers.get("set-cookie")], [401, null]);
  await noSession.body?.cancel();
  const session = await fetch(`${url}/session`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  assertEquals(session.status, 204);
  const cookie = session.headers.get("set-cookie")!;
  const { port } = new URL(url);
  assertMatch(
    cookie,
    /^gstp_session_\d+=[\w-]+; Max-Age=604800; HttpOnly; SameSite=Strict; Path=\/$/,
  );
  assert(cookie.startsWith(`gstp_session_${port}=`));
  assertEquals(cookie.includes(TOKEN), false);
  const pair = cookie.split(";")[0]!;
  assertEquals((await get(url, "/status", [`Cookie: a=b; ${pair}`])).status, 200);
  assertEquals((await get(url, "/status", [`Cookie: ${pair}x`])).status, 401);
  // with a server for TLS in front
  const proxied = { authorization: `Bearer ${TOKEN}`, "x-forwarded-proto": "https" };
  const secure = await fetch(`${url}/session`, { method: "POST", headers: proxied });
  assertMatch(secure.headers.get("set-cookie")!, /; Secure$/);

  const sessionEnd = async (headers: HeadersInit) =>
    (await (await fetch(`${url}/session`, { headers })).json()).ends;
  const lastsMs = new Date(await sessionEnd({ cookie: pair })).getTime() - Date.now();
  assert(lastsMs > 6 * 86_400_000 && lastsMs <= 7 * 86_400_000, `${lastsMs} ms`);
  assertEquals(await sessionEnd({ authorization: `Bearer ${TOKEN}` }), null);
  const end = await fetch(`${url}/session`, { method: "DELETE", headers: { cookie: pair } });
  assertEquals(end.status, 204);
  assertMatch(end.headers.get("set-cookie")!, /^gstp_session_\d+=; Max-Age=0; /);
  assertEquals((await get(url, "/status", [`Cookie: ${pair}`])).status, 401);
  const others = secure.headers.get("set-cookie")!.split(";")[0]!;
  assertEquals((await get(url, "/status", [`Cookie: ${others}`])).status, 200);

  await server.child.until("gstp: wrong token from 127.0.0.1");
  addRow(import.meta.url, {
    fault: "requests to gstp record's server with no token, a wrong one, or one in the address",
    tries: refused,
    outcome: "refused; the right one is served",
    lost: "nothing",
  });
});

Deno.test("gstp record's server refuses malformed requests with a sentence", async () => {
  await using dir = await tempDir();
  await using server = await serve(dir.path, [], ["t1", "t2"]);
  const { url } = server;
  const type = "Content-Type: application/json";
  const cases: [headers: string[], body: string, status: number, text: string][] = [
    [[type], "{", 400, "not JSON"],
    [[type], "[]", 400, "body: "],
    [[type], "null", 400, "body: "],
    [[type], '{"before":"1"}', 400, "before: "],
    [[type], '{"before":-1}', 400, "before: "],
    [[type], '{"after":1e999}', 400, "after: "],
    [[type], '{"before":0.4}', 400, "beforeSec must be at most 0.3 seconds"],
    [[type], '{"at":1e6}', 400, "at must be at most"],
    [[type], '{"until":1}', 400, "until: unknown"],
    [[type], '{"__proto__":{"before":1}}', 400, "__proto__"],
    [[type], '{"tee":"x"}', 404, 'No tee is named \\"x\\"; the tees are: t1, t2'],
    [[type], '{"tee":["t1"]}', 400, "tee: "],
    [["Content-Type: text/plain"], '{"tee":"t1"}', 415, "application/json"],
    [[], '{"tee":"t1"}', 415, "application/json"],
    [[type], " ".repeat(4097), 413, "at most 4096 bytes"],
  ];
  for (const [headers, body, status, text] of cases) {
    const answer = await post(url, headers, body);
    assertEquals(answer.status, status, `${body.slice(0, 40)}: ${answer.body}`);
    assertStringIncludes(answer.body, text);
  }
  const paths = [
    ...["/../../etc/passwd", "/clips/../../etc/passwd", "/clips/..%2f..%2fetc%2fpasswd"],
    ...["/clips/%2e%2e/%2e%2e/etc/passwd", "/clips/..%5c..%5cetc", "/clips/%2fetc%2fpasswd"],
    ...[
      "/clips/a.mp4%00",
      "/clips/%00",
      "/clips/%zz.mp4",
      "/clips/%ff.mp4",
      "/clips//etc/passwd",
    ],
    ...[
      `/clips/${"x".repeat(3000)}.mp4`,
      "/clips/x/y.mp4",
      "/none",
      "/record",
      "/snapshot.jpg?tee=",
    ],
  ];
  for (const path of paths) {
    const { status, body } = await get(url, path);
    assertEquals(status, 404, `${path.slice(0, 60)}: ${body}`);
  }
  const limits = ["0", "-1", "x", "1001", "1e3", ""];
  for (const limit of limits) {
    assertEquals((await get(url, `/clips?limit=${limit}`)).status, 400, limit);
  }
  const { tees } = await readStatus(url);
  assertEquals(tees.map(({ openClips, totals }) => [openClips, totals.failed]), [[[], 0], [[], 0]]);
  addRow(import.meta.url, {
    fault: "malformed bodies and paths out of the folder of clips, sent to gstp record's server",
    tries: cases.length + paths.length + limits.length,
    outcome: "refused with a sentence; no clip begins or fails",
    lost: "nothing",
  });
});

Deno.test("gstp record's server does not buffer a huge body", async () => {
  await using dir = await tempDir();
  await using server = await serve(dir.path);
  const { url } = server;
  const head = (lines: string) =>
    `POST /record HTTP/1.1\r\nHost: ${new URL(url).host}\r\n` +
    `Content-Type: application/json\r\n${lines}\r\n\r\n`;
  const piece = new Uint8Array(64 * 1024);
  const size = new TextEncoder().encode("10000\r\n");
  const chunk = new Uint8Array([...size, ...piece, 13, 10]);
  const before = await readMemory(url);
  const withLength = await flood(url, head("Content-Length: 1000000000"), piece, 200 * MB);
  const chunked = await flood(url, head("Transfer-Encoding: chunked"), chunk, 200 * MB);
  assertEquals([withLength, chunked], [413, 413]);
  const growth = await readMemory(url) - before;
  assertLess(growth, 50 * MB);
  assertEquals((await readStatus(url)).state, "playing");
  addRow(import.meta.url, {
    fault: "bodies of 200 MB, with and without Content-Length, sent to gstp record's server",
    tries: 2,
    outcome: `refused, recording goes on, ${Math.round(growth / MB)} MB more memory`,
    lost: "nothing",
  });
});

/** Bytes of memory that the server's process takes. */
async function readMemory(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)![1]);
}

Deno.test("gstp record's clips stay exact under 200 requests at a time", async () => {
  await using dir = await tempDir();
  const run = await startRecording(dir.path, ["--window=1", "--after=2"]);
  const { url } = run;
  const [name] = await postRecord(url);
  const { host } = new URL(url);
  const before = await readMemory(url);
  const counts = new Map<string, number>();
  const requests: (() => Promise<{ status: number }>)[] = [
    () => get(url, "/status"),
    () => get(url, "/clips"),
    () => get(url, "/metrics"),
    () => get(url, "/snapshot.jpg?tee=t"),
    () => get(url, "/"),
    () => get(url, "/clips/..%2fn.raw"),
    () => get(url, "/status", ["Host: evil.example"]),
    () => post(url, ["Content-Type: application/json"], "{"),
    () => post(url, ["Content-Type: application/json"], " ".repeat(100_000)),
    () => sendRaw(url, `BREW / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
  ];
  // as long as the clip is open
  do {
    const round = Array.from({ length: 200 }, async (_, i) => {
      const { status } = await requests[i % requests.length]!();
      const key = `${i % requests.length}: ${status}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    await Promise.all(round);
  } while ((await readStatus(url)).tees[0]!.openClips.includes(name!));
  const expected = [200, 200, 200, 200, 200, 404, 403, 400, 413, 400];
  assertEquals([...counts.keys()].sort(), expected.map((status, i) => `${i}: ${status}`));
  assert(Math.min(...counts.values()) >= 20);
  const growth = await readMemory(url) - before;
  assertLess(growth, 150 * MB);
  const { stdout } = await run.stop();
  const reports = reportsOf(stdout);
  assertEquals(reports.length, 1);
  await checkExact(reports[0]!);
  addRow(import.meta.url, {
    fault: "200 requests at a time to gstp record's server, half of them wrong, with a clip open",
    tries: [...counts.values()].reduce((sum, count) => sum + count),
    outcome: `each answered, the clip is exact, ${Math.round(growth / MB)} MB more memory`,
    lost: "0 frames",
  });
});

Deno.test("EventStreams drops only the client that does not read", async () => {
  const streams = new EventStreams(8);
  const handler = () => streams.open([])!;
  const failures: unknown[] = [];
  const server = await HttpServer.start({
    address: { hostname: "127.0.0.1", port: 0 },
    ...{ handler, limits: { total: 9, perAddress: 9 } },
    onError: (error) => failures.push(error),
  });
  const { port } = server.address;
  const silent = await Deno.connect({ hostname: "127.0.0.1", port });
  await silent.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  const response = await fetch(`http://127.0.0.1:${port}/`);
  await until("both follow", () => streams.count === 2);
  assertEquals(streams.open([]), null, "a quarter of the connections");
  const event = { type: "test", text: "x".repeat(100_000) };
  const reader = response.body!.getReader();
  let sent = 0;
  let received = 0;
  while (streams.dropped === 0) {
    assert(++sent < 2000, "nobody was dropped");
    streams.send(event);
    while (received < sent * 100_000) received += (await reader.read()).value!.length;
  }
  // the client's and the system's buffers, and what may wait here
  assertLess(sent, 1500);
  assertEquals(streams.count, 1);
  await until("its connection is closed", () => server.connections === 1);
  addRow(import.meta.url, {
    fault: "a follower of gstp record's events that does not read",
    tries: 1,
    outcome: `dropped after ${sent * event.text.length / MB} MB, another one gets all events`,
    lost: "nothing",
  });
  streams.close();
  await reader.cancel();
  silent.close();
  await until("the dropped client's response fails", () => failures.length > 0);
  assertEquals(failures.map((error) => error instanceof SlowClientError), [true]);
  await server[Symbol.asyncDispose]();
});
