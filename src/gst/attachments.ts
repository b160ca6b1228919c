/**
 * Parts of a pipeline that the library adds while it runs, such as the rings of recorders.
 *
 * @module
 */
import type { GstError } from "../../ffi/errors.ts";
import type { ErrorMessage } from "./message.ts";
import type { State } from "./state.ts";

/** The number of detached paths to remember: recorders may come and go for months. */
const MAX_DETACHED = 1000;

/** Something that lives in a pipeline and must finish before the pipeline stops, such as a recorder. */
export interface Attachment {
  /** The path of its element: an error of that, or of an element in it, is the attachment's and not the pipeline's. */
  readonly path: string;
  /** Gets such an error. */
  onError(error: GstError): void;
  /** Called before and after a state is requested of the pipeline. */
  onStateChange?(state: State, when: "before" | "after"): void;
  /** Finishes, within a limited time; called before the pipeline stops. */
  close(): Promise<void>;
}

/** The attachments of a pipeline. */
export class Attachments {
  readonly #attachments = new Set<Attachment>();
  /** Paths of former attachments, whose errors may still be on the bus. */
  readonly #detached = new Set<string>();

  /** Adds an attachment. */
  add(attachment: Attachment): void {
    this.#attachments.add(attachment);
  }

  /** Removes an attachment; its errors still do not count as the pipeline's. */
  remove(attachment: Attachment): void {
    this.#attachments.delete(attachment);
    this.#detached.add(attachment.path);
    const [oldest] = this.#detached;
    if (this.#detached.size > MAX_DETACHED) this.#detached.delete(oldest!);
  }

  /** Calls {@link Attachment.onStateChange} of all attachments. */
  notify(state: State, when: "before" | "after"): void {
    for (const attachment of this.#attachments) attachment.onStateChange?.(state, when);
  }

  /** Passes an error to the attachment that it comes from; returns whether it comes from one, or from a former one. */
  takeError({ source, error }: ErrorMessage): boolean {
    const isFrom = (path: string) => `${source}/`.startsWith(`${path}/`);
    if ([...this.#detached].some(isFrom)) return true;
    const owner = [...this.#attachments].find(({ path }) => isFrom(path));
    owner?.onError(error);
    return owner !== undefined;
  }

  /** Closes all attachments. */
  async close(): Promise<void> {
    await Promise.all([...this.#attachments].map((attachment) => attachment.close()));
  }
}
