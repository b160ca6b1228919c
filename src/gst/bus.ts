/**
 * A pipeline's bus as an asynchronous stream of messages.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { gst } from "../../ffi/gst.ts";
import { AsyncQueue } from "../util/async_queue.ts";
import { type Message, takeMessage } from "./message.ts";

/** The longest wait for a message, in nanoseconds. It limits what a lost wake-up could cost. */
const WAIT_NS = 10_000_000_000n;
const ANY_TYPE = 0xffff_ffff;
/** The number of messages after which the event loop gets a turn. */
const BATCH = 64;
/** The name of the message that ends a wait. Subscribers do not get it. */
const WAKE = cString("gstp-wake");

/**
 * The messages of one subscriber, from {@link Bus.messages} on. It ends when the pipeline is closed, and with `return()`,
 * which `for await` calls when it leaves the loop.
 */
export class MessageStream implements AsyncIterableIterator<Message>, Disposable {
  readonly #queue = new AsyncQueue<Message>();
  readonly #onReturn: () => void;

  /**
   * Creates an empty stream; {@link Bus.messages} does so.
   *
   * @internal
   * @ignore
   */
  constructor(onReturn: () => void) {
    this.#onReturn = onReturn;
  }

  /** Resolves with the next message, or with `done` after the end. */
  next(): Promise<IteratorResult<Message, undefined>> {
    return this.#queue.next();
  }

  /** Ends the stream at once. */
  return(): Promise<IteratorResult<Message, undefined>> {
    this[Symbol.dispose]();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the stream at once. */
  [Symbol.dispose](): void {
    this.#queue.clear();
    this.#queue.end();
    this.#onReturn();
  }

  /** Returns the stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Adds a message.
   *
   * @internal
   * @ignore
   */
  push(message: Message): void {
    this.#queue.push(message);
  }

  /**
   * Ends the stream after the messages that it holds.
   *
   * @internal
   * @ignore
   */
  end(): void {
    this.#queue.end();
  }

  /**
   * Drops the messages that it holds.
   *
   * @internal
   * @ignore
   */
  clear(): void {
    this.#queue.clear();
  }
}

/**
 * A pipeline's bus. While it has subscribers, a native call on Deno's thread pool waits for messages, which keeps the
 * process alive. Without subscribers, messages stay on the bus.
 *
 * @example
 * ```ts
 * import { Pipeline } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * await using pipeline = Pipeline.parse("videotestsrc num-buffers=5 ! fakesink");
 * const messages = pipeline.bus.messages(); // subscribed: no message is lost from here on
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
  /** The callbacks of the wake messages on the bus, in order. */
  readonly #wakes: (() => void)[] = [];
  #pump: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Wraps a bus; {@link Pipeline} does so.
   *
   * @param handle A GstBus; the new object takes over the reference.
   * @param filter Gets every message first; no subscriber gets one for which it returns false.
   * @internal
   * @ignore
   */
  constructor(handle: Deno.PointerObject, filter: (message: Message) => boolean) {
    this.#handle = handle;
    this.#filter = filter;
  }

  /** Subscribes to the messages from now on, and those that are still on the bus. Each subscriber gets all of them. */
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

  /** Same as {@link messages}. */
  [Symbol.asyncIterator](): MessageStream {
    return this.messages();
  }

  /**
   * Resolves when the subscribers have received all messages that are on the bus now. Returns at once without subscribers.
   */
  async flush(): Promise<void> {
    if (this.#streams.size === 0) return;
    await new Promise<void>((resolve) => this.#wake(resolve));
  }

  /**
   * Ends all streams, drops the remaining messages and the reference; {@link Pipeline.close} does so. May be called twice.
   *
   * @internal
   * @ignore
   */
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
    // a message holds a reference to its source: one left on the bus would keep the pipeline alive
    for (let left = this.#pop(); left !== null; left = this.#pop()) {
      gst().gst_mini_object_unref(left);
    }
    gst().gst_object_unref(this.#handle);
  }

  #pop(): Deno.PointerValue {
    return gst().gst_bus_timed_pop_filtered(this.#handle, 0n, ANY_TYPE);
  }

  /** Ends the pending wait; calls back when all earlier messages are delivered. */
  #wake(onDelivery = () => {}): void {
    if (this.#pump === undefined) return;
    this.#wakes.push(onDelivery);
    const structure = gst().gst_structure_new_empty(WAKE);
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
    this.#pump = undefined; // synchronously: the next subscriber needs a new one
    for (const onDelivery of this.#wakes) onDelivery();
  }

  /** Passes a message on and drops the reference to it. */
  #deliver(pointer: Deno.PointerObject): void {
    const isWake = gst().gst_message_has_name(pointer, WAKE);
    const message = takeMessage(pointer);
    if (isWake) this.#wakes.shift()?.();
    else if (this.#filter(message)) { for (const stream of this.#streams) stream.push(message); }
  }
}
