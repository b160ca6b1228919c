/**
 * A pipeline's bus as an asynchronous stream of messages.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { gst } from "../../ffi/gst.ts";
import { type Message, readMessage } from "./message.ts";

/** One wait on the bus, in nanoseconds: a message ends it early, so it only bounds what a lost wake-up could cost. */
const WAIT_NS = 10_000_000_000n;
const ANY_TYPE = 0xffff_ffff;
/** Messages read before the event loop gets a turn. */
const BATCH = 64;
/** Name of the message that ends a wait, kept from subscribers. */
const WAKE = "gstp-wake";

/**
 * The messages of one subscriber, from the moment it was made. Ends when the pipeline is closed, and by `return()`,
 * which `for await` calls by itself.
 */
export class MessageStream implements AsyncIterableIterator<Message>, Disposable {
  readonly #queue: Message[] = [];
  readonly #onReturn: () => void;
  #ended = false;
  /** Resolves when there is more to read, for all who wait. */
  #more = Promise.withResolvers<void>();

  /** For {@link Bus}. */
  constructor(onReturn: () => void) {
    this.#onReturn = onReturn;
  }

  /** Adds a message; for {@link Bus}. */
  push(message: Message): void {
    this.#queue.push(message);
    this.#wake();
  }

  /** Ends the stream after the messages that it holds; for {@link Bus}. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }

  /** Forgets the messages that it holds. */
  clear(): void {
    this.#queue.length = 0;
  }

  /** The next message; waits for one. */
  async next(): Promise<IteratorResult<Message, undefined>> {
    while (this.#queue.length === 0 && !this.#ended) {
      await this.#more.promise;
    }
    const value = this.#queue.shift();
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }

  /** Ends the stream now. */
  return(): Promise<IteratorResult<Message, undefined>> {
    this[Symbol.dispose]();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the stream now. */
  [Symbol.dispose](): void {
    this.#queue.length = 0;
    this.end();
    this.#onReturn();
  }

  /** The stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}

/**
 * A pipeline's bus. While somebody listens, one call waits for messages on Deno's thread pool (and keeps the process
 * alive); nobody listening costs nothing.
 *
 * @example
 * ```ts
 * import { Pipeline } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * await using pipeline = Pipeline.parse("videotestsrc num-buffers=5 ! fakesink");
 * const messages = pipeline.bus.messages(); // from here on none is missed
 * await pipeline.play();
 * const types: string[] = [];
 * for await (const message of messages) {
 *   types.push(message.type);
 *   if (message.type === "eos") break;
 * }
 * assertEquals(types.at(-1), "eos");
 * ```
 */
export class Bus implements AsyncIterable<Message> {
  /** Owned: unref'd by {@link close}. */
  readonly #handle: Deno.PointerObject;
  readonly #filter: (message: Message) => boolean;
  readonly #streams = new Set<MessageStream>();
  /** What to call for each wake message on the bus, in their order. */
  readonly #marks: (() => void)[] = [];
  #pump: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * For {@link Pipeline}.
   *
   * @param handle A GstBus; the reference becomes this object's.
   * @param filter Sees every message first; one for which it returns false reaches no subscriber.
   */
  constructor(handle: Deno.PointerObject, filter: (message: Message) => boolean) {
    this.#handle = handle;
    this.#filter = filter;
  }

  /** The messages from now on; every subscriber gets all of them. */
  messages(): MessageStream {
    const stream: MessageStream = new MessageStream(() => {
      this.#streams.delete(stream);
      if (this.#streams.size === 0) this.#wake();
    });
    if (this.#closing !== undefined) {
      stream.end();
      return stream;
    }
    this.#streams.add(stream);
    this.#pump ??= this.#run();
    return stream;
  }

  /** The messages from now on. */
  [Symbol.asyncIterator](): MessageStream {
    return this.messages();
  }

  /** Delivers what is on the bus by now. */
  async flush(): Promise<void> {
    if (this.#streams.size === 0) return;
    await new Promise<void>((resolve) => this.#wake(resolve));
  }

  /** Ends all streams and drops the messages left. May be called twice. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.flush();
    const streams = [...this.#streams];
    this.#streams.clear();
    this.#wake();
    await this.#pump;
    for (const stream of streams) stream.end();
    // a message refers to its source: one left behind would keep the pipeline alive
    for (let left = this.#pop(); left !== null; left = this.#pop()) {
      gst().gst_mini_object_unref(left);
    }
    gst().gst_object_unref(this.#handle);
  }

  #pop(): Deno.PointerValue {
    return gst().gst_bus_timed_pop_filtered(this.#handle, 0n, ANY_TYPE);
  }

  /** Ends the wait that is under way; calls back when all messages before are delivered. */
  #wake(onDelivery = () => {}): void {
    if (this.#pump === undefined) return;
    this.#marks.push(onDelivery);
    const structure = gst().gst_structure_new_empty(cString(WAKE));
    gst().gst_bus_post(this.#handle, gst().gst_message_new_application(null, structure));
  }

  async #run(): Promise<void> {
    while (this.#streams.size > 0) {
      let message = await gst().gst_bus_timed_pop_filtered_async(this.#handle, WAIT_NS, ANY_TYPE);
      for (let count = 1; message !== null; count++) {
        this.#deliver(message);
        message = count < BATCH ? this.#pop() : null;
      }
    }
    this.#pump = undefined; // at once: the next subscriber needs a new one
    for (const onDelivery of this.#marks) onDelivery();
  }

  /** Hands a message on and drops the reference to it. */
  #deliver(pointer: Deno.PointerObject): void {
    const message = readMessage(pointer);
    gst().gst_mini_object_unref(pointer);
    if (message.type === "application" && message.structure?.startsWith(WAKE)) {
      this.#marks.shift()?.();
    } else if (this.#filter(message)) {
      for (const stream of this.#streams) stream.push(message);
    }
  }
}
