/**
 * HTTP requests as raw text, for requests that well-behaved clients do not send.
 *
 * @module
 */

/** A response, parsed as far as the tests need it. */
export interface RawResponse {
  status: number;
  headers: Headers;
  body: string;
}

/** Sends the text of a request, and reads the response to its end. */
export async function sendRaw(url: string, text: string): Promise<RawResponse> {
  using connection = await connect(url);
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  return parse(await new Response(connection.readable).text());
}

/** Sends a GET request with these headers, and closes the connection after the response. */
export function get(url: string, path: string, headers: string[] = []): Promise<RawResponse> {
  const { host } = new URL(url);
  const all = headers.some((line) => /^host:/i.test(line))
    ? headers
    : [`Host: ${host}`, ...headers];
  return sendRaw(url, `GET ${path} HTTP/1.1\r\n${all.join("\r\n")}\r\nConnection: close\r\n\r\n`);
}

/**
 * Sends a head, then `bytes` bytes in chunks, until the server closes the connection.
 *
 * @returns The status of the response, if there was one.
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
