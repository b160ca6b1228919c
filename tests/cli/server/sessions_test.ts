/**
 * Sessions, and wrong tokens.
 */
import { assert, assertEquals } from "@std/assert";
import { cookieOf, sessionOf, Sessions } from "../../../cli/server/sessions.ts";
import { WrongTokens } from "../../../cli/server/wrong_tokens.ts";

const WEEK_MS = 7 * 86_400_000;

Deno.test("Sessions ends a session after a week, when it is asked to, and the oldest of too many", () => {
  const sessions = new Sessions();
  const [a, b] = [sessions.begin(0), sessions.begin(1000)];
  assert(a !== b && a.length >= 64);
  assertEquals(sessions.endOf(a, WEEK_MS - 1), new Date(WEEK_MS));
  assertEquals(sessions.endOf(a, WEEK_MS), undefined);
  assertEquals(sessions.endOf(`${b}x`, 2000), undefined);
  sessions.end(b);
  assertEquals(sessions.endOf(b, 2000), undefined);
  const first = sessions.begin(0);
  const more = Array.from({ length: 1000 }, () => sessions.begin(0));
  assertEquals([first, more[0]!].map((one) => sessions.endOf(one, 1) !== undefined), [false, true]);
});

Deno.test("the cookie of a session is that of one port", () => {
  const options = { port: 8080, isSecure: false };
  const [pair = ""] = cookieOf("v", options).split(";");
  assertEquals(sessionOf(`a=b; ${pair}; c=d`, 8080), "v");
  assertEquals(sessionOf(pair, 808), undefined);
  assertEquals(sessionOf(pair, 80), undefined);
  assertEquals(sessionOf(`x${pair}`, 8080), undefined);
});

Deno.test("WrongTokens answers one after another, and prints a line a minute", async () => {
  const lines: string[] = [];
  const wrong = new WrongTokens((line) => lines.push(line));
  const order: number[] = [];
  await Promise.all(
    [0, 1, 2].map((i) => wrong.add(`192.0.2.${i}`, 1000).then(() => order.push(i))),
  );
  assertEquals(order, [0, 1, 2]);
  assertEquals(lines, ["wrong token from 192.0.2.0"]);
  await wrong.add("192.0.2.9", 61_000);
  assertEquals(lines.slice(1), ["wrong token from 192.0.2.9, and 2 before it"]);
});
