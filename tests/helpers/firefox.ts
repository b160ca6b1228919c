/**
 * Firefox without a window, driven by WebDriver BiDi (W3C, "WebDriver BiDi").
 *
 * @module
 */
import { start } from "../../scripts/lib/run.ts";
import { tempDir } from "./temp_dir.ts";

export const FIREFOX = "/usr/bin/firefox-esr";
/** What Firefox prints once it can be driven. */
const LISTENING = /WebDriver BiDi listening on (ws:\S+)/;

/** An answer to a command. */
interface Answer {
  id?: number;
  error?: string;
  message?: string;
  // deno-lint-ignore no-explicit-any -- each command has a result of its own
  result?: any;
}

/** A connection that sends commands, and resolves with their results. */
class Connection {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #count = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const answer: Answer = JSON.parse(data);
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
    };
  }

  static async open(url: string): Promise<Connection> {
    const socket = new WebSocket(`${url}/session`);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return new Connection(socket);
  }

  async send(method: string, params: unknown): Promise<Answer["result"]> {
    const id = ++this.#count;
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.message}`);
    return answer.result;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
  }
}

/**
 * Opens a page in Firefox.
 *
 * @param use Gets a function that evaluates an expression in the page; it resolves with its value, which must be a string.
 */
export async function withFirefox<T>(
  url: string,
  use: (evaluate: (expression: string) => Promise<string>) => Promise<T>,
): Promise<T> {
  await using profile = await tempDir();
  const child = start(FIREFOX, [
    ...["--headless", "--profile", profile.path, "--remote-debugging-port=0", "about:blank"],
  ], { env: { HOME: profile.path, MOZ_DISABLE_CONTENT_SANDBOX: "1" }, timeoutSec: 120 });
  try {
    const [, socketUrl = ""] = LISTENING.exec(await child.until("WebDriver BiDi listening on")) ??
      [];
    const connection = await Connection.open(socketUrl);
    await connection.send("session.new", { capabilities: {} });
    const { contexts: [{ context }] } = await connection.send("browsingContext.getTree", {});
    await connection.send("browsingContext.navigate", { context, url, wait: "complete" });
    const result = await use(async (expression) => {
      const target = { context };
      const params = { expression, target, awaitPromise: true };
      const { result, exceptionDetails } = await connection.send("script.evaluate", params);
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
      return result.value;
    });
    await connection.send("browser.close", {});
    await connection.close();
    return result;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    await child.result;
  }
}
