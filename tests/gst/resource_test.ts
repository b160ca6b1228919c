import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { GstError, Standalone } from "../../mod.ts";
import { reasonOf, withoutPasswords } from "../../src/gst/resource.ts";

Deno.test("withoutPasswords() keeps the rest of a text", () => {
  const cases: [text: string, expected: string][] = [
    ["rtsp://viewer:secret@10.0.0.12/s1", "rtsp://viewer@10.0.0.12/s1"],
    ['to "http://a:b@c/d": http://e:f@g', 'to "http://a@c/d": http://e@g'],
    ["rtsp://a:p@ss@host/x", "rtsp://a@host/x"],
    ["rtsp://:secret@host/", "rtsp://@host/"],
    ["http://host:80/a@b", "http://host:80/a@b"],
    ["http://host:80?user=a@b", "http://host:80?user=a@b"],
    ["a:b@c", "a:b@c"],
    [
      "(location=rtsp://h/a?user=b&password=c&pwd=d)",
      "(location=rtsp://h/a?user=b&password=***&pwd=***)",
    ],
    ["rtsp://h/user=a_password=b_stream=0.sdp, x", "rtsp://h/user=a_password=*** x"],
    ["password=b", "password=b"],
  ];
  for (const [text, expected] of cases) assertEquals(withoutPasswords(text), expected);
});

Deno.test("reasonOf() returns what follows the place in the code", () => {
  const place = "../a.c(9): b (): /GstPipeline:pipeline0/GstFileSink:sink:";
  assertEquals(reasonOf(`${place}\nsystem error: Permission denied`), "Permission denied");
  assertEquals(reasonOf(`${place}\nfirst\nsecond\n`), "first second");
  assertEquals(reasonOf("../a.c(9): b (): /GstPipeline:pipeline0/GstFileSrc:src"), "");
});

Deno.test("errors name the file or the address, without a password, and the reason", async () => {
  const cases: [text: string, parts: string[]][] = [
    ["filesrc location=/nonexistent/a ! fakesink", ['No such file "/nonexistent/a"']],
    [
      "videotestsrc ! filesink location=/proc/nonexistent",
      ['"/proc/nonexistent"', "No such file or directory"],
    ],
    ["tcpclientsrc port=1 ! fakesink", ["localhost:1", "Connection refused"]],
    [
      "rtspsrc location=rtsp://viewer:secret@127.0.0.1:1/x ! fakesink",
      ["(location=rtsp://viewer@127.0.0.1:1/x)"],
    ],
    [
      "uridecodebin uri=http://viewer:secret@127.0.0.1:1/x ! fakesink",
      ["(location=http://viewer@127.0.0.1:1/x)"],
    ],
  ];
  for (const [text, parts] of cases) {
    const error = await assertRejects(() => Standalone.buildAndRun(text), GstError);
    for (const part of parts) assertStringIncludes(error.message, part);
    assert(!`${error.message}${error.debug}`.includes("secret"), error.message);
  }
});

Deno.test("an error of a wrong password names the address and the user, and says what to check", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const client of listener) {
      const text = new TextDecoder();
      for await (const request of client.readable.values({ preventCancel: true })) {
        const [, number] = /^CSeq: (\d+)/mi.exec(text.decode(request)) ?? [];
        const lines = ["RTSP/1.0 401 Unauthorized", `CSeq: ${number}`];
        const answer = [...lines, 'WWW-Authenticate: Basic realm="camera"', "", ""].join("\r\n");
        await client.write(new TextEncoder().encode(answer)).catch(() => {});
      }
      try {
        client.close();
      } catch { /* it is closed */ }
    }
  })();
  const address = `127.0.0.1:${listener.addr.port}/s1`;
  const error = await assertRejects(
    () => Standalone.buildAndRun(`rtspsrc location=rtsp://viewer:secret@${address} ! fakesink`),
    GstError,
  );
  assertStringIncludes(error.message, "Unauthorized");
  assertStringIncludes(error.message, `(location=rtsp://viewer@${address})`);
  assertStringIncludes(error.message, "The server refuses the user or the password");
  assert(!`${error.message}${error.debug}`.includes("secret"), error.message);
  listener.close();
  await serving;
});
