/**
 * What a recording run knows of its server, whose libraries are loaded only if it is used.
 *
 * @module
 */
import type { Address } from "../args/address.ts";
import type { Cameras } from "./cameras.ts";
import type { ClipFolder } from "./clip_folder.ts";
import type { Events } from "./events.ts";
import type { Recorders } from "./recorders.ts";

/** What a server serves, and where. */
export interface ServerOptions {
  address: Address;
  /** The token that requests must carry; undefined for none. */
  token: string | undefined;
  /** The calls to record that are accepted a minute. */
  maxCalls: number;
  recorders: Recorders;
  /** The cameras of the run; undefined if it records one pipeline. */
  cameras?: Cameras | undefined;
  folder: ClipFolder;
  events: Events;
  /** Receives what the user should know, such as of wrong tokens. */
  onWarning: (text: string) => void;
  /** Receives a defect of the server itself. */
  onError: (error: Error) => void;
}

/** A server, which runs until disposed. */
export interface Server extends AsyncDisposable {
  /** The address that it listens on. */
  readonly address: Address;
}

/**
 * Starts a server.
 *
 * @throws {Error} If it cannot listen on the address.
 */
export type StartServer = (options: ServerOptions) => Promise<Server>;
