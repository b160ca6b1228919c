/**
 * Pipelines.
 *
 * @module
 */
import { cString, takeCString } from "../ffi/cstring.ts";
import type { GstError } from "../ffi/errors.ts";
import { glib, gst } from "../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS } from "../ffi/layout.ts";
import { type Attachment, Attachments } from "./gst/attachments.ts";
import { flushSources, listElements } from "./gst/bin.ts";
import { Bus } from "./gst/bus.ts";
import { Element } from "./gst/element.ts";
import { EndOfStream } from "./gst/end_of_stream.ts";
import type { Message } from "./gst/message.ts";
import { nameOf, pathOf } from "./gst/object.ts";
import { setProperty } from "./gst/properties.ts";
import { type State, stateName, STATES } from "./gst/state.ts";
import { StateChanger } from "./gst/state_change.ts";
import { parsePipeline } from "./launch/parse_launch.ts";
import { checkObject, checkSec } from "./util/check.ts";
import { didYouMean } from "./util/closest.ts";
import { nsToSec } from "./util/clock_time.ts";
import { GstClosedError } from "./util/errors.ts";
import { escapeNames } from "./gst/dot.ts";
import { Mutex } from "./util/mutex.ts";

/** Options of {@link Pipeline.setState}. */
export interface StateOptions {
  /** Seconds to wait until the state is reached; `Infinity` for no limit. Defaults to 30. */
  timeoutSec?: number;
}

/** Options of {@link Pipeline.stop} and {@link Standalone.stop}. */
export interface StopOptions {
  /**
   * Seconds to wait until EOS has reached all sinks; `Infinity` for no limit. Defaults to 5, or for {@link Standalone.stop}
   * to `stopTimeoutSec`.
   */
  timeoutSec?: number;
}

/**
 * A pipeline, parsed from a description in the syntax of gst-launch-1.0. It owns the native GstPipeline: {@link close} or
 * `await using` stops and frees it.
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
  /** The pipeline's path, such as `/GstPipeline:pipeline0`. */
  readonly path: string;
  /** Owned: unref'd by {@link close}. */
  #handle: Deno.PointerObject | null;
  readonly #elements = new Map<string, Element>();
  readonly #attachments = new Attachments();
  readonly #end = new EndOfStream();
  readonly #states: StateChanger;
  /** Runs calls that take the pipeline's state lock, one at a time. */
  readonly #mutex = new Mutex();
  #closing: Promise<void> | undefined;

  /**
   * @internal
   * @ignore
   */
  private constructor(handle: Deno.PointerObject) {
    this.#handle = handle;
    this.path = pathOf(handle);
    // a flushing bus would drop the message that ends the wait on it
    setProperty(handle, "auto-flush-bus", false);
    this.bus = new Bus(gst().gst_element_get_bus(handle)!, (message) => this.#route(message));
    this.#states = new StateChanger({
      path: this.path,
      bus: this.bus,
      mutex: this.#mutex,
      handle: () => this.#handle,
      checkOpen: () => this.#checkOpen(),
      onStart: () => this.#end.reset(),
      onChange: (state, when) => this.#attachments.notify(state, when),
    });
  }

  /**
   * Parses a pipeline, which is in the state `null`.
   *
   * @param description Elements, properties and links in the syntax of gst-launch-1.0
   * (GStreamer: Tools, "gst-launch-1.0", Pipeline Description).
   * @throws {TypeError} If the text is not a string, or contains a NUL.
   * @throws {GstParseError} If the text cannot be parsed, or names an element that is not installed.
   */
  static parse(description: string): Pipeline {
    return new Pipeline(parsePipeline(description));
  }

  /**
   * The GstPipeline, for native calls of your own. This object owns the reference: do not unref it.
   *
   * @throws {GstClosedError} If the pipeline is closed.
   */
  get unsafeHandle(): Deno.PointerObject {
    if (this.#handle === null) throw new GstClosedError(`Pipeline ${this.path} is closed`);
    return this.#handle;
  }

  /** The pipeline's state; `"null"` if it is stopped or closed. */
  get state(): State {
    if (this.#handle === null) return "null";
    const state = new Int32Array(1);
    gst().gst_element_get_state(this.#handle, state, null, 0n);
    return stateName(state[0]!) ?? "null";
  }

  /** Whether the pipeline has a live source, such as a camera. `false` until it is paused or playing. */
  get isLive(): boolean {
    return this.#states.isLive;
  }

  /**
   * The first error on the bus since the pipeline was started; undefined without one. The bus is read only while it has
   * subscribers ({@link Bus.messages}).
   */
  get failure(): GstError | undefined {
    return this.#end.failure;
  }

  /**
   * The running time in nanoseconds: the time spent in `playing` since the start. Null while the pipeline is stopped.
   *
   * @throws {GstClosedError} If the pipeline is closed.
   */
  get runningTimeNs(): bigint | null {
    const handle = this.unsafeHandle;
    const level = STATES[this.state];
    if (level < STATES.paused) return null;
    // the clock runs during a pause; the start time is then the running time at which the pause began
    const time = level === STATES.paused
      ? gst().gst_element_get_start_time(handle)
      : gst().gst_element_get_current_running_time(handle);
    return time === CLOCK_TIME_NONE ? null : time;
  }

  /**
   * The running time in seconds: the time spent in `playing` since the start. Null while the pipeline is stopped.
   *
   * @throws {GstClosedError} If the pipeline is closed.
   */
  get runningTimeSec(): number | null {
    const time = this.runningTimeNs;
    return time === null ? null : nsToSec(time);
  }

  /**
   * The position in the stream in seconds; null if it is unknown.
   *
   * @throws {GstClosedError} If the pipeline is closed.
   */
  get positionSec(): number | null {
    return this.#query("gst_element_query_position");
  }

  /**
   * The duration of the stream in seconds; null if it is unknown, as for a camera.
   *
   * @throws {GstClosedError} If the pipeline is closed.
   */
  get durationSec(): number | null {
    return this.#query("gst_element_query_duration");
  }

  #query(call: "gst_element_query_position" | "gst_element_query_duration"): number | null {
    const time = new BigInt64Array(1);
    const isKnown = gst()[call](this.unsafeHandle, ENUMS.GST_FORMAT_TIME, time);
    return isKnown && time[0]! >= 0n ? nsToSec(time[0]!) : null;
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new GstClosedError(`Pipeline ${this.path} is closed`);
  }

  /**
   * Returns the element with a name, also from within a bin.
   *
   * @throws {TypeError} If the name is not a string, or contains a NUL.
   * @throws {RangeError} If there is no such element; the message lists the names of all elements.
   * @throws {GstClosedError} If the pipeline is closed, or being closed.
   */
  element(name: string): Element {
    this.#checkOpen();
    const known = this.#elements.get(name);
    if (known !== undefined) return known;
    const handle = gst().gst_bin_get_by_name(this.unsafeHandle, cString(name));
    if (handle === null) {
      const names = this.elementNames();
      throw new RangeError(
        `No element is named "${name}"; there are: ${names.join(", ")}${didYouMean(name, names)}`,
      );
    }
    const element = new Element(handle);
    this.#elements.set(name, element);
    return element;
  }

  /**
   * Returns the names of all elements, including those in bins.
   *
   * @throws {GstClosedError} If the pipeline is closed.
   */
  elementNames(): string[] {
    return listElements(this.unsafeHandle).map((handle) => {
      const name = nameOf(handle);
      gst().gst_object_unref(handle);
      return name;
    });
  }

  /**
   * Returns the pipeline as a graph in Graphviz's DOT language: elements, their changed properties, pads, and negotiated
   * caps (GStreamer: Core Library, "GstDebugUtils").
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
   * @throws {GstClosedError} If the pipeline is closed.
   */
  toDot(): string {
    const handle = this.unsafeHandle;
    // before the negotiation, caps are everything that the elements support
    const isNegotiated = STATES[this.state] >= STATES.paused;
    const details = isNegotiated
      ? ENUMS.GST_DEBUG_GRAPH_SHOW_ALL
      : ENUMS.GST_DEBUG_GRAPH_SHOW_ALL & ~ENUMS.GST_DEBUG_GRAPH_SHOW_CAPS_DETAILS;
    const dot = takeCString(glib(), gst().gst_debug_bin_to_dot_data(handle, details)) ?? "";
    return escapeNames(dot, [nameOf(handle), ...this.elementNames()]);
  }

  /**
   * Posts a `property-notify` message for each change of an element's property from now on.
   *
   * @throws {GstClosedError} If the pipeline is closed.
   */
  watchProperties(): void {
    gst().gst_element_add_property_deep_notify_watch(this.unsafeHandle, null, 1);
  }

  /** Starts the pipeline, and resolves once it is playing. See {@link setState} for what it throws. */
  play(options?: StateOptions): Promise<void> {
    return this.setState("playing", options);
  }

  /** Pauses the pipeline, and resolves once it is paused. See {@link setState} for what it throws. */
  pause(options?: StateOptions): Promise<void> {
    return this.setState("paused", options);
  }

  /**
   * Changes the state, and resolves once it is reached. After a failure, the pipeline may be between two states: stop or
   * close it.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If there is no such state, or `timeoutSec` is negative or NaN.
   * @throws {GstError} If an element fails; the message names it.
   * @throws {GstTimeoutError} If the state is not reached in time.
   * @throws {GstClosedError} If the pipeline is closed, or being closed; `null` is reached then.
   */
  async setState(state: State, options: StateOptions = {}): Promise<void> {
    if (typeof state !== "string" || !Object.hasOwn(STATES, state)) {
      const known = Object.keys(STATES).join(", ");
      throw new RangeError(`state must be one of ${known}, got ${Deno.inspect(state)}`);
    }
    checkObject("options", options);
    const timeoutSec = checkSec("timeoutSec", options.timeoutSec ?? 30);
    if (STATES[state] < STATES.paused && this.#end.isSending) {
      await flushSources(this.unsafeHandle); // the sources take EOS then, and can be stopped
    }
    await this.#states.change(state, timeoutSec);
  }

  /**
   * Sends EOS into the sources, so that muxers downstream can finish their files. Does nothing unless the pipeline is
   * playing, and at a second call after one start.
   *
   * Resolves when the sources have taken the event, which can take as long as a frame lasts. The bus posts the message `eos`
   * when EOS has reached all sinks.
   *
   * @throws {GstClosedError} If the pipeline is closed.
   */
  async sendEos(): Promise<void> {
    const handle = this.unsafeHandle;
    await this.#mutex.run(async () => {
      if (this.#states.target === "playing" && this.state === "playing") {
        await this.#end.send(handle);
      }
    });
  }

  /**
   * Stops the pipeline: sends EOS if it is playing and waits until EOS has reached all sinks, closes attached recorders, and
   * changes the state to `null`. The pipeline can be started again. Does nothing if it is closed.
   *
   * @returns `false` if EOS did not reach all sinks within `timeoutSec` seconds, or an element has failed; else `true`.
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If `timeoutSec` is negative or NaN.
   * @throws {GstError} If an element fails to stop.
   */
  async stop(options: StopOptions = {}): Promise<boolean> {
    checkObject("options", options);
    const timeoutSec = checkSec("timeoutSec", options.timeoutSec ?? 5);
    const isEnd = this.state === "playing"
      ? await this.#end.reach(this.bus, () => this.sendEos(), timeoutSec)
      : true;
    try {
      await this.#attachments.close();
    } finally {
      await this.setState("null");
    }
    return isEnd;
  }

  /**
   * Closes attached recorders, stops the pipeline without EOS, and frees it. Call {@link stop} first if sinks in the
   * pipeline write files that must be finished. May be called twice.
   *
   * @throws {GstError} If an element fails to stop. The native pipeline is not freed then, as it may still be running.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const handle = this.unsafeHandle;
    try {
      await this.#attachments.close();
    } finally {
      await this.setState("null").finally(() => this.#release());
      // not if an element has failed to stop: it may be running
      gst().gst_object_unref(handle);
    }
  }

  /** Releases everything but the pipeline itself. */
  async #release(): Promise<void> {
    this.#handle = null;
    await this.#mutex.idle;
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
   * @throws {GstClosedError} If the pipeline is closed, or being closed.
   * @internal
   * @ignore
   */
  attach(attachment: Attachment): void {
    this.#checkOpen();
    this.#attachments.add(attachment);
  }

  /**
   * Removes what {@link attach} has added.
   *
   * @internal
   * @ignore
   */
  detach(attachment: Attachment): void {
    this.#attachments.remove(attachment);
  }

  /** Handles a message before the subscribers get it; returns whether they do. */
  #route(message: Message): boolean {
    if (message.type === "error" && this.#attachments.takeError(message)) return false;
    this.#end.follow(message);
    if (message.type === "latency") void this.#mutex.run(() => this.#recalculateLatency());
    return true;
  }

  async #recalculateLatency(): Promise<void> {
    if (this.#handle !== null) await gst().gst_bin_recalculate_latency_async(this.#handle);
  }
}
