/**
 * Recovery of what a killed run left in the folder, while recording runs.
 *
 * @module
 */
import { listParts } from "../../mod.ts";
import { FileWorker, WorkerError } from "../worker/file_worker.ts";
import type { RecoveryResult } from "../worker/tasks.ts";

/** What happens to the `.part` files of a folder. */
export interface PartListener {
  /** Receives the outcome of a file. */
  onResult: (result: RecoveryResult) => Promise<void> | void;
  /** Receives the number of files that are left because another process must not be started. */
  onForbidden: (count: number) => void;
}

/**
 * Recovers the `.part` files of a folder one after another, in another process: neither a file that crashes a demuxer nor a
 * large one has an effect on recording.
 *
 * @param signal Ends it; what is being recovered is left for the next time.
 * @throws {Error} If the folder cannot be read.
 */
export async function recoverParts(
  folder: string,
  { onResult, onForbidden }: PartListener,
  signal: AbortSignal,
): Promise<void> {
  const parts = await listParts(folder);
  if (parts.length === 0) return;
  if (!FileWorker.isPermitted("recover")) return onForbidden(parts.length);
  await using worker = new FileWorker();
  signal.addEventListener("abort", () => void worker[Symbol.asyncDispose](), { once: true });
  for (const path of parts) {
    if (signal.aborted) return;
    const result = await recoverPart(worker, path);
    if (!signal.aborted) await onResult(result);
  }
}

/** Recovers a `.part` file; one that ends the worker's process is left. */
export async function recoverPart(worker: FileWorker, path: string): Promise<RecoveryResult> {
  try {
    return await worker.run({ command: "recover", path });
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    const bytes = (await Deno.stat(path).catch(() => null))?.size ?? 0;
    return {
      recovered: [],
      left: [{ partPath: path, bytes, reason: "failed", error: error.message }],
    };
  }
}
