/**
 * A GStreamer pipeline.
 *
 * @module
 */
import { cString } from "../ffi/cstring.ts";
import { GstError } from "../ffi/errors.ts";
import { gst } from "../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS } from "../ffi/layout.ts";
import { Bus, type MessageStream } from "./bus.ts";
import { nsToSec } from "./clock_time.ts";
import { checkSec, deadline } from "./deadline.ts";
import { Element } from "./element.ts";
import { listElements } from "./elements.ts";
import { GstClosedError, GstTimeoutError } from "./errors.ts";
import { type Message, pathOf } from "./message.ts";
import { parsePipeline } from "./parse.ts";
import { setProperty } from "./properties.ts";
import { type State, stateName, STATES } from "./state.ts";

/** How long to wait for a state. */
export interface StateOptions {
  /** Seconds to wait until the state is reached; 30 unless told, `Infinity` for ever. */
  timeoutSec?: number;
}

/** How to stop. */
export interface StopOptions {
  /** Seconds to wait for the end of the stream to reach all sinks; 5 unless told. */
  timeoutSec?: number;
}

/** Something that lives in a pipeline and must finish before it stops, such as a recorder. */
export interface Attachment {
  /** Path of the attachment's bin: errors of elements in it are the attachment's, not the pipeline's. */
  readonly path: string;
  /** Takes an error of an element in the bin. */
  onError(error: GstError): void;
  /** Finishes, within a bounded time; called before the pipeline stops. */
  close(): Promise<void>;
}

/**
 * A pipeline, made from text as gst-launch-1.0 takes it. It owns its native parts; {@link close} (or `await using`)
 * stops it and frees them.
 *
 * @example
 * ```ts
 * import { Pipeline } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * await using pipeline = Pipeline.parse("videotestsrc is-live=true ! fakesink name=sink");
 * await pipeline.play();
 * assertEquals(pipeline.state, "playing");
 * assertEquals(pipeline.isLive, true);
 * await pipeline.stop(); // sends EOS, waits for it, then stops
 * assertEquals(pipeline.state, "null");
 * ```
 */
export class Pipeline implements AsyncDisposable {
  /** The pipeline's messages. */
  readonly bus: Bus;
  /** Its path, such as `/GstPipeline:pipeline0`. */
  readonly path: string;
  /** Owned: unref'd by {@link close}. */
  #handle: Deno.PointerObject | null;
  readonly #elements = new Map<string, Element>();
  readonly #attachments = new Set<Attachment>();
  #isLive = false;
  /** What ended the stream: nothing more will come until the next start. */
  #end: "eos" | "error" | undefined;
  #closing: Promise<void> | undefined;
  /** State changes run one after another. */
  #changes: Promise<unknown> = Promise.resolve();

  private constructor(handle: Deno.PointerObject) {
    this.#handle = handle;
    this.path = pathOf(handle);
    // a flushing bus would drop the message that wakes the wait on it
    setProperty(handle, "auto-flush-bus", false);
    this.bus = new Bus(gst().gst_element_get_bus(handle)!, (message) => this.#route(message));
  }

  /**
   * Makes a pipeline from text, stopped.
   *
   * @param description Elements, properties and links as gst-launch-1.0 takes them
   * (GStreamer: Tools, "gst-launch-1.0", Pipeline Description).
   * @throws {TypeError} if the text is not a string that C can hold.
   * @throws {GstParseError} if it cannot be parsed or names an element that is not installed.
   */
  static parse(description: string): Pipeline {
    return new Pipeline(parsePipeline(description));
  }

  /**
   * The GstPipeline, for native calls of one's own; it stays this object's and must not be unref'd.
   *
   * @throws {GstClosedError} if the pipeline is closed.
   */
  get unsafeHandle(): Deno.PointerObject {
    if (this.#handle === null) throw new GstClosedError(`Pipeline ${this.path} is closed`);
    return this.#handle;
  }

  /** The state that it is in now; `null`, as text, when it is stopped or closed. */
  get state(): State {
    if (this.#handle === null) return "null";
    const state = new Int32Array(1);
    gst().gst_element_get_state(this.#handle, state, null, 0n);
    return stateName(state[0]!) ?? "null";
  }

  /** Whether a source gives data at its own pace, as cameras do (set when it was paused or started). */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Nanoseconds of running time: how long it has been playing, without pauses; null while it is stopped. */
  get runningTimeNs(): bigint | null {
    const handle = this.unsafeHandle;
    const level = STATES[this.state];
    if (level < STATES.paused) return null;
    // the clock runs on in a pause; what is kept then is the time up to it
    const time = level === STATES.paused
      ? gst().gst_element_get_start_time(handle)
      : gst().gst_element_get_current_running_time(handle);
    return time === CLOCK_TIME_NONE ? null : time;
  }

  /** Seconds of running time: how long it has been playing, without pauses; null while it is stopped. */
  get runningTimeSec(): number | null {
    const time = this.runningTimeNs;
    return time === null ? null : nsToSec(time);
  }

  /** Position in the stream in seconds; null where it is not known. */
  get positionSec(): number | null {
    return this.#query("gst_element_query_position");
  }

  /** Duration of the stream in seconds; null where it is not known, as with a camera. */
  get durationSec(): number | null {
    return this.#query("gst_element_query_duration");
  }

  #query(call: "gst_element_query_position" | "gst_element_query_duration"): number | null {
    const time = new BigInt64Array(1);
    const known = gst()[call](this.unsafeHandle, ENUMS.GST_FORMAT_TIME, time);
    return known && time[0]! >= 0n ? nsToSec(time[0]!) : null;
  }

  /**
   * An element by its name, also one within a bin.
   *
   * @throws {RangeError} if there is none; the message lists the names.
   */
  element(name: string): Element {
    const known = this.#elements.get(name);
    if (known !== undefined) return known;
    const handle = gst().gst_bin_get_by_name(this.unsafeHandle, cString(name));
    if (handle === null) {
      throw new RangeError(
        `No element is named "${name}"; there are: ${this.elementNames().join(", ")}`,
      );
    }
    const element = new Element(handle);
    this.#elements.set(name, element);
    return element;
  }

  /** The names of all elements, also of those within bins. */
  elementNames(): string[] {
    return listElements(this.unsafeHandle).map((handle) => {
      const element = new Element(handle);
      element.release();
      return element.name;
    });
  }

  /** Posts a `property-notify` message for every change of any element's property from now on. */
  watchProperties(): void {
    gst().gst_element_add_property_deep_notify_watch(this.unsafeHandle, null, 1);
  }

  /** Starts it; resolves once it is playing. See {@link setState}. */
  play(options?: StateOptions): Promise<void> {
    return this.setState("playing", options);
  }

  /** Pauses it; resolves once it is paused. See {@link setState}. */
  pause(options?: StateOptions): Promise<void> {
    return this.setState("paused", options);
  }

  /**
   * Changes the state; resolves once it is reached. After a failure the pipeline is in between states: stop or close it.
   *
   * @throws {RangeError} if there is no such state.
   * @throws {GstError} if an element fails; the message names it.
   * @throws {GstTimeoutError} if the state is not reached in time.
   */
  async setState(state: State, options: StateOptions = {}): Promise<void> {
    if (!Object.hasOwn(STATES, state)) {
      throw new RangeError(`A state is one of ${Object.keys(STATES).join(", ")}, not "${state}"`);
    }
    const timeoutSec = checkSec("timeoutSec", options.timeoutSec ?? 30);
    using messages = this.bus.messages();
    const change = this.#changes.then(() => this.#change(state, messages));
    this.#changes = change.catch(() => {});
    const result = await change;
    if (result === ENUMS.GST_STATE_CHANGE_FAILURE) throw await this.#failure(messages, state);
    if (result === ENUMS.GST_STATE_CHANGE_ASYNC) {
      const where = `${this.path} did not get to ${state} within ${timeoutSec} s`;
      await deadline(this.#arrival(messages, state), timeoutSec, where);
    }
  }

  /** Requests a state; what the elements say of it goes to `messages`. */
  async #change(state: State, messages: MessageStream): Promise<number> {
    if (state === "null" && this.#handle === null) return ENUMS.GST_STATE_CHANGE_SUCCESS;
    const handle = this.unsafeHandle;
    await this.bus.flush();
    messages.clear();
    if (STATES[this.state] < STATES.paused) {
      this.#end = undefined;
      if (STATES[state] >= STATES.paused) {
        // only the way to PAUSED tells whether the pipeline is live
        const result = await gst().gst_element_set_state_async(handle, STATES.paused);
        this.#isLive = result === ENUMS.GST_STATE_CHANGE_NO_PREROLL;
        if (state === "paused" || result === ENUMS.GST_STATE_CHANGE_FAILURE) return result;
      }
    }
    return await gst().gst_element_set_state_async(handle, STATES[state]);
  }

  /** Waits for the message of the pipeline's arrival at a state, or throws an element's error. */
  async #arrival(messages: MessageStream, state: State): Promise<void> {
    for await (const message of messages) {
      if (message.type === "error") throw message.error;
      if (message.type !== "state-changed" || message.source !== this.path) continue;
      if (message.newState === state) return;
      if (message.newState === "null") break;
    }
    throw new GstError(`${this.path} was stopped on its way to ${state}`, { path: this.path });
  }

  /** The reason why a state change was refused: the first error on the bus. */
  async #failure(messages: MessageStream, state: State): Promise<GstError> {
    await this.bus.flush();
    messages.end();
    for await (const message of messages) {
      if (message.type === "error") return message.error;
    }
    return new GstError(`${this.path} cannot change to ${state}`, {
      path: this.path,
      hint: "GST_DEBUG=3 in the environment shows what its elements say",
    });
  }

  /**
   * Sends EOS into the sources, so that muxers downstream can finish their files. Resolves once it is sent; the `eos`
   * message tells that it has arrived.
   */
  async sendEos(): Promise<void> {
    await gst().gst_element_send_event_async(this.unsafeHandle, gst().gst_event_new_eos());
  }

  /**
   * Stops it: sends EOS where it is playing, waits until that has arrived (bounded), lets attached recorders finish,
   * and goes to the state `null`. It can be started again.
   *
   * @returns Whether the stream's end was reached; false where the time was up or an element had failed.
   */
  async stop(options: StopOptions = {}): Promise<boolean> {
    const timeoutSec = checkSec("timeoutSec", options.timeoutSec ?? 5);
    const ended = this.state === "playing" ? await this.#finishStream(timeoutSec) : true;
    await Promise.all([...this.#attachments].map((attachment) => attachment.close()));
    await this.setState("null");
    return ended;
  }

  async #finishStream(timeoutSec: number): Promise<boolean> {
    using messages = this.bus.messages();
    await this.bus.flush();
    if (this.#end !== undefined) return this.#end === "eos";
    try {
      return await deadline(this.#eos(messages), timeoutSec, "No EOS");
    } catch (error) {
      if (error instanceof GstTimeoutError) return false;
      throw error;
    }
  }

  async #eos(messages: MessageStream): Promise<boolean> {
    await this.sendEos();
    for await (const message of messages) {
      if (message.type === "eos" || message.type === "error") return message.type === "eos";
    }
    return false;
  }

  /**
   * Stops it at once (attached recorders finish first) and frees it. May be called twice. {@link stop} before it lets
   * files downstream be finished.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const handle = this.unsafeHandle;
    await Promise.all([...this.#attachments].map((attachment) => attachment.close()));
    await this.setState("null");
    this.#handle = null;
    await this.bus.close();
    for (const element of this.#elements.values()) element.release();
    gst().gst_object_unref(handle);
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Adds something that must finish before the pipeline stops. */
  attach(attachment: Attachment): void {
    this.#attachments.add(attachment);
  }

  /** Takes back {@link attach}. */
  detach(attachment: Attachment): void {
    this.#attachments.delete(attachment);
  }

  /** Sees every message first: an attachment's errors are kept from the pipeline's listeners. */
  #route(message: Message): boolean {
    if (message.type === "error") {
      const owner = [...this.#attachments].find(({ path }) =>
        message.source.startsWith(`${path}/`)
      );
      if (owner !== undefined) {
        owner.onError(message.error);
        return false;
      }
    }
    if (message.type === "error" || message.type === "eos") this.#end = message.type;
    return true;
  }
}
