/**
 * The first bytes of a file.
 *
 * @module
 */
import { HEAD_BYTES } from "./sniff.ts";

/** The first bytes of a file. */
export interface FileHead {
  /** As many bytes as identify its container; none if it cannot be read. */
  head: Uint8Array;
  /** The size of the file. */
  bytes: number;
  /** Why it cannot be read; `undefined` if it can. */
  problem: string | undefined;
}

/** Reads a file's first bytes and its size. */
export async function readHead(path: string): Promise<FileHead> {
  const nothing = { head: new Uint8Array(), bytes: 0 };
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) return { ...nothing, problem: "not a regular file" };
    if (size === 0) return { ...nothing, problem: "the file is empty" };
    using file = await Deno.open(path);
    const head = new Uint8Array(HEAD_BYTES);
    const count = await file.read(head);
    return { head: head.subarray(0, count ?? 0), bytes: size, problem: undefined };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    return { ...nothing, problem: error.message };
  }
}
