import { assertEquals } from "@std/assert";
import {
  isSideways,
  type Orientation,
  parseOrientation,
  trackMatrix,
} from "../../src/media/orientation.ts";

Deno.test("parseOrientation() returns null for what is upright or not known", () => {
  for (const tag of [null, "rotate-0", "toString", ""]) assertEquals(parseOrientation(tag), null);
  assertEquals(parseOrientation("rotate-270"), "rotate-270");
});

Deno.test("trackMatrix() moves the corners of a picture to those of an upright one", () => {
  const [width, height] = [64, 48];
  for (
    const [orientation, corner] of [
      // where the upper left corner comes to lie
      ["rotate-90", "upper right"],
      ["rotate-180", "lower right"],
      ["rotate-270", "lower left"],
      ["flip-rotate-0", "upper right"],
      ["flip-rotate-90", "lower right"],
      ["flip-rotate-180", "lower left"],
      ["flip-rotate-270", "upper left"],
    ] as [Orientation, string][]
  ) {
    const [a, b, _u, c, d, _v, x, y] = trackMatrix(orientation, width, height) as number[];
    const at = (px: number, py: number) => [a! * px + c! * py + x!, b! * px + d! * py + y!];
    const [right, bottom] = isSideways(orientation) ? [height, width] : [width, height];
    const expected = [
      corner.endsWith("right") ? right : 0,
      corner.startsWith("lower") ? bottom : 0,
    ];
    assertEquals(at(0, 0), expected, orientation);
    const opposite = [right - expected[0]!, bottom - expected[1]!];
    assertEquals(at(width, height), opposite, orientation);
  }
});
