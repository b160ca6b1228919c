/**
 * Serves, and opens files until the process may open no more; closes them at SIGUSR2.
 *
 * @module
 */
import { HttpServer } from "../../cli/server/http_server.ts";

const never = { headMs: 60_000, requestMs: 60_000, idleMs: 60_000, stallMs: 60_000 };
await using server = await HttpServer.start({
  address: { hostname: "127.0.0.1", port: 0 },
  handler: () => new Response("ok"),
  limits: { total: 100, perAddress: 100 },
  times: { ...never, checkMs: 500 },
  onError: console.error,
});
const files: Deno.FsFile[] = [];
Deno.addSignalListener("SIGUSR2", () => {
  for (const file of files) file.close();
  console.log("closed");
});
try {
  for (;;) files.push(Deno.openSync("/dev/null"));
} catch { /* no descriptor is left */ }
console.log(`port ${server.address.port}`);
await new Promise(() => {});
