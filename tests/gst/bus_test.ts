import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { GstError, type Message, Pipeline } from "../../mod.ts";
import "../../scripts/open_libraries.ts";

/** Resolves with the messages up to and including the first of a type. */
async function until(messages: AsyncIterable<Message>, type: Message["type"]): Promise<Message[]> {
  const seen: Message[] = [];
  for await (const message of messages) {
    seen.push(message);
    if (message.type === type) break;
  }
  return seen;
}

Deno.test("Bus.messages() yields each state change, then EOS", async () => {
  await using pipeline = Pipeline.parse("fakesrc num-buffers=3 ! fakesink");
  const messages = pipeline.bus.messages();
  await pipeline.play();
  const seen = await until(messages, "eos");
  const changes = seen.filter((message) => message.type === "state-changed")
    .filter(({ source }) => source === pipeline.path)
    .map(({ oldState, newState }) => [oldState, newState]);
  assertEquals(changes, [["null", "ready"], ["ready", "paused"], ["paused", "playing"]]);
  assertEquals(seen.at(-1), { type: "eos", source: pipeline.path, structure: null });
});

Deno.test("Bus.messages() yields all messages to all subscribers", async () => {
  await using pipeline = Pipeline.parse("fakesrc num-buffers=3 ! fakesink");
  const [first, second] = [pipeline.bus.messages(), pipeline.bus.messages()];
  await pipeline.play();
  const seen = await until(first, "eos");
  assertEquals(await until(second, "eos"), seen);
});

Deno.test("MessageStream.next() may be called twice at a time", async () => {
  await using pipeline = Pipeline.parse("fakesrc ! fakesink");
  using messages = pipeline.bus.messages();
  const both = Promise.all([messages.next(), messages.next()]);
  await pipeline.play();
  for (const { done } of await both) assertEquals(done, false);
});

Deno.test("MessageStream ends with the loop that reads it, and others go on", async () => {
  await using pipeline = Pipeline.parse("fakesrc num-buffers=3 ! fakesink");
  const [first, second] = [pipeline.bus.messages(), pipeline.bus.messages()];
  await pipeline.play();
  for await (const _ of first) break;
  assertEquals(await first.next(), { done: true, value: undefined });
  assertEquals((await until(second, "eos")).at(-1)?.type, "eos");
});

Deno.test("Bus.messages() works again after a time without subscribers", async () => {
  await using pipeline = Pipeline.parse("fakesrc ! fakesink");
  for (const state of ["playing", "paused", "null"] as const) {
    // each subscriber starts a new pump, some turns after the last one has stopped
    for (let turns = 0; turns < 20; turns++) {
      using _messages = pipeline.bus.messages();
      await pipeline.bus.flush();
      for (let turn = 0; turn < turns; turn++) await null;
    }
    await pipeline.setState(state);
  }
});

Deno.test("MessageStream ends when the pipeline is closed", async () => {
  await using pipeline = Pipeline.parse("fakesrc ! fakesink");
  const messages = pipeline.bus.messages();
  await pipeline.play();
  const seen = until(messages, "eos");
  await pipeline.close();
  const last = (await seen).findLast((message) => message.type === "state-changed");
  assert(last?.type === "state-changed");
  assertEquals([last.source, last.newState], [pipeline.path, "null"]);
  assertEquals(await pipeline.bus.messages().next(), { done: true, value: undefined });
});

Deno.test("Bus.close() ends streams that are created meanwhile", async () => {
  await using pipeline = Pipeline.parse("fakesrc ! fakesink");
  const before = pipeline.bus.messages();
  const closed = pipeline.bus.close();
  const during = pipeline.bus.messages();
  await closed;
  await pipeline.bus.close();
  for (const stream of [before, during]) assertEquals((await stream.next()).done, true);
});

Deno.test("Bus.flush() delivers all messages that are on the bus", async () => {
  await using pipeline = Pipeline.parse("videotestsrc name=source ! fakesink");
  using messages = pipeline.bus.messages();
  pipeline.watchProperties();
  const source = pipeline.element("source");
  const earlier = pipeline.bus.flush();
  for (let count = 1; count <= 1000; count++) source.setProperty("num-buffers", count);
  await pipeline.bus.flush();
  messages.end();
  const values = (await Array.fromAsync(messages)).map((message) =>
    message.type === "property-notify" && message.value
  );
  assertEquals(values.length, 1000);
  assertEquals(values.at(-1), "1000");
  await earlier;
});

Deno.test("Bus.flush() resolves without subscribers", async () => {
  await using pipeline = Pipeline.parse("fakesrc ! fakesink");
  await pipeline.bus.flush();
});

Deno.test("ErrorMessage.error has the domain, code, debug text and path", async () => {
  await using pipeline = Pipeline.parse(
    "fakesrc num-buffers=2 ! identity error-after=2 ! fakesink",
  );
  const messages = pipeline.bus.messages();
  await pipeline.play().catch(() => {}); // if the element fails during the start
  const message = (await until(messages, "error")).at(-1);
  assert(message?.type === "error");
  assertInstanceOf(message.error, GstError);
  assertMatch(message.source, /^\/GstPipeline:pipeline\d+\/GstIdentity:identity\d+$/);
  const { domain, code, debug, path } = message.error;
  assertEquals([domain, code, path], ["gst-core-error-quark", 1, message.source]);
  assertMatch(debug!, /gstidentity\.c\(\d+\).*identity\d+/);
  assertMatch(message.error.message, new RegExp(`^${message.source}: .+`));
});

Deno.test("PlainMessage.structure is the text of the structure", async () => {
  await using pipeline = Pipeline.parse(
    "audiotestsrc num-buffers=20 ! level post-messages=true interval=10000000 ! fakesink",
  );
  const messages = pipeline.bus.messages();
  await pipeline.play();
  const message = (await until(messages, "element")).at(-1);
  assert(message?.type === "element");
  assertMatch(message.structure!, /^level, .*rms=/);
});

Deno.test("Pipeline.watchProperties() posts a message for each change of a property", async () => {
  await using pipeline = Pipeline.parse("videotestsrc name=source ! fakesink");
  using messages = pipeline.bus.messages();
  pipeline.watchProperties();
  const source = pipeline.element("source");
  source.setProperty("pattern", "ball");
  source.setProperty("num-buffers", 5);
  await pipeline.bus.flush();
  const { path } = source;
  const type = "property-notify" as const;
  assertEquals((await messages.next()).value, {
    type,
    source: path,
    property: "pattern",
    value: "ball",
  });
  assertEquals((await messages.next()).value, {
    type,
    source: path,
    property: "num-buffers",
    value: "5",
  });
});
