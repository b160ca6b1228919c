/**
 * Frames through elements: into an appsrc, out of an appsink.
 *
 * @module
 */
import { cString } from "../../../ffi/cstring.ts";
import { gst, gstApp } from "../../../ffi/gst.ts";
import { ENUMS } from "../../../ffi/layout.ts";
import { Frame } from "../../gst/frame.ts";
import { popMessage } from "../../gst/message.ts";
import { parsePipeline } from "../../launch/parse_launch.ts";
import { AppsrcFeeder } from "./appsrc_feeder.ts";

const INPUT = "appsrc name=input format=time handle-segment-change=true emit-signals=false";
// bounded, as raw pictures could fill the memory
const OUTPUT = "appsink name=output sync=false max-buffers=4 enable-last-sample=false " +
  "emit-signals=false";

/** A pipeline that turns frames into others, such as a decoder, from {@link start} to {@link close}. */
export class Transcoder {
  /** Owned, like all that follow: unref'd by {@link close}. */
  readonly #pipeline: Deno.PointerObject;
  readonly #bus: Deno.PointerObject;
  readonly #input: Deno.PointerObject;
  readonly #output: Deno.PointerObject;
  readonly #feeder: AppsrcFeeder;
  #starting: Promise<number> | undefined;
  #isStarted = false;
  #closing: Promise<void> | undefined;

  /**
   * Creates the pipeline, stopped.
   *
   * @param text The elements between appsrc and appsink.
   * @throws {GstError} If one is not installed.
   */
  constructor(text: string) {
    this.#pipeline = parsePipeline(`${INPUT} ! ${text} ! ${OUTPUT}`);
    this.#bus = gst().gst_element_get_bus(this.#pipeline)!;
    this.#input = gst().gst_bin_get_by_name(this.#pipeline, cString("input"))!;
    this.#feeder = new AppsrcFeeder(this.#input);
    this.#output = gst().gst_bin_get_by_name(this.#pipeline, cString("output"))!;
  }

  /** Starts the pipeline; {@link pullSample} throws what fails then. */
  async start(): Promise<void> {
    await (this.#starting ??= gst().gst_element_set_state_async(
      this.#pipeline,
      ENUMS.GST_STATE_PLAYING,
    ));
    this.#isStarted = true;
  }

  /** Pushes a frame, which stays the caller's. */
  pushSample(frame: Frame): void {
    this.#feeder.pushSample(frame);
  }

  /** The number of frames pushed that the elements have not taken yet. */
  get backlog(): number {
    return Number(gstApp().gst_app_src_get_current_level_buffers(this.#input));
  }

  /** Sends EOS after the frames pushed so far. */
  endStream(): void {
    gstApp().gst_app_src_end_of_stream(this.#input);
  }

  /**
   * Returns the next frame, which becomes the caller's; `null` if there is none at the moment.
   *
   * @throws {GstError} If an element failed.
   */
  pullSample(): Frame | null {
    const sample = gstApp().gst_app_sink_try_pull_sample(this.#output, 0n);
    if (sample !== null) return new Frame(sample);
    const message = popMessage(this.#bus, ENUMS.GST_MESSAGE_ERROR);
    if (message?.type === "error") throw message.error;
    return null;
  }

  /** Whether all frames have been pulled. */
  get isEnded(): boolean {
    // an appsink that was not started claims to be at the end
    return this.#isStarted && gstApp().gst_app_sink_is_eos(this.#output) !== 0;
  }

  /** Stops the pipeline and frees it. May be called twice. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#starting;
    await gst().gst_element_set_state_async(this.#pipeline, ENUMS.GST_STATE_NULL);
    this.#feeder.close();
    for (const owned of [this.#input, this.#output, this.#bus, this.#pipeline]) {
      gst().gst_object_unref(owned);
    }
  }
}
