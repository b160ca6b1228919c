/**
 * Frames through elements: into an appsrc, out of an appsink.
 *
 * @module
 */
import { cString } from "../../../ffi/cstring.ts";
import { gst, gstApp } from "../../../ffi/gst.ts";
import { ENUMS } from "../../../ffi/layout.ts";
import { Frame } from "../../gst/frame.ts";
import { readMessage } from "../../gst/message.ts";
import { parsePipeline } from "../../launch/parse_launch.ts";
import { AppsrcFeeder } from "./appsrc_feeder.ts";

const INPUT = "appsrc name=input format=time handle-segment-change=true emit-signals=false";
// it holds up the elements: raw pictures could fill the memory
const OUTPUT = "appsink name=output sync=false max-buffers=4 enable-last-sample=false " +
  "emit-signals=false";

/** A native pipeline that makes other frames of frames, from {@link start} to {@link close}. */
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
   * Makes the pipeline, stopped.
   *
   * @param text The elements in between.
   * @throws {GstError} if one is not installed.
   */
  constructor(text: string) {
    this.#pipeline = parsePipeline(`${INPUT} ! ${text} ! ${OUTPUT}`);
    this.#bus = gst().gst_element_get_bus(this.#pipeline)!;
    this.#input = gst().gst_bin_get_by_name(this.#pipeline, cString("input"))!;
    this.#feeder = new AppsrcFeeder(this.#input);
    this.#output = gst().gst_bin_get_by_name(this.#pipeline, cString("output"))!;
  }

  /** Starts it; what fails then is thrown by {@link pullSample}. */
  async start(): Promise<void> {
    await (this.#starting ??= gst().gst_element_set_state_async(
      this.#pipeline,
      ENUMS.GST_STATE_PLAYING,
    ));
    this.#isStarted = true;
  }

  /** Hands a frame in; it stays the caller's. */
  pushSample(frame: Frame): void {
    this.#feeder.pushSample(frame);
  }

  /** Frames handed in that the elements have not taken yet. */
  get backlog(): number {
    return Number(gstApp().gst_app_src_get_current_level_buffers(this.#input));
  }

  /** Tells that no more frames come. */
  endStream(): void {
    gstApp().gst_app_src_end_of_stream(this.#input);
  }

  /**
   * The next frame, which becomes the caller's; null where there is none at the moment.
   *
   * @throws {GstError} if an element failed.
   */
  pullSample(): Frame | null {
    const sample = gstApp().gst_app_sink_try_pull_sample(this.#output, 0n);
    if (sample !== null) return new Frame(sample);
    const message = gst().gst_bus_timed_pop_filtered(this.#bus, 0n, ENUMS.GST_MESSAGE_ERROR);
    if (message === null) return null;
    const read = readMessage(message);
    gst().gst_mini_object_unref(message);
    if (read.type === "error") throw read.error;
    return null;
  }

  /** Whether all frames have been pulled. */
  get isEnded(): boolean {
    // an appsink that has not been started says that it is at the end, too
    return this.#isStarted && gstApp().gst_app_sink_is_eos(this.#output) !== 0;
  }

  /** Stops it and frees it. May be called twice. */
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
