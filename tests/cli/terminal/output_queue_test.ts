/**
 * The output of `gstp record`, without a pipeline.
 */
import { assertEquals } from "@std/assert";
import { OutputQueue } from "../../../cli/terminal/output_queue.ts";

/** A standard output that takes a few bytes at a time, and blocks until it is read. */
class SlowStream {
  text = "";
  #isRead = Promise.withResolvers<void>();

  async write(bytes: Uint8Array): Promise<number> {
    await this.#isRead.promise;
    return this.writeSync(bytes);
  }

  writeSync(bytes: Uint8Array): number {
    const part = bytes.subarray(0, 3);
    this.text += new TextDecoder().decode(part);
    return part.length;
  }

  read(): void {
    this.#isRead.resolve();
  }

  /** The same as a standard output, of which the queue uses no other members. */
  get stream(): typeof Deno.stdout {
    return this as unknown as typeof Deno.stdout;
  }
}

function refuse(_: unknown, error: Error): never {
  throw error;
}

Deno.test("OutputQueue writes texts in order", async () => {
  const slow = new SlowStream();
  const queue = new OutputQueue(refuse);
  const texts = Array.from({ length: 50 }, (_, i) => `line ${i}\n`);
  for (const text of texts) queue.push(slow.stream, text);
  slow.read();
  await queue.flush();
  assertEquals(slow.text, texts.join(""));
});

Deno.test("OutputQueue keeps a megabyte for a slow reader, and flush() waits a second", async () => {
  const slow = new SlowStream();
  const queue = new OutputQueue(refuse);
  for (let i = 0; i < 30; i++) queue.push(slow.stream, "x".repeat(100_000));
  await queue.flush();
  assertEquals(slow.text, "");
  // a text is lost while others wait
  queue.block();
  queue.push(slow.stream, "end");
  slow.read();
  while (slow.text.length < 1_000_000) await queue.flush();
  await queue.flush();
  assertEquals(slow.text.length, 1_000_000);
});

Deno.test("OutputQueue reports a stream that failed, and writes to the other", async () => {
  const [broken, other] = [new SlowStream(), new SlowStream()];
  broken.write = () => Promise.reject(new Deno.errors.BrokenPipe("nobody"));
  const failures: [boolean, string][] = [];
  const queue = new OutputQueue((stream, error) =>
    failures.push([stream === broken.stream, error.message])
  );
  other.read();
  queue.push(broken.stream, "lost");
  queue.push(other.stream, "kept");
  await queue.flush();
  assertEquals([failures, other.text], [[[true, "nobody"]], "kept"]);
});

Deno.test("OutputQueue writes a text that is pushed just after the last one was written", async () => {
  for (let ticks = 0; ticks < 20; ticks++) {
    const slow = new SlowStream();
    const queue = new OutputQueue(refuse);
    slow.read();
    queue.push(slow.stream, "a");
    for (let i = 0; i < ticks; i++) await null;
    queue.push(slow.stream, "b");
    await queue.flush();
    assertEquals(slow.text, "ab", `${ticks} ticks`);
  }
});
