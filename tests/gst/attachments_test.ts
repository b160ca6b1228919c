import { assertEquals } from "@std/assert";
import { GstError } from "../../mod.ts";
import { Attachments } from "../../src/gst/attachments.ts";

/** Returns an attachment that records its calls. */
function attachment(path: string) {
  const calls: unknown[] = [];
  return {
    calls,
    path,
    onError: ({ message }: GstError) => void calls.push(message),
    onStateChange: (state: string, when: string) => void calls.push(`${when} ${state}`),
    close: () => Promise.resolve(void calls.push("close")),
  };
}

function error(source: string) {
  return { type: "error", source, error: new GstError(`error of ${source}`) } as const;
}

Deno.test("Attachments.takeError() passes errors to the attachment that contains the element", () => {
  const attachments = new Attachments();
  const [first, second] = [attachment("/pipeline0/bin1"), attachment("/pipeline0/bin10")];
  attachments.add(first);
  attachments.add(second);
  assertEquals(attachments.takeError(error("/pipeline0/bin1/sink")), true);
  assertEquals(attachments.takeError(error("/pipeline0/bin10")), true);
  assertEquals(attachments.takeError(error("/pipeline0/source")), false);
  assertEquals(first.calls, ["error of /pipeline0/bin1/sink"]);
  assertEquals(second.calls, ["error of /pipeline0/bin10"]);
});

Deno.test("Attachments.takeError() takes errors of the last 1,000 former attachments", () => {
  const attachments = new Attachments();
  for (let i = 0; i <= 1000; i++) {
    const former = attachment(`/pipeline0/bin${i}`);
    attachments.add(former);
    attachments.remove(former);
  }
  const isTaken = (i: number) => attachments.takeError(error(`/pipeline0/bin${i}`));
  assertEquals([isTaken(0), isTaken(1), isTaken(1000)], [false, true, true]);
});

Deno.test("Attachments.notify() and close() call all attachments", async () => {
  const attachments = new Attachments();
  const all = [attachment("/a"), attachment("/b")];
  for (const each of all) attachments.add(each);
  attachments.notify("playing", "before");
  await attachments.close();
  for (const { calls } of all) assertEquals(calls, ["before playing", "close"]);
});
