/**
 * Rings to look into, and what other branches of a tee see.
 *
 * @module
 */
import { assert, assertAlmostEquals } from "@std/assert";
import { gst, gstApp } from "../../ffi/gst.ts";
import {
  type MessageStream,
  type Pipeline,
  RingBuffer,
  type RingBufferOptions,
} from "../../mod.ts";
import { nsToSec } from "../../src/util/clock_time.ts";
import { deadline } from "../../src/util/deadline.ts";
import { capsText } from "../../src/gst/caps.ts";
import { Frame } from "../../src/gst/frame.ts";
import { until } from "./recording.ts";

/** The end of a custom ring's bin. */
export const APPSINK = "appsink name=ringbuffer_appsink";

/** A ring class with a bin of its own. */
export function ringClass(text: string): typeof RingBuffer {
  return class extends RingBuffer {
    static override readonly binString: string = text;
  };
}

/** A ring class that converts, in a thread of its own. */
export const ConvertingRing = ringClass(
  "queue name=ringbuffer_input_queue ! videoconvert " +
    `! capsfilter name=ringbuffer_input_capsfilter caps=video/x-raw,format=I420 ! ${APPSINK}`,
);

/** Attaches a ring to the tee `t`. */
export function attach(
  pipeline: Pipeline,
  options: Partial<RingBufferOptions> = {},
  ringBufferClass: typeof RingBuffer = RingBuffer,
): RingBuffer {
  return new ringBufferClass({ pipeline, teeName: "t", windowSec: 1, timeoutSec: 1, ...options });
}

/** Small video at the tee `t`, which an appsink with unlimited memory sees, too. */
export function probed(live: boolean, caps = "width=16,height=16,framerate=30/1"): string {
  return `videotestsrc is-live=${live} ! video/x-raw,${caps} ! tee name=t ` +
    `t. ! appsink name=probe sync=${!live}`;
}

/** Attaches a ring, waits until frames come, and detaches it. */
export async function attachOnce(
  pipeline: Pipeline,
  ringBufferClass: typeof RingBuffer,
): Promise<void> {
  const ring = attach(pipeline, {}, ringBufferClass);
  await nextTimes(ring);
  ring.detach();
}

/** Releases frames; their running times in seconds. */
export function release(frames: Frame[]): number[] {
  return frames.map((frame) => {
    assert(frame.timeNs !== null);
    frame.release();
    return nsToSec(frame.timeNs);
  });
}

/** The running times of the frames in a ring, which is empty then. */
export function takeTimes(ring: RingBuffer): number[] {
  return release(ring.drain());
}

/** Resolves once that many frames have come into a ring, which is empty then; to their running times in seconds. */
export async function nextTimes(ring: RingBuffer, count = 1): Promise<number[]> {
  const times: number[] = [];
  await until(`${count} frames come`, () => times.push(...takeTimes(ring)) >= count);
  return times;
}

/** The caps of a frame. */
export function capsOf(frame: Frame): string {
  return capsText(gst().gst_sample_get_caps(frame.sample)!);
}

/** The running times of the frames that an appsink has got since the last time. */
export function pullTimes(pipeline: Pipeline, appsink: string): number[] {
  const handle = pipeline.element(appsink).unsafeHandle;
  const frames: Frame[] = [];
  for (;;) {
    const sample = gstApp().gst_app_sink_try_pull_sample(handle, 0n);
    if (sample === null) return release(frames);
    frames.push(new Frame(sample));
  }
}

/** Checks that each frame follows the one before it. */
export function assertContiguous(times: number[], fps: number): void {
  for (const [i, time] of times.entries()) {
    if (i > 0) assertAlmostEquals(time - times[i - 1]!, 1 / fps, 1e-6, `frame ${i} at ${time} s`);
  }
}

/** The longest gap between two frames: how many are missing there. */
export function longestGap(times: number[], fps: number): number {
  const gaps = times.slice(1).map((time, i) => Math.round((time - times[i]!) * fps) - 1);
  return Math.max(0, ...gaps);
}

/** The errors among a pipeline's messages up to now. */
export async function errorsOf(pipeline: Pipeline, messages: MessageStream): Promise<string[]> {
  await pipeline.bus.flush();
  messages.end();
  const errors: string[] = [];
  for await (const message of messages) {
    if (message.type === "error") errors.push(message.error.message);
  }
  return errors;
}

/** Resolves once a pipeline's EOS is among its messages; an error may not be. */
export function ended(messages: MessageStream): Promise<void> {
  const watch = async () => {
    for await (const message of messages) {
      if (message.type === "error") throw message.error;
      if (message.type === "eos") return;
    }
  };
  return deadline(watch(), 20, "Waited in vain for the end of the stream");
}
