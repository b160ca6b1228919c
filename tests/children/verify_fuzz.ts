/**
 * Verifies clips with wrong bytes.
 *
 *     deno run -A verify_fuzz.ts SEED COUNT CLIP...
 *
 * Prints how often each kind of fault was the first one, as JSON.
 *
 * @module
 */
import { verifyClip } from "../../mod.ts";
import { randomNumbers } from "../helpers/random.ts";

const [seed = "1", count = "1", ...clips] = Deno.args;
const random = randomNumbers(Number(seed));

/** Changes some bytes, in half of the cases only of headers, and cuts some files short. */
function damage(bytes: Uint8Array): Uint8Array {
  const end = random(2) === 0 ? Math.min(2000, bytes.length) : bytes.length;
  for (let count = 1 + random(30); count > 0; count--) bytes[random(end)] = random(256);
  return random(3) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

const path = await Deno.makeTempFile();
const found: Record<string, number> = {};
for (let i = 0; i < Number(count); i++) {
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
