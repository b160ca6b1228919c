/**
 * Verifies clips with wrong bytes: verify_fuzz.ts SEED COUNT CLIP...
 *
 * Prints the number of clips by their first fault.
 */
import { verifyClip } from "../../mod.ts";

const [seedText = "1", countText = "1", ...clips] = Deno.args;
let seed = Number(seedText);

/** Returns a pseudo-random integer from 0 up to, not including, `end`. */
function random(end: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor(seed / 2 ** 32 * end);
}

/** Changes some bytes, in half of the cases only of headers, and cuts some files short. */
function damage(bytes: Uint8Array): Uint8Array {
  const end = random(2) === 0 ? Math.min(2000, bytes.length) : bytes.length;
  for (let count = 1 + random(30); count > 0; count--) bytes[random(end)] = random(256);
  return random(3) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

const path = await Deno.makeTempFile();
const found: Record<string, number> = {};
for (let i = 0; i < Number(countText); i++) {
  await Deno.writeFile(path, damage(await Deno.readFile(clips[i % clips.length]!)));
  const { faults } = await verifyClip(path);
  if (faults.some(({ message }) => message.includes("timed out"))) {
    throw new Error(`Case ${i} hangs`);
  }
  const kind = faults[0]?.kind ?? "none";
  found[kind] = (found[kind] ?? 0) + 1;
}
await Deno.remove(path);
console.log(JSON.stringify(found));
