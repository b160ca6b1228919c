/**
 * The output of `gstp record`, without a pipeline.
 */
import { assertEquals } from "@std/assert";
import { OutputQueue } from "../../../cli/terminal/output_queue.ts";

/** A standard output that takes a few bytes at a time, and nothing before it is read. */
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

  /** As the class that it stands for, of which the queue uses no more. */
  get stream(): typeof Deno.stdout {
    return this as unknown as typeof Deno.stdout;
  }
}

function refuse(_: unknown, error: Error): never {
  throw error;
}

Deno.test("OutputQueue writes everything in order once it is read", async () => {
  const slow = new SlowStream();
  const queue = new OutputQueue(refuse);
  const texts = Array.from({ length: 50 }, (_, i) => `line ${i}\n`);
  for (const text of texts) queue.push(slow.stream, text);
  slow.read();
  await queue.flush();
  assertEquals(slow.text, texts.join(""));
});

Deno.test("OutputQueue keeps a megabyte for a reader who is late, and waits a second for him at the end", async () => {
  const slow = new SlowStream();
  const queue = new OutputQueue(refuse);
  for (let i = 0; i < 30; i++) queue.push(slow.stream, "x".repeat(100_000));
  await queue.flush();
  assertEquals(slow.text, "");
  // what the end has to say does not wait either
  queue.block();
  queue.push(slow.stream, "end");
  slow.read();
  while (slow.text.length < 1_000_000) await queue.flush();
  await queue.flush();
  assertEquals(slow.text.length, 1_000_000);
});

Deno.test("OutputQueue tells what has failed, and writes the rest elsewhere", async () => {
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

Deno.test("OutputQueue writes what comes just when the last text has been written", async () => {
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
