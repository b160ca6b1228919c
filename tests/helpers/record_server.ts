/**
 * The server of `gstp record` on a small picture.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type Running, words } from "../../scripts/lib/run.ts";
import { startGstp } from "./cli.ts";

const SOURCE = "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1";

/** A server, which is stopped when disposed. */
export interface Server extends AsyncDisposable {
  url: string;
  child: Running;
}

/** Starts the server. */
export async function serve(
  dir: string,
  args: string[] = [],
  tees: string[] = ["t"],
): Promise<Server> {
  const text = tees.map((tee) => `${SOURCE} ! tee name=${tee} ! fakesink`).join(" ");
  const options = ["--listen=0", `--out=${dir}/clips`, "--window=0.3", ...args];
  const child = startGstp(["record", ...options, ...words(text)]);
  const [, url = ""] = /listening on (http:\S+)\//.exec(await child.until("record with: ")) ?? [];
  return {
    url,
    child,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      const { code, stderr } = await child.result;
      assertEquals(code, 0, stderr);
    },
  };
}
