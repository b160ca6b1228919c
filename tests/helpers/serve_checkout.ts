/**
 * A web server of the checkout, for imports and runs by URL.
 *
 * @module
 */
import { ROOT } from "../../scripts/lib/paths.ts";

/**
 * Serves the files of the checkout: JSON as JSON, all others as one type.
 *
 * @param type The content type; null sends none. Defaults to TypeScript.
 */
export function serveCheckout(
  type: string | null = "application/typescript",
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const file = await Deno.readFile(ROOT + pathname.slice(1)).catch(() => null);
    if (file === null) return new Response("Not found", { status: 404 });
    const sent = pathname.endsWith(".json") ? "application/json" : type;
    return new Response(file, { headers: sent === null ? {} : { "content-type": sent } });
  });
}
