/**
 * Orientations: how a picture must be turned to be shown upright.
 *
 * @module
 */

/** The directions of videoflip by the tag `image-orientation` (GStreamer: `GST_TAG_IMAGE_ORIENTATION`). */
const DIRECTIONS = {
  "rotate-90": "90r",
  "rotate-180": "180",
  "rotate-270": "90l",
  "flip-rotate-0": "horiz",
  "flip-rotate-90": "ur-ll",
  "flip-rotate-180": "vert",
  "flip-rotate-270": "ul-lr",
};

/** An orientation that is not upright: a flip from left to right, if any, then degrees clockwise. */
export type Orientation = keyof typeof DIRECTIONS;

/** Returns the orientation that a tag states; null if the picture is upright, or the tag is not known. */
export function parseOrientation(tag: string | null): Orientation | null {
  return tag !== null && Object.hasOwn(DIRECTIONS, tag) ? tag as Orientation : null;
}

/** Returns the element that turns raw video. */
export function turner(orientation: Orientation): string {
  return `videoflip video-direction=${DIRECTIONS[orientation]}`;
}

/** Whether width and height change places. */
export function isSideways(orientation: Orientation): boolean {
  return orientation.endsWith("90") || orientation.endsWith("270");
}

/**
 * Returns the matrix of a track's header, in rows of three (ISO/IEC 14496-12, section 8.3.2): it turns the picture, and
 * moves it back to where no coordinate is negative.
 */
export function trackMatrix(orientation: Orientation, width: number, height: number): number[] {
  const quarters = Number(orientation.split("-").at(-1)) / 90;
  let [right, down] = [[orientation.startsWith("flip") ? -1 : 1, 0], [0, 1]] as [
    [number, number],
    [number, number],
  ];
  for (let i = 0; i < quarters; i++) [right, down] = [turn(right), turn(down)];
  const offset = [0, 1].map((i) =>
    Math.max(0, -right[i]! * width) + Math.max(0, -down[i]! * height)
  );
  return [...right, 0, ...down, 0, ...offset, 1];
}

/** Turns a vector clockwise by 90 degrees; y grows downwards. */
function turn([x, y]: [number, number]): [number, number] {
  return [0 - y, x];
}
