/**
 * The frame rate of the tests.
 *
 * @module
 */

/** Frames per second of the sources, unless a test says otherwise. */
export const FPS = 30;
