/**
 * Whether a camera that was away answers again.
 */
import { assertEquals } from "@std/assert";
import { untilBack } from "../../src/camera/until_back.ts";
import { until } from "../helpers/wait.ts";

/** A server that answers requests, or accepts connections and is silent. */
class Server {
  answers = true;
  asked = 0;
  #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();

  constructor(port = 0) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    void this.#serve();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#open.add(connection);
      void this.#answer(connection).catch(() => {});
    }
  }

  async #answer(connection: Deno.TcpConn): Promise<void> {
    const bytes = new Uint8Array(512);
    const count = await connection.read(bytes) ?? 0;
    this.asked++;
    const text = new TextDecoder().decode(bytes.subarray(0, count));
    if (!this.answers || !text.startsWith("OPTIONS rtsp://")) return;
    await connection.write(new TextEncoder().encode("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"));
  }

  close(): void {
    this.#listener.close();
    for (const connection of this.#open) {
      try {
        connection.close();
      } catch { /* the other side has closed it */ }
    }
  }
}

/** Watches a camera; the result becomes true once it is back. */
function watch(port: number): { isBack: boolean; stop: () => Promise<void> } {
  const abort = new AbortController();
  const watched = { isBack: false, stop: () => Promise.resolve() };
  const watching = untilBack(`rtsp://127.0.0.1:${port}/s1`)(abort.signal).then(() => {
    if (!abort.signal.aborted) watched.isBack = true;
  });
  watched.stop = () => {
    abort.abort();
    return watching;
  };
  return watched;
}

Deno.test("untilBack() resolves when a camera accepts connections again", async () => {
  const first = new Server();
  const { port } = first;
  const watched = watch(port);
  await until("it is asked twice", () => first.asked >= 2);
  assertEquals(watched.isBack, false, "it was not away");
  first.close();
  // a connection that is refused is one in which it is away
  await until(
    "it is away",
    () =>
      Deno.connect({ hostname: "127.0.0.1", port }).then((one) => (one.close(), false), () => true),
  );
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const second = new Server(port);
  await until("it is back", () => watched.isBack);
  await watched.stop();
  second.close();
});

Deno.test("untilBack() resolves when a camera that was silent answers", async () => {
  const server = new Server();
  server.answers = false;
  const watched = watch(server.port);
  await until("it is asked twice", () => server.asked >= 2);
  assertEquals(watched.isBack, false);
  server.answers = true;
  await until("it is back", () => watched.isBack);
  await watched.stop();
  server.close();
});

Deno.test("untilBack() ends with its signal", async () => {
  const server = new Server();
  const watched = watch(server.port);
  await until("it is asked", () => server.asked > 0);
  await watched.stop();
  assertEquals(watched.isBack, false);
  server.close();
});
