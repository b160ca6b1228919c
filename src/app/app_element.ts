/**
 * What `AppSink` and `AppSrc` have in common: an element of a pipeline, and what becomes of the pipeline meanwhile.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { gobject, gst, gstApp } from "../../ffi/gst.ts";
import type { MessageStream } from "../gst/bus.ts";
import type { Element } from "../gst/element.ts";
import { GstClosedError } from "../util/errors.ts";
import type { Attachment } from "../gst/attachments.ts";
import { Pipeline } from "../pipeline.ts";
import { type State, STATES } from "../gst/state.ts";

/** Which element, and who uses it. */
export interface AppElementOptions {
  /** The pipeline with the element. */
  pipeline: Pipeline;
  /** The element's name. */
  name: string;
  /** What it must be. */
  factory: "appsink" | "appsrc";
  /**
   * The pipeline is about to be stopped: the last chance to use the element.
   *
   * @returns Whether the stream has come to its end; an end before that is an error.
   */
  onStop: () => boolean;
  /** The pipeline has failed, or the use has ended. */
  onEnd: () => void;
}

/** Elements in use: two users would take each other's frames. */
const inUse = new WeakSet<Element>();

/** An appsink or an appsrc in use, from construction to {@link release} or the pipeline's end. */
export class AppElement {
  readonly #options: AppElementOptions;
  readonly #element: Element;
  readonly #messages: MessageStream;
  readonly #watching: Promise<void>;
  readonly #attachment: Attachment;
  #failure: GstError | undefined;
  /** From the moment at which the pipeline is told to stop to that at which it is told to start. */
  #isStopping = false;
  #hasEnded = false;
  #isReleased = false;
  #closing: Promise<void> | undefined;

  /**
   * Takes the element into use.
   *
   * @throws {TypeError} if an option has the wrong type.
   * @throws {RangeError} if no element has this name.
   * @throws {GstError} if it is another kind of element, or in use.
   */
  constructor(options: AppElementOptions) {
    const { pipeline, name, factory } = options;
    this.#options = options;
    this.#element = findElement(pipeline, name, factory);
    inUse.add(this.#element);
    // what has failed in this run is not told again
    if (pipeline.state !== "null") this.#failure = pipeline.failure;
    this.#messages = pipeline.bus.messages();
    this.#watching = this.#watch();
    this.#attachment = {
      path: this.#element.path,
      onError: () => {}, // nothing is inside an appsink or an appsrc
      onStateChange: (state, when) => this.#follow(state, when),
      close: () => this.#closing ??= this.#close(),
    };
    pipeline.attach(this.#attachment);
  }

  /** The GstElement, which stays the pipeline's. */
  get handle(): Deno.PointerObject {
    return this.#element.unsafeHandle;
  }

  /** Whether it may be used: it is not about to be stopped, and not released. */
  get isUsable(): boolean {
    return !this.#isStopping && !this.#isReleased;
  }

  /** Whether it takes and gives data: it is paused or playing. */
  get isStarted(): boolean {
    if (!this.isUsable) return false;
    const state = new Int32Array(1);
    gst().gst_element_get_state(this.handle, state, null, 0n);
    return state[0]! >= STATES.paused;
  }

  /** Why no more is to be expected: the pipeline's error, or that it was stopped before the end of the stream. */
  get failure(): GstError | undefined {
    return this.#failure;
  }

  /** Whether the stream had come to its end when the pipeline was stopped. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether it is no longer in use. */
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

  /** Learns of what is on the bus by now; nothing more after that. */
  async settle(): Promise<void> {
    await this.#options.pipeline.bus.flush();
    this.#messages.end();
    await this.#watching;
  }

  /** The pipeline is being stopped or closed. */
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
  if (inUse.has(element)) throw new GstError(`The ${factory} "${name}" is in use already`);
  return element;
}
