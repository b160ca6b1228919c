/**
 * HTTP requests as they are, for what a well-behaved client does not send.
 *
 * @module
 */

/** An answer, parsed as far as tests need it. */
export interface RawResponse {
  status: number;
  headers: Headers;
  body: string;
}

/** Sends a request's text as it is, and reads the answer to its end. */
export async function sendRaw(url: string, text: string): Promise<RawResponse> {
  using connection = await connect(url);
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  return parse(await new Response(connection.readable).text());
}

/** Sends a GET with these headers; the connection ends with the answer. */
export function get(url: string, path: string, headers: string[] = []): Promise<RawResponse> {
  const { host } = new URL(url);
  const all = headers.some((line) => /^host:/i.test(line))
    ? headers
    : [`Host: ${host}`, ...headers];
  return sendRaw(url, `GET ${path} HTTP/1.1\r\n${all.join("\r\n")}\r\nConnection: close\r\n\r\n`);
}

/**
 * Sends a head, then so many bytes in chunks, whatever comes back, unless the server closes the connection.
 *
 * @returns The answer's status, if there was one.
 */
export async function flood(
  url: string,
  head: string,
  chunk: Uint8Array<ArrayBuffer>,
  bytes: number,
): Promise<number | undefined> {
  using connection = await connect(url);
  const answer = connection.readable.getReader().read().catch(() => undefined);
  const writer = connection.writable.getWriter();
  try {
    await writer.write(new TextEncoder().encode(head));
    for (let sent = 0; sent < bytes; sent += chunk.length) await writer.write(chunk);
  } catch { /* the server has closed the connection */ }
  const value = (await answer)?.value;
  const text = value === undefined ? "" : new TextDecoder().decode(value);
  return Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1]) || undefined;
}

async function connect(url: string): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(url);
  return await Deno.connect({ hostname, port: Number(port) });
}

function parse(text: string): RawResponse {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Headers(lines.map((line) => line.split(/: */, 2) as [string, string]));
  return { status: Number(first.split(" ")[1]), headers, body: text.slice(end + 4) };
}
