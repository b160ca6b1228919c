/**
 * Changes of a pipeline's state.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { gst } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { deadline } from "../util/deadline.ts";
import type { Mutex } from "../util/mutex.ts";
import type { Bus, MessageStream } from "./bus.ts";
import { checkDisplay, displayHint } from "./display.ts";
import { type State, STATES } from "./state.ts";

/** The parts of a pipeline that a {@link StateChanger} uses. */
export interface StateChangerOptions {
  /** The pipeline's path. */
  path: string;
  /** The pipeline's bus. */
  bus: Bus;
  /** Runs calls that take the pipeline's state lock, one at a time: a thread would wait for the lock otherwise. */
  mutex: Mutex;
  /** Returns the GstPipeline, which the pipeline owns; null once it is closed. */
  handle: () => Deno.PointerObject | null;
  /** Throws if the pipeline is closed, or being closed. */
  checkOpen: () => void;
  /** Called when a stopped pipeline starts. */
  onStart: () => void;
  /** Called before and after a state is requested. */
  onChange: (state: State, when: "before" | "after") => void;
}

/** Changes the state of a pipeline, and waits until it is reached. */
export class StateChanger {
  readonly #options: StateChangerOptions;
  /** The target states of the changes under way, by the messages that they wait for. */
  readonly #arrivals = new Map<MessageStream, State>();
  /** Whether PAUSED or PLAYING has been requested. */
  #isStarted = false;
  #isLive = false;
  #target: State = "null";

  /** Creates a changer for a stopped pipeline. */
  constructor(options: StateChangerOptions) {
    this.#options = options;
  }

  /** Whether the pipeline has a live source, as the last start has shown. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** The state that was last asked for. */
  get target(): State {
    return this.#target;
  }

  /**
   * Changes the state; resolves once it is reached.
   *
   * @throws {GstError} If an element fails; the message names it.
   * @throws {GstTimeoutError} If the state is not reached within `timeoutSec` seconds.
   */
  async change(state: State, timeoutSec: number): Promise<void> {
    const { path, bus, mutex } = this.#options;
    using messages = bus.messages();
    this.#target = state;
    const result = await mutex.run(() => this.#request(state, messages));
    const handle = this.#options.handle();
    if (STATES[state] >= STATES.paused && handle !== null) checkDisplay(handle);
    if (result === ENUMS.GST_STATE_CHANGE_FAILURE) {
      throw await firstError(bus, messages) ??
        new GstError(`Cannot change the state of ${path} to ${state}`, {
          path,
          hint: (handle === null ? undefined : displayHint(handle)) ??
            "GST_DEBUG=3 in the environment shows what its elements report",
        });
    }
    if (result === ENUMS.GST_STATE_CHANGE_ASYNC) {
      const late = `${path} did not reach ${state} within ${timeoutSec} s`;
      this.#arrivals.set(messages, state);
      await deadline(this.#arrive(state, messages), timeoutSec, late)
        .finally(() => this.#arrivals.delete(messages));
    } else if (STATES[state] >= STATES.paused) {
      // an element that fails at once sends EOS, which lets the sinks preroll
      const error = await firstError(bus, messages);
      if (error !== undefined) throw error;
    }
  }

  async #request(state: State, messages: MessageStream): Promise<number> {
    this.#options.onChange(state, "before");
    try {
      return await this.#setState(state, messages);
    } finally {
      this.#options.onChange(state, "after");
    }
  }

  /** Requests a state; `messages` get what the elements post from then on. */
  async #setState(state: State, messages: MessageStream): Promise<number> {
    const handle = this.#options.handle();
    if (state === "null" && handle === null) return ENUMS.GST_STATE_CHANGE_SUCCESS;
    if (state !== "null") this.#options.checkOpen();
    await this.#options.bus.flush();
    messages.clear();
    for (const [others, goal] of this.#arrivals) {
      if (STATES[state] < STATES[goal]) others.end();
    }
    const isStart = !this.#isStarted;
    this.#isStarted = STATES[state] >= STATES.paused;
    if (isStart && this.#isStarted) {
      this.#options.onStart();
      // only the change to PAUSED shows whether the pipeline is live
      const result = await gst().gst_element_set_state_async(handle, STATES.paused);
      this.#isLive = result === ENUMS.GST_STATE_CHANGE_NO_PREROLL;
      this.#isStarted = result !== ENUMS.GST_STATE_CHANGE_FAILURE;
      if (state === "paused" || !this.#isStarted) return result;
    }
    return await gst().gst_element_set_state_async(handle, STATES[state]);
  }

  /** Waits until the pipeline posts that it has reached a state, or throws the error of an element. */
  async #arrive(state: State, messages: MessageStream): Promise<void> {
    const { path } = this.#options;
    for await (const message of messages) {
      if (message.type === "error") throw message.error;
      if (message.type !== "state-changed" || message.source !== path) continue;
      if (message.newState === state) return;
    }
    throw new GstError(`${path} was stopped on its way to ${state}`, { path });
  }
}

/** Resolves with the first error among the messages up to now, which end. */
async function firstError(bus: Bus, messages: MessageStream): Promise<GstError | undefined> {
  await bus.flush();
  messages.end();
  for await (const message of messages) {
    if (message.type === "error") return message.error;
  }
  return undefined;
}
