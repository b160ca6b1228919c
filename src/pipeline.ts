/**
 * A GStreamer pipeline.
 *
 * @module
 */
import { checkObject, checkSec } from "./util/check.ts";
import { cString, takeCString } from "../ffi/cstring.ts";
import { GstError } from "../ffi/errors.ts";
import { glib, gst } from "../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS } from "../ffi/layout.ts";
import { Bus, type MessageStream } from "./gst/bus.ts";
import { nsToSec } from "./util/clock_time.ts";
import { deadline } from "./util/deadline.ts";
import { Element } from "./gst/element.ts";
import { flushSources, listElements } from "./gst/bin.ts";
import { GstClosedError, GstTimeoutError } from "./util/errors.ts";
import type { Message } from "./gst/message.ts";
import { pathOf } from "./gst/object.ts";
import { parsePipeline } from "./launch/parse_launch.ts";
import { setProperty } from "./gst/properties.ts";
import { type State, stateName, STATES } from "./gst/state.ts";

/** Attachments whose messages may still be on their way. */
const MAX_DETACHED = 1000;

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
  /** Path of the attachment's element: errors of it and of elements in it are the attachment's, not the pipeline's. */
  readonly path: string;
  /** Takes an error of an element in the bin. */
  onError(error: GstError): void;
  /** Learns that the pipeline is about to be told to change to a state, and that it has been told. */
  onStateChange?(state: State, when: "before" | "after"): void;
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
  /** Paths of the last attachments that have gone: what is still to be heard of them is not the pipeline's. */
  readonly #detached = new Set<string>();
  #isLive = false;
  /** What ended the stream: nothing more will come until the next start. */
  #end: "eos" | "error" | undefined;
  #failure: GstError | undefined;
  #closing: Promise<void> | undefined;
  /** The last call under way that holds the pipeline's state lock. */
  #locked: Promise<unknown> = Promise.resolve();
  /** Those who wait for a state, by their messages. */
  readonly #arrivals = new Map<MessageStream, State>();
  /** Whether it is on its way to PAUSED, or beyond. */
  #isStarted = false;
  /** The last state that was asked for. */
  #wanted: State = "null";
  /** Whether EOS was sent since the start, or is being sent: until data flows in all sources, that can wait. */
  #eos: "sending" | "sent" | undefined;

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

  /** The first error of an element since it was started, as far as the bus has been read; undefined without one. */
  get failure(): GstError | undefined {
    return this.#failure;
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

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new GstClosedError(`Pipeline ${this.path} is closed`);
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
   * @throws {GstClosedError} if the pipeline is closed, or being closed.
   */
  element(name: string): Element {
    this.#checkOpen();
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

  /**
   * Draws it as Graphviz has its pictures described: elements, the properties that were changed, pads, and caps where they
   * are known, as in GStreamer's own dot files (GStreamer: Core Library, "GstDebugUtils").
   *
   * @example
   * ```ts
   * import { Pipeline } from "@gstp/gstp";
   * import { assertMatch } from "@std/assert";
   *
   * await using pipeline = Pipeline.parse("videotestsrc ! fakesink");
   * assertMatch(pipeline.toDot(), /^digraph pipeline {/);
   * ```
   *
   * @throws {GstClosedError} if the pipeline is closed.
   */
  toDot(): string {
    const handle = this.unsafeHandle;
    // before it is paused, the caps are all that the elements could do
    const isNegotiated = STATES[this.state] >= STATES.paused;
    const details = isNegotiated
      ? ENUMS.GST_DEBUG_GRAPH_SHOW_ALL
      : ENUMS.GST_DEBUG_GRAPH_SHOW_ALL & ~ENUMS.GST_DEBUG_GRAPH_SHOW_CAPS_DETAILS;
    const dot = gst().gst_debug_bin_to_dot_data(handle, details);
    return takeCString(glib(), dot) ?? "";
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
    if (typeof state !== "string" || !Object.hasOwn(STATES, state)) {
      const known = Object.keys(STATES).join(", ");
      throw new RangeError(`A state is one of ${known}, not ${Deno.inspect(state)}`);
    }
    checkObject("options", options);
    const timeoutSec = checkSec("timeoutSec", options.timeoutSec ?? 30);
    using messages = this.bus.messages();
    this.#wanted = state;
    if (STATES[state] < STATES.paused && this.#eos === "sending") {
      await flushSources(this.unsafeHandle);
    }
    const result = await this.#lock(() => this.#change(state, messages));
    if (result === ENUMS.GST_STATE_CHANGE_FAILURE) {
      throw await this.#firstError(messages) ??
        new GstError(`${this.path} cannot change to ${state}`, {
          path: this.path,
          hint: "GST_DEBUG=3 in the environment shows what its elements say",
        });
    }
    if (result === ENUMS.GST_STATE_CHANGE_ASYNC) {
      const where = `${this.path} did not get to ${state} within ${timeoutSec} s`;
      this.#arrivals.set(messages, state);
      await deadline(this.#arrival(messages, state), timeoutSec, where)
        .finally(() => this.#arrivals.delete(messages));
    } else if (STATES[state] >= STATES.paused) {
      // an element that fails right away sends EOS, with which the sinks are content
      const error = await this.#firstError(messages);
      if (error !== undefined) throw error;
    }
  }

  /** Runs calls that hold the pipeline's state lock one after another, so that none of them holds a thread for long. */
  #lock<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#locked.then(call);
    this.#locked = result.catch(() => {});
    return result;
  }

  /** Requests a state; what the elements say of it goes to `messages`. */
  async #request(state: State, messages: MessageStream): Promise<number> {
    if (state === "null" && this.#handle === null) return ENUMS.GST_STATE_CHANGE_SUCCESS;
    if (state !== "null") this.#checkOpen();
    const handle = this.unsafeHandle;
    await this.bus.flush();
    messages.clear();
    for (const [others, goal] of this.#arrivals) {
      if (STATES[state] < STATES[goal]) others.end();
    }
    const isStart = !this.#isStarted;
    this.#isStarted = STATES[state] >= STATES.paused;
    if (isStart && this.#isStarted) {
      this.#eos = this.#end = this.#failure = undefined;
      // only the way to PAUSED tells whether the pipeline is live
      const result = await gst().gst_element_set_state_async(handle, STATES.paused);
      this.#isLive = result === ENUMS.GST_STATE_CHANGE_NO_PREROLL;
      this.#isStarted = result !== ENUMS.GST_STATE_CHANGE_FAILURE;
      if (state === "paused" || !this.#isStarted) return result;
    }
    return await gst().gst_element_set_state_async(handle, STATES[state]);
  }

  /** Same, and tells the attachments. */
  async #change(state: State, messages: MessageStream): Promise<number> {
    for (const attachment of this.#attachments) attachment.onStateChange?.(state, "before");
    try {
      return await this.#request(state, messages);
    } finally {
      for (const attachment of this.#attachments) attachment.onStateChange?.(state, "after");
    }
  }

  /** Waits for the message of the pipeline's arrival at a state, or throws an element's error. */
  async #arrival(messages: MessageStream, state: State): Promise<void> {
    for await (const message of messages) {
      if (message.type === "error") throw message.error;
      if (message.type !== "state-changed" || message.source !== this.path) continue;
      if (message.newState === state) return;
    }
    throw new GstError(`${this.path} was stopped on its way to ${state}`, { path: this.path });
  }

  /** The first error that is on the bus by now; ends the messages. */
  async #firstError(messages: MessageStream): Promise<GstError | undefined> {
    await this.bus.flush();
    messages.end();
    for await (const message of messages) {
      if (message.type === "error") return message.error;
    }
    return undefined;
  }

  /**
   * Sends EOS into the sources, so that muxers downstream can finish their files; only while it is playing, and once. It
   * resolves when the sources have taken it, which can last for as long as a frame does; the `eos` message tells that
   * it has arrived.
   */
  async sendEos(): Promise<void> {
    const handle = this.unsafeHandle;
    await this.#lock(async () => {
      // a second one close behind would crash a source
      if (this.#wanted !== "playing" || this.state !== "playing" || this.#eos !== undefined) return;
      this.#eos = "sending";
      await gst().gst_element_send_event_async(handle, gst().gst_event_new_eos());
      this.#eos = "sent";
    });
  }

  /**
   * Stops it: sends EOS where it is playing, waits until that has arrived (bounded), lets attached recorders finish,
   * and goes to the state `null`. It can be started again.
   *
   * @returns Whether the stream's end was reached; false where the time was up or an element had failed.
   */
  async stop(options: StopOptions = {}): Promise<boolean> {
    checkObject("options", options);
    const timeoutSec = checkSec("timeoutSec", options.timeoutSec ?? 5);
    const ended = this.state === "playing" ? await this.#finishStream(timeoutSec) : true;
    try {
      await this.#closeAttachments();
    } finally {
      await this.setState("null");
    }
    return ended;
  }

  async #finishStream(timeoutSec: number): Promise<boolean> {
    using messages = this.bus.messages();
    await this.bus.flush();
    if (this.#end !== undefined) return this.#end === "eos";
    try {
      return await deadline(this.#reachEnd(messages), timeoutSec, "No EOS");
    } catch (error) {
      if (error instanceof GstTimeoutError) return false;
      throw error;
    }
  }

  async #reachEnd(messages: MessageStream): Promise<boolean> {
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
    try {
      await this.#closeAttachments();
    } finally {
      await this.setState("null").finally(() => this.#release());
      // not where an element refused to stop: it may be running
      gst().gst_object_unref(handle);
    }
  }

  async #closeAttachments(): Promise<void> {
    await Promise.all([...this.#attachments].map((attachment) => attachment.close()));
  }

  /** Lets go of everything but the pipeline itself. */
  async #release(): Promise<void> {
    this.#handle = null;
    await this.#locked;
    await this.bus.close();
    for (const element of this.#elements.values()) element.release();
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Adds something that must finish before the pipeline stops.
   *
   * @throws {GstClosedError} if the pipeline is closed, or being closed.
   */
  attach(attachment: Attachment): void {
    this.#checkOpen();
    this.#attachments.add(attachment);
  }

  /** Takes back {@link attach}. */
  detach(attachment: Attachment): void {
    this.#attachments.delete(attachment);
    this.#detached.add(attachment.path);
    // recorders may come and go for months
    const [first] = this.#detached;
    if (this.#detached.size > MAX_DETACHED) this.#detached.delete(first!);
  }

  /** Sees every message first: keeps an attachment's errors from the pipeline's listeners, and its latency right. */
  #route(message: Message): boolean {
    if (message.type === "error") {
      const isFrom = (path: string) => `${message.source}/`.startsWith(`${path}/`);
      if ([...this.#detached].some(isFrom)) return false;
      const owner = [...this.#attachments].find(({ path }) => isFrom(path));
      if (owner !== undefined) {
        owner.onError(message.error);
        return false;
      }
    }
    if (message.type === "error") {
      this.#end ??= "error"; // EOS may follow, or have come before
      this.#failure ??= message.error;
    }
    if (message.type === "eos") this.#end ??= "eos";
    if (message.type === "latency") void this.#lock(() => this.#recalculateLatency());
    return true;
  }

  async #recalculateLatency(): Promise<void> {
    if (this.#handle !== null) await gst().gst_bin_recalculate_latency_async(this.#handle);
  }
}
