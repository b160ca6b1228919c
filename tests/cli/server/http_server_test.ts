/**
 * The HTTP server, under clients that are slow or speak something else.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type HttpHandler, HttpServer, type HttpTimes } from "../../../cli/server/http_server.ts";
import { until } from "../../helpers/wait.ts";

/** A time that never comes in a test. */
const NEVER_MS = 600_000;
const SHORT_MS = 300;
const LIMITS = { total: 16, perAddress: 16 };

/** Starts a server whose times never come, but for some. */
async function startServer(
  times: Partial<HttpTimes>,
  handler: HttpHandler = () => new Response("ok"),
): Promise<{ server: HttpServer; port: number; errors: Error[] } & AsyncDisposable> {
  const errors: Error[] = [];
  const never = { headMs: NEVER_MS, requestMs: NEVER_MS, idleMs: NEVER_MS, stallMs: NEVER_MS };
  const server = await HttpServer.start({
    address: { hostname: "127.0.0.1", port: 0 },
    ...{ handler, limits: LIMITS, times: { ...never, checkMs: NEVER_MS, ...times } },
    onError: (error) => errors.push(error),
  });
  const stop = () => server[Symbol.asyncDispose]();
  return { server, port: server.address.port, errors, [Symbol.asyncDispose]: stop };
}

/** Sends a text, and reads what comes until the server closes the connection. */
async function exchange(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  return await new Response(connection.readable).text();
}

Deno.test("HttpServer closes connections that send no head, half a head, or half a body", async () => {
  await using slowHead = await startServer({ headMs: SHORT_MS });
  for (const text of ["", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "]) {
    assertMatch(await exchange(slowHead.port, text), /^(?:HTTP\/1\.1 408 |$)/);
  }
  const handler = async (request: Request) => new Response(await request.text());
  await using slowBody = await startServer({ headMs: SHORT_MS, requestMs: SHORT_MS }, handler);
  const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";
  assertMatch(await exchange(slowBody.port, `${head}half`), /^(?:HTTP\/1\.1 408 |$)/);
  for (const { server, errors } of [slowHead, slowBody]) {
    await until("no connection is left", () => server.connections === 0);
    assertEquals(errors, []);
  }
});

Deno.test("HttpServer closes connections that are idle after an answer", async () => {
  await using slow = await startServer({ idleMs: SHORT_MS });
  const text = await exchange(slow.port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  assertMatch(text, /^HTTP\/1\.1 200 OK\r\n.*\r\nok\r\n0\r\n\r\n$/s);
});

Deno.test("HttpServer closes connections whose client does not read", async () => {
  let isCancelled = false;
  const endless = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
        cancel: () => void (isCancelled = true),
      }),
    );
  await using slow = await startServer({ stallMs: SHORT_MS }, endless);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: slow.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  await until("the answer is given up", () => isCancelled);
  await until("the connection is closed", () => slow.server.connections === 0);
  assertEquals(slow.errors, []);
});

Deno.test("HttpServer closes a connection whose answer fails, and reports the failure", async () => {
  const failure = new Error("the file has become shorter");
  const handler = () => {
    let isFirst = true;
    return new Response(
      new ReadableStream({
        pull(controller) {
          if (isFirst) controller.enqueue(new Uint8Array(10));
          else controller.error(failure);
          isFirst = false;
        },
      }, { highWaterMark: 0 }),
    );
  };
  await using broken = await startServer({}, handler);
  const text = await exchange(broken.port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  assertEquals(text.endsWith("\r\n0\r\n\r\n"), false, "the end of a whole answer");
  await until("the failure is reported", () => broken.errors.length > 0);
  assertEquals(broken.errors, [failure]);
  await using throwing = await startServer({}, () => Promise.reject(failure));
  const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  assertMatch(await exchange(throwing.port, get), /^HTTP\/1\.1 500 /);
  assertEquals(throwing.errors, [failure]);
});

Deno.test("HttpServer speaks HTTP/1.1 only, and refuses what the handler could not get", async () => {
  const urls: string[] = [];
  await using server = await startServer({}, (request) => {
    urls.push(request.url);
    return new Response("ok");
  });
  const close = "Host: x\r\nConnection: close\r\n\r\n";
  const cases: [text: string, status: number][] = [
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", 400],
    [`TRACE / HTTP/1.1\r\n${close}`, 400],
    [`OPTIONS * HTTP/1.1\r\n${close}`, 400],
    [`GET / HTTP/1.1\r\nX-Long: ${"x".repeat(20_000)}\r\n${close}`, 431],
    ["GET / HTTP/1.1\r\n\r\n", 400],
    [
      `POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n${close}0\r\n\r\n`,
      400,
    ],
    [`GET /a?b=%2f HTTP/1.1\r\n${close}`, 200],
    [`GET //c/d HTTP/1.1\r\n${close}`, 200],
    [`GET http://elsewhere/e HTTP/1.1\r\n${close}`, 200],
  ];
  for (const [text, status] of cases) {
    const answer = await exchange(server.port, text);
    assert(answer.startsWith(`HTTP/1.1 ${status} `), `${text.slice(0, 40)}: ${answer}`);
  }
  const paths = ["/a?b=%2f", "//c/d", "/e"];
  assertEquals(urls, paths.map((path) => `http://localhost${path}`));
  assertEquals(server.errors, []);
});
