/**
 * The live pictures that are measured with, as pipeline text.
 *
 * @module
 */

/** Frames per second of all of them. */
export const FPS = 30;

/** Width and height. */
export type Size = [width: number, height: number];

export const SMALL: Size = [320, 240];
export const FULL_HD: Size = [1920, 1080];

/** A raw picture. */
export function raw([width, height]: Size, fps = FPS): string {
  return "videotestsrc is-live=true ! " +
    `video/x-raw,format=I420,width=${width},height=${height},framerate=${fps}/1`;
}

/** The same as H.264, with a keyframe every second. */
export function encoded(size: Size, fps = FPS): string {
  return `${
    raw(size, fps)
  } ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=${fps} ! h264parse`;
}

/** A size in words. */
export function sizeText([width, height]: Size): string {
  return `${width}x${height}`;
}
