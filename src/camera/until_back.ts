/**
 * Whether a camera that was away answers again.
 *
 * @module
 */
import { aborted } from "../util/abort.ts";

/** Milliseconds between two questions. */
const PAUSE_MS = 500;
/** Milliseconds for an answer: a lost packet is sent again after one second, then two, so that a new question is faster. */
const ANSWER_MS = 2000;
/** A camera that took longer for its answer was away. */
const SLOW_MS = 1000;
const RTSP_PORT = 554;

/**
 * Returns a function that resolves once a camera that was away answers again: its address refuses connections, or nothing comes
 * back, and then it does. An RTSP server is asked for its methods, which takes no password (RFC 2326, section 10.1: OPTIONS); of a
 * server with TLS, the connection is enough. Without the permission to connect, it never resolves.
 *
 * @param address The URL of an RTSP stream.
 */
export function untilBack(address: string): (signal: AbortSignal) => Promise<void> {
  const { hostname, port, protocol } = new URL(address.replace(/^rtsp(s?):/, "http$1:"));
  const server = { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || RTSP_PORT };
  const question = protocol === "https:" ? "" : optionsRequest(server);
  return async (signal) => {
    const { state } = await Deno.permissions.query({ name: "net", host: hostname });
    if (state !== "granted") return await new Promise(() => {});
    for (let wasAway = false; !signal.aborted;) {
      const askedMs = performance.now();
      const answers = await ask(server, question, signal);
      wasAway ||= !answers || performance.now() - askedMs > SLOW_MS;
      if (answers && wasAway) return;
      await pause(PAUSE_MS, signal);
    }
  };
}

function optionsRequest({ hostname, port }: Deno.ConnectOptions): string {
  const host = hostname?.includes(":") ? `[${hostname}]` : hostname;
  return `OPTIONS rtsp://${host}:${port}/ RTSP/1.0\r\nCSeq: 1\r\n\r\n`;
}

/** Asks a server; resolves with whether it answers in time. */
async function ask(
  server: Deno.ConnectOptions,
  question: string,
  outer: AbortSignal,
): Promise<boolean> {
  const signal = AbortSignal.any([outer, AbortSignal.timeout(ANSWER_MS)]);
  try {
    using connection = await Deno.connect({ ...server, signal });
    if (question === "") return true;
    const answer = (async () => {
      await connection.write(new TextEncoder().encode(question));
      return await connection.read(new Uint8Array(512)) ?? 0;
    })().catch(() => 0);
    return await Promise.race([answer, aborted(signal).then(() => 0)]) > 0;
  } catch {
    return false;
  }
}

/** Waits; ends early when a signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, aborted(signal)]);
  clearTimeout(timer);
}
