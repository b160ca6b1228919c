/**
 * The common part of `AppSink` and `AppSrc`: an element of a pipeline that is in use.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { gobject, gst, gstApp } from "../../ffi/gst.ts";
import type { Attachment } from "../gst/attachments.ts";
import type { MessageStream } from "../gst/bus.ts";
import type { Element } from "../gst/element.ts";
import { type State, STATES } from "../gst/state.ts";
import { Pipeline } from "../pipeline.ts";
import { GstClosedError } from "../util/errors.ts";

/** An element to use, and callbacks for its user. */
export interface AppElementOptions {
  /** The pipeline with the element. */
  pipeline: Pipeline;
  /** The element's name. */
  name: string;
  /** The factory that the element must have. */
  factory: "appsink" | "appsrc";
  /**
   * Called before the pipeline stops: the last chance to use the element.
   *
   * @returns Whether the stream has reached its end; if not, a stop of the pipeline is an error.
   */
  onStop: () => boolean;
  /** Called when the pipeline has failed, or the use has ended. */
  onEnd: () => void;
}

/** The elements in use: a second user would take frames from the first. */
const inUse = new WeakSet<Element>();

/** An appsink or an appsrc that is in use, until {@link release} or the pipeline's end. */
export class AppElement {
  readonly #options: AppElementOptions;
  readonly #element: Element;
  readonly #messages: MessageStream;
  readonly #watching: Promise<void>;
  readonly #attachment: Attachment;
  #failure: GstError | undefined;
  /** Whether the pipeline is stopping or stopped. */
  #isStopping = false;
  #hasEnded = false;
  #isReleased = false;
  #closing: Promise<void> | undefined;

  /**
   * Begins to use an element.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If no element has the name.
   * @throws {GstError} If the element has another factory, or is in use.
   */
  constructor(options: AppElementOptions) {
    const { pipeline, name, factory } = options;
    this.#options = options;
    this.#element = findElement(pipeline, name, factory);
    inUse.add(this.#element);
    // an error that the bus has delivered before; one of an earlier run does not matter
    if (pipeline.state !== "null") this.#failure = pipeline.failure;
    this.#messages = pipeline.bus.messages();
    this.#watching = this.#watch();
    this.#attachment = {
      path: this.#element.path,
      onError: () => {}, // an appsink or an appsrc posts none
      onStateChange: (state, when) => this.#follow(state, when),
      close: () => this.#closing ??= this.#close(),
    };
    pipeline.attach(this.#attachment);
  }

  /** The GstElement, which belongs to the pipeline. */
  get handle(): Deno.PointerObject {
    return this.#element.unsafeHandle;
  }

  /** Whether the element may be used: the pipeline is not stopping, and the element not released. */
  get isUsable(): boolean {
    return !this.#isStopping && !this.#isReleased;
  }

  /** Whether the element handles data: it is usable, and paused or playing. */
  get isStarted(): boolean {
    if (!this.isUsable) return false;
    const state = new Int32Array(1);
    gst().gst_element_get_state(this.handle, state, null, 0n);
    return state[0]! >= STATES.paused;
  }

  /** The pipeline's error, or that it was stopped before the end of the stream; undefined without one. */
  get failure(): GstError | undefined {
    return this.#failure;
  }

  /** Whether the stream had reached its end when the pipeline was stopped. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether the use has ended. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  async #watch(): Promise<void> {
    for await (const message of this.#messages) {
      if (message.type !== "error") continue;
      this.#failure ??= message.error;
      this.#options.onEnd();
    }
  }

  #follow(state: State, when: "before" | "after"): void {
    const isStop = STATES[state] < STATES.paused;
    if (isStop && when === "before") this.#stop();
    if (!isStop && when === "after") this.#isStopping = this.#hasEnded = false;
  }

  #stop(): void {
    if (this.isStarted) this.#hasEnded = this.#options.onStop();
    this.#isStopping = true;
  }

  /** Handles the messages that are on the bus by now, and no later ones. */
  async settle(): Promise<void> {
    await this.#options.pipeline.bus.flush();
    this.#messages.end();
    await this.#watching;
  }

  /** Ends the use with the pipeline's run. */
  async #close(): Promise<void> {
    this.#stop();
    await this.settle();
    if (!this.#hasEnded) {
      const { factory, name } = this.#options;
      this.#failure ??= new GstClosedError(
        `The pipeline of ${factory} "${name}" was stopped before the end of the stream`,
      );
    }
    this.release();
  }

  /** Ends the use. May be called twice. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#messages[Symbol.dispose]();
    this.#options.pipeline.detach(this.#attachment);
    inUse.delete(this.#element);
    this.#options.onEnd();
  }
}

function findElement(
  pipeline: Pipeline,
  name: string,
  factory: AppElementOptions["factory"],
): Element {
  if (!(pipeline instanceof Pipeline)) {
    throw new TypeError("pipeline must be a Pipeline, such as app.pipeline");
  }
  if (typeof name !== "string") throw new TypeError(`name must be the name of an ${factory}`);
  const element = pipeline.element(name);
  const type = factory === "appsink"
    ? gstApp().gst_app_sink_get_type()
    : gstApp().gst_app_src_get_type();
  if (!gobject().g_type_check_instance_is_a(element.unsafeHandle, type)) {
    throw new GstError(`"${name}" is not an ${factory}, but a ${element.factoryName}`);
  }
  if (inUse.has(element)) throw new GstError(`The ${factory} "${name}" is already in use`);
  return element;
}
