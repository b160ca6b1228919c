/**
 * A small RTSP server for what real cameras do and servers of GStreamer do not: refuse passwords, send no packet, or offer
 * streams that they never send. It speaks RTSP (RFC 2326) over TCP, with RTP in the same connection.
 *
 * @module
 */

/** A stream that a server describes. */
export interface StubStream {
  media: "video" | "audio" | "application";
  /** The encoding and its clock rate, as in `H264/90000`. */
  rtpmap: string;
  /** Whether packets are sent. */
  isSent: boolean;
}

/** What a server does. */
export interface StubOptions {
  /** Its streams. */
  streams?: StubStream[];
  /** The challenge to each request, such as `Basic realm="camera"`; no password is accepted. By default, none is asked for. */
  challenge?: string;
  /** Closes the connection instead of an answer to this method. */
  closesAt?: string;
  /** Gives no answer to this method, or to any from then on. */
  hangsAt?: string;
}

/** A running server. */
export interface RtspStub extends AsyncDisposable {
  /** URL of the camera. */
  readonly url: string;
  /** The methods of all requests. */
  readonly methods: string[];
  /** The `Authorization` of all requests that have one. */
  readonly authorizations: string[];
}

/** Milliseconds between packets. */
const PACKET_MS = 20;

/** Starts a server. */
export function serveStub(options: StubOptions): RtspStub {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const clients = new Set<Deno.TcpConn>();
  const stub = {
    url: `rtsp://127.0.0.1:${listener.addr.port}/camera`,
    methods: [] as string[],
    authorizations: [] as string[],
  };
  const serve = async () => {
    const sessions: Promise<void>[] = [];
    for await (const client of listener) {
      clients.add(client);
      sessions.push(serveClient(client, stub, options).catch(() => {}));
    }
    await Promise.all(sessions);
  };
  const served = serve();
  return {
    ...stub,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const client of clients) close(client);
      await served;
    },
  };
}

function close(client: Deno.TcpConn): void {
  try {
    client.close();
  } catch { /* it is closed */ }
}

async function serveClient(
  client: Deno.TcpConn,
  { url, methods, authorizations }: Pick<RtspStub, "url" | "methods" | "authorizations">,
  { streams = [], challenge, closesAt, hangsAt }: StubOptions,
): Promise<void> {
  let timer: ReturnType<typeof setInterval> | undefined;
  let isHanging = false;
  try {
    for await (const request of readRequests(client)) {
      const method = request.split(" ")[0]!;
      methods.push(method);
      const authorization = /^Authorization: (.*)$/m.exec(request)?.[1];
      if (authorization !== undefined) authorizations.push(authorization.trim());
      if (method === closesAt) return;
      isHanging ||= method === hangsAt;
      if (isHanging) continue;
      const head = [`CSeq: ${/^CSeq: (\d+)/m.exec(request)![1]}`, "Session: 1"];
      if (challenge !== undefined) {
        await write(client, `RTSP/1.0 401 Unauthorized`, [
          ...head,
          `WWW-Authenticate: ${challenge}`,
        ]);
        continue;
      }
      const transport = /^Transport: (.*)$/m.exec(request)?.[1]?.trim();
      if (method === "OPTIONS") head.push("Public: DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN");
      if (method === "DESCRIBE") {
        head.push("Content-Type: application/sdp", `Content-Base: ${url}/`);
      }
      if (transport !== undefined) head.push(`Transport: ${transport}`);
      await write(client, "RTSP/1.0 200 OK", head, method === "DESCRIBE" ? describe(streams) : "");
      if (method === "PLAY") timer = setInterval(packets(client, streams), PACKET_MS);
    }
  } finally {
    clearInterval(timer);
    close(client);
  }
}

/** Yields the heads of requests; RTCP packets between them are left out. */
async function* readRequests(client: Deno.TcpConn): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of client.readable) {
    text += new TextDecoder("latin1").decode(chunk);
    for (let match; (match = /[A-Z_]+ rtsp[^]*?\r\n\r\n/.exec(text)) !== null;) {
      text = text.slice(match.index + match[0].length);
      yield match[0];
    }
  }
}

async function write(
  client: Deno.TcpConn,
  status: string,
  head: string[],
  body = "",
): Promise<void> {
  const lines = [status, ...head, `Content-Length: ${body.length}`, "", body];
  await writeAll(client, new TextEncoder().encode(lines.join("\r\n")));
}

async function writeAll(client: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await client.write(bytes.subarray(at));
}

function describe(streams: StubStream[]): string {
  const lines = streams.flatMap(({ media, rtpmap }, i) => [
    `m=${media} 0 RTP/AVP ${96 + i}`,
    `a=rtpmap:${96 + i} ${rtpmap}`,
    `a=control:stream=${i}`,
  ]);
  return ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=camera", "c=IN IP4 0.0.0.0", "t=0 0", ...lines, ""]
    .join("\r\n");
}

/** Returns a function that sends the next RTP packet of each stream (RFC 3550, section 5.1; RFC 2326, section 10.12). */
function packets(client: Deno.TcpConn, streams: StubStream[]): () => void {
  let sequence = 0;
  return () => {
    sequence++;
    for (const [i, { isSent }] of streams.entries()) {
      if (!isSent) continue;
      const packet = new DataView(new ArrayBuffer(36));
      packet.setUint8(0, 0x24); // "$"
      packet.setUint8(1, 2 * i);
      packet.setUint16(2, 32);
      packet.setUint8(4, 0x80);
      packet.setUint8(5, 0x80 | (96 + i));
      packet.setUint16(6, sequence);
      packet.setUint32(8, sequence * 1800);
      packet.setUint32(12, 1 + i);
      packet.setUint8(16, 0x65);
      writeAll(client, new Uint8Array(packet.buffer)).catch(() => {});
    }
  };
}
