/**
 * The end of a pipeline's stream.
 *
 * @module
 */
import type { GstError } from "../../ffi/errors.ts";
import { gst } from "../../ffi/gst.ts";
import { deadline } from "../util/deadline.ts";
import { GstTimeoutError } from "../util/errors.ts";
import type { Bus, MessageStream } from "./bus.ts";
import type { Message } from "./message.ts";

/** Sends EOS into a pipeline, once per start, and knows what has ended its stream. */
export class EndOfStream {
  #cause: "eos" | "error" | undefined;
  #failure: GstError | undefined;
  /** Until data flows in all sources, sending can block. */
  #eos: "sending" | "sent" | undefined;

  /** The first error since the start; undefined without one. */
  get failure(): GstError | undefined {
    return this.#failure;
  }

  /** Whether EOS is being sent. */
  get isSending(): boolean {
    return this.#eos === "sending";
  }

  /** Forgets how the last stream ended, as a new one starts. */
  reset(): void {
    this.#eos = this.#cause = this.#failure = undefined;
  }

  /** Takes note of a message from the bus. */
  follow(message: Message): void {
    if (message.type === "error") {
      this.#cause ??= "error"; // EOS may follow, or have come before
      this.#failure ??= message.error;
    }
    if (message.type === "eos") this.#cause ??= "eos";
  }

  /** Sends EOS, unless it has been sent already: a second one shortly after the first would crash a source. */
  async send(pipeline: Deno.PointerObject): Promise<void> {
    if (this.#eos !== undefined) return;
    this.#eos = "sending";
    await gst().gst_element_send_event_async(pipeline, gst().gst_event_new_eos());
    this.#eos = "sent";
  }

  /**
   * Ends the stream.
   *
   * @param sendEos Sends EOS, see {@link send}.
   * @param timeoutSec Seconds to wait for the end.
   * @returns Whether the end was reached; false after `timeoutSec`, or if an element has failed.
   */
  async reach(bus: Bus, sendEos: () => Promise<void>, timeoutSec: number): Promise<boolean> {
    using messages = bus.messages();
    await bus.flush();
    if (this.#cause !== undefined) return this.#cause === "eos";
    try {
      return await deadline(waitForEnd(messages, sendEos), timeoutSec, "No EOS");
    } catch (error) {
      if (error instanceof GstTimeoutError) return false;
      throw error;
    }
  }
}

async function waitForEnd(
  messages: MessageStream,
  sendEos: () => Promise<void>,
): Promise<boolean> {
  await sendEos();
  for await (const message of messages) {
    if (message.type === "eos" || message.type === "error") return message.type === "eos";
  }
  return false;
}
