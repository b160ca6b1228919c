/**
 * The pipeline that encodes and writes one clip.
 *
 * @module
 */
import { cString } from "../../../ffi/cstring.ts";
import { GstError } from "../../../ffi/errors.ts";
import { gobject, gst, gstApp } from "../../../ffi/gst.ts";
import { ENUMS } from "../../../ffi/layout.ts";
import { checkObject, checkText } from "../../util/check.ts";
import { GstClosedError } from "../../util/errors.ts";
import { Frame } from "../../gst/frame.ts";
import { popMessage } from "../../gst/message.ts";
import { withStaticPad } from "../../gst/pad.ts";
import { parsePipeline } from "../../launch/parse_launch.ts";
import { setProperty } from "../../gst/properties.ts";
import { appsrcName, recordBinText, type RecordTrack } from "./record_bin_text.ts";
import { AppsrcFeeder } from "./appsrc_feeder.ts";

/** Options of {@link RecordBin}. */
export interface RecordBinOptions {
  /** The clip's path. Its extension selects the container. */
  path: string;
  /** The path of the file that is written, such as the clip's with `.part` at its end. */
  location: string;
  /** The tracks of the clip. */
  tracks: RecordTrack[];
  /**
   * Whether timestamps begin at 0; see {@link VideoRecorderOptions.startAtZero}. A `binString` ignores it. Defaults to
   * `false`.
   */
  startAtZero?: boolean;
}

/** The messages that matter: a recording is polled, nobody waits on its bus. */
const EOS_OR_ERROR = ENUMS.GST_MESSAGE_EOS | ENUMS.GST_MESSAGE_ERROR;

/**
 * Encodes and writes one clip, in a pipeline of its own, so that errors do not affect the recorded pipeline. It owns that
 * pipeline: {@link close} frees it.
 *
 * {@link VideoRecorder} creates it, by its option `recordBinClass`. A subclass sets encoder and muxer by `binString`: a
 * description with an appsrc named `appsrc`, and an element named `filesink` that has a property `location`. For a recorder
 * with several tracks, it also needs `appsrc_1`, `appsrc_2` and so on.
 *
 * @example
 * ```ts
 * import { RecordBin } from "@gstp/gstp";
 *
 * class SmallBin extends RecordBin {
 *   static override readonly binString: string = `
 *     appsrc name=appsrc ! videoconvert ! videoscale ! video/x-raw,width=160,height=120
 *     ! vp8enc deadline=1 ! webmmux ! filesink name=filesink`;
 * }
 * ```
 */
export class RecordBin {
  /** The description of the pipeline. If empty, encoder and muxer are chosen by the extension of the path. */
  static readonly binString: string = "";

  /** Owned, like all that follow: unref'd by {@link close}. */
  #pipeline: Deno.PointerObject | null;
  readonly #bus: Deno.PointerObject;
  readonly #appsrcs: Deno.PointerObject[] = [];
  readonly #feeders: AppsrcFeeder[];

  /**
   * Creates the pipeline, in the state `null`.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If no container is known for the extension, or it does not take a track.
   * @throws {GstParseError} If `binString` cannot be parsed.
   * @throws {GstError} If elements are missing, or `binString` has no such appsrc or filesink.
   */
  constructor(options: RecordBinOptions) {
    checkOptions(options);
    const { binString } = this.constructor as typeof RecordBin;
    const { text, delaysNs } = binString === ""
      ? recordBinText(options)
      : { text: binString, delaysNs: [] };
    const pipeline = parsePipeline(text);
    const filesink = gst().gst_bin_get_by_name(pipeline, cString("filesink"));
    try {
      for (const index of options.tracks.keys()) {
        this.#addAppsrc(pipeline, appsrcName(index), text);
        delay(this.#appsrcs[index]!, -(delaysNs[index] ?? 0n));
      }
      if (filesink === null) throw noElement("element named filesink", text);
      setProperty(filesink, "location", options.location);
    } catch (error) {
      for (const owned of [...this.#appsrcs, pipeline]) gst().gst_object_unref(owned);
      throw error;
    } finally {
      if (filesink !== null) gst().gst_object_unref(filesink);
    }
    this.#pipeline = pipeline;
    this.#feeders = this.#appsrcs.map((appsrc) => new AppsrcFeeder(appsrc));
    this.#bus = gst().gst_element_get_bus(pipeline)!;
  }

  #addAppsrc(pipeline: Deno.PointerObject, name: string, text: string): void {
    const appsrc = gst().gst_bin_get_by_name(pipeline, cString(name));
    if (appsrc !== null) this.#appsrcs.push(appsrc);
    const isAppsrc = appsrc !== null &&
      gobject().g_type_check_instance_is_a(appsrc, gstApp().gst_app_src_get_type());
    if (!isAppsrc) throw noElement(`appsrc named ${name}`, text);
    setProperty(appsrc, "format", "time");
    setProperty(appsrc, "handle-segment-change", true);
    setProperty(appsrc, "emit-signals", false);
  }

  /**
   * Starts the pipeline and opens the file.
   *
   * @throws {GstError} If an element does not start, such as the sink of a file that cannot be opened.
   * @throws {GstClosedError} If it is closed.
   */
  async start(): Promise<void> {
    const pipeline = this.#open;
    const result = await gst().gst_element_set_state_async(pipeline, ENUMS.GST_STATE_PLAYING);
    this.isEnded();
    if (result === ENUMS.GST_STATE_CHANGE_FAILURE) {
      throw new GstError("The record bin did not start");
    }
  }

  /** The pipeline, until it is closed. */
  get #open(): Deno.PointerObject {
    if (this.#pipeline === null) throw new GstClosedError("The record bin is closed");
    return this.#pipeline;
  }

  #checkTrack(track: number): void {
    if (typeof track === "number" && this.#feeders[track] !== undefined) return;
    throw new RangeError(
      `track must be a number below ${this.#feeders.length}, got ${Deno.inspect(track)}`,
    );
  }

  /**
   * Passes a frame to the encoder of a track. The caller keeps its reference.
   *
   * @param track The index of the track. Defaults to 0.
   * @throws {TypeError} If the frame is not a {@link Frame}.
   * @throws {RangeError} If there is no such track.
   * @throws {GstClosedError} If it is closed, or the frame is freed.
   */
  write(frame: Frame, track = 0): void {
    void this.#open;
    if (!(frame instanceof Frame)) throw new TypeError("frame must be a Frame");
    this.#checkTrack(track);
    this.#feeders[track]!.pushSample(frame);
  }

  /**
   * Same as {@link write}.
   *
   * @deprecated Use {@link write}.
   */
  push(frame: Frame, track = 0): void {
    this.write(frame, track);
  }

  /**
   * Returns the number of frames that wait for the encoders.
   *
   * @param track The index of the track. Defaults to all tracks.
   */
  backlog(track?: number): number {
    if (this.#pipeline === null) return 0;
    const appsrcs = this.#appsrcs.filter((_, index) => track === undefined || index === track);
    const levels = appsrcs.map((appsrc) => gstApp().gst_app_src_get_current_level_buffers(appsrc));
    return levels.reduce((sum, level) => sum + Number(level), 0);
  }

  /**
   * Sends EOS into a track. May be called twice.
   *
   * @param track The index of the track. Defaults to 0.
   * @throws {RangeError} If there is no such track.
   * @throws {GstClosedError} If it is closed.
   */
  endStream(track = 0): void {
    void this.#open;
    this.#checkTrack(track);
    gstApp().gst_app_src_end_of_stream(this.#appsrcs[track]!);
  }

  /**
   * Returns whether EOS has reached the sink, so that the file is complete.
   *
   * @param waitNs Nanoseconds to wait for it; the call blocks. Defaults to 0.
   * @throws {GstError} If an element failed.
   * @throws {GstClosedError} If it is closed.
   */
  isEnded(waitNs = 0n): boolean {
    void this.#open;
    const message = popMessage(this.#bus, EOS_OR_ERROR, waitNs);
    if (message?.type === "error") throw message.error;
    return message !== null;
  }

  /** Stops the pipeline, which closes the file, and frees the pipeline. May be called twice. */
  async close(): Promise<void> {
    const pipeline = this.#pipeline;
    if (pipeline === null) return;
    this.#pipeline = null;
    await gst().gst_element_set_state_async(pipeline, ENUMS.GST_STATE_NULL);
    this.#free(pipeline);
  }

  /** Same as {@link close}, but blocks the event loop: for a process that is about to exit. */
  closeNow(): void {
    const pipeline = this.#pipeline;
    if (pipeline === null) return;
    this.#pipeline = null;
    gst().gst_element_set_state(pipeline, ENUMS.GST_STATE_NULL);
    this.#free(pipeline);
  }

  #free(pipeline: Deno.PointerObject): void {
    for (const feeder of this.#feeders) feeder.close();
    for (const owned of [...this.#appsrcs, this.#bus, pipeline]) gst().gst_object_unref(owned);
  }
}

/** Delays what leaves an appsrc. */
function delay(appsrc: Deno.PointerObject, offsetNs: bigint): void {
  withStaticPad(appsrc, "src", (pad) => gst().gst_pad_set_offset(pad, offsetNs));
}

function noElement(what: string, text: string): GstError {
  return new GstError(`The record bin has no ${what}:\n${text}`);
}

function checkOptions(options: RecordBinOptions): void {
  checkObject("options", options);
  const { path, location, tracks } = options;
  checkText("path", path);
  checkText("location", location);
  if (!Array.isArray(tracks)) throw new TypeError("tracks must be an array");
  for (const track of tracks) {
    checkObject("Each of the tracks", track);
    checkText("The mediaType of a track", track.mediaType);
  }
}
