/**
 * The channels of raw sound, and how they are brought to those that encoders and players take.
 *
 * A layout is a bit mask of loudspeaker positions, as in caps (GStreamer: `GstAudioChannelPosition`). It is not that of WAVE
 * files, in which the side loudspeakers have bits 9 and 10 instead of 10 and 11; both are found in caps.
 *
 * @module
 */
/** The channels of raw sound. */
export interface SoundLayout {
  channels: number;
  /** The positions of the channels; 0 if they have none, `null` if the caps do not state them. */
  mask: number | null;
}

/** Samples a second of encoded sound: Opus has no other rate, and the delay of encoders of AAC is a number of samples. */
export const SOUND_RATE = 48_000;

/** The mask of the channels left and right. */
export const STEREO = 0x3;
const SURROUND_5_1 = 0x3f;
/** The layouts that are written, by the number of channels. */
const WRITTEN: Record<number, number> = { 2: STEREO, 3: 0x7, 5: 0x37, 6: SURROUND_5_1 };
/** The layouts that audioconvert mixes right, and what it mixes them to. */
const MIXED: Record<number, number> = {
  ...Object.fromEntries(Object.values(WRITTEN).map((mask) => [mask, mask])),
  0x33: STEREO,
  0xc3f: SURROUND_5_1,
};
/** Positions that have a twin beside them: rear instead of side, with the bits of GStreamer and of WAVE files. */
const SAME: Record<number, number> = {
  ...{ 0xc03: 0x33, 0x603: 0x33, 0xc07: 0x37, 0x607: 0x37 },
  ...{ 0xc0f: SURROUND_5_1, 0x60f: SURROUND_5_1, 0x63f: 0xc3f },
};
/** The bits of the positions on the left and on the right; all others are in the middle. */
const LEFT = [0, 4, 6, 10, 12, 16, 18, 22, 24, 26];
const RIGHT = [1, 5, 7, 11, 13, 17, 19, 23, 25, 27];

/** The mask that says the same, in the way that audioconvert understands; two channels without positions are stereo. */
export function plainMask({ channels, mask }: SoundLayout): number {
  if (channels === 1) return 0;
  if (channels === 2) return STEREO;
  return SAME[mask ?? 0] ?? mask ?? 0;
}

/** Whether audioconvert mixes a layout without leaving channels out. */
function isMixed(layout: SoundLayout): boolean {
  return layout.channels === 1 || MIXED[plainMask(layout)] !== undefined;
}

/** Returns whether a file with the first layout can go on with the second one. */
export function canFollow(before: SoundLayout, after: SoundLayout): boolean {
  const isSame = before.channels === after.channels && plainMask(before) === plainMask(after);
  return isSame || (isMixed(before) && isMixed(after));
}

/** Returns the layout in which sound is written. */
function writtenLayout(layout: SoundLayout): SoundLayout {
  if (layout.channels === 1) return layout;
  const mask = MIXED[plainMask(layout)] ?? STEREO;
  return { channels: positions(mask).length, mask };
}

/**
 * Returns the text of what brings raw sound to what encoders take. Pauses are filled with silence: a file's sound is a row of
 * samples, which many players play one after the other, whatever their timestamps.
 */
export function soundConverter(layout?: SoundLayout): string {
  const caps = `audio/x-raw,rate=${SOUND_RATE}${layout === undefined ? "" : layoutCaps(layout)}`;
  const matrix = layout === undefined || isMixed(layout)
    ? ""
    : ` mix-matrix="${matrixText(layout)}"`;
  return `audioconvert${matrix} ! audioresample ! ${caps} ! audiorate skip-to-first=true`;
}

function layoutCaps(layout: SoundLayout): string {
  const { channels, mask } = writtenLayout(layout);
  const positions = channels > 1 ? `,channel-mask=(bitmask)0x${mask!.toString(16)}` : "";
  return `,channels=${channels}${positions}`;
}

/** Returns a sentence about sound that is not written with all its channels; `null` if it is. */
export function mixWarning(tee: string, layout: SoundLayout): string | null {
  const written = writtenLayout(layout);
  if (written.channels === layout.channels) return null;
  const positions = plainMask(layout) === 0
    ? "without a layout"
    : `in the layout 0x${layout.mask!.toString(16)}`;
  const target = written.mask === STEREO ? "stereo" : "5.1";
  return `The sound at tee "${tee}" (${layout.channels} channels ${positions}) is mixed to ${target}`;
}

/** Returns a matrix that mixes all channels to two: those without a position go left and right in turn. */
function stereoMatrix({ channels, mask }: SoundLayout): number[][] {
  const bits = positions(mask ?? 0);
  const isPlaced = bits.length === channels;
  const sides = Array.from({ length: channels }, (_, i) => {
    if (!isPlaced) return i % 2 === 0 ? [1, 0] : [0, 1];
    if (LEFT.includes(bits[i]!)) return [1, 0];
    return RIGHT.includes(bits[i]!) ? [0, 1] : [Math.SQRT1_2, Math.SQRT1_2];
  });
  const sum = Math.max(...[0, 1].map((side) => sides.reduce((sum, one) => sum + one[side]!, 0)));
  return [0, 1].map((side) => sides.map((one) => one[side]! / sum));
}

function matrixText(layout: SoundLayout): string {
  const rows = stereoMatrix(layout).map((row) =>
    `<${row.map((gain) => `(float)${gain.toFixed(6)}`).join(",")}>`
  );
  return `<${rows.join(",")}>`;
}

/** Lists the bits that are set. */
function positions(mask: number): number[] {
  return Array.from({ length: 31 }, (_, bit) => bit).filter((bit) => mask >>> bit & 1);
}
