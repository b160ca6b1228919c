/**
 * The live test sources, as pipeline text.
 *
 * @module
 */

/** Frames per second of all of them. */
export const FPS = 30;

/** Width and height of the frames, in pixels. */
export type Size = [width: number, height: number];

export const SMALL: Size = [320, 240];
export const FULL_HD: Size = [1920, 1080];

/** Returns a source of raw video. */
export function raw([width, height]: Size, fps = FPS): string {
  return "videotestsrc is-live=true ! " +
    `video/x-raw,format=I420,width=${width},height=${height},framerate=${fps}/1`;
}

/** Returns a source of H.264 with a keyframe every second. */
export function encoded(size: Size, fps = FPS): string {
  return `${
    raw(size, fps)
  } ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=${fps} ! h264parse`;
}

/** Formats a size, such as `320x240`. */
export function sizeText([width, height]: Size): string {
  return `${width}x${height}`;
}
