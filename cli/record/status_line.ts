/**
 * Status and events of a recording run as lines for a terminal.
 *
 * @module
 */
import { cameraLine } from "./camera_status.ts";
import { formatBytes } from "../terminal/format.ts";
import { printable } from "../terminal/print.ts";
import type { TimedEvent } from "./events.ts";
import type { Status, TeeStatus } from "./status.ts";

/** Formats a status as a line. */
export function statusLine({ tees, cameras, clips, disk }: Status): string {
  const absent = cameras.filter(({ state }) => state !== "live");
  const parts = [...tees.map(teeText), ...absent.map(({ camera, state }) => `${camera} ${state}`)];
  const last = tees.map(({ lastClip }) => lastClip).filter((clip) => clip !== null)
    .sort((a, b) => a.report.startedAt.getTime() - b.report.startedAt.getTime()).at(-1);
  if (last !== undefined) parts.push(`last ${last.name}`);
  const free = disk.freeBytes === null ? "" : `, ${formatBytes(disk.freeBytes)} free`;
  const noun = clips.count === 1 ? "clip" : "clips";
  parts.push(`${clips.count} ${noun} ${formatBytes(clips.bytes)}${free}`);
  return parts.join(" | ");
}

function teeText({ tee, state, ring, openClips }: TeeStatus): string {
  if (state === "detached") return `${tee} off`;
  const open = openClips.length > 0 ? ` REC ${openClips.length}` : "";
  return `${tee} ${ring.fillSec.toFixed(1)}/${ring.holdSec.toFixed(1)} s${open}`;
}

/** Formats an event as a line, whatever names and errors it has. */
export function eventLine(event: TimedEvent): string {
  return printable(eventText(event));
}

function eventText(event: TimedEvent): string {
  switch (event.type) {
    case "armed":
      return `armed: ${event.tee} (${event.mediaTypes.join(", ")} into ${event.container}, ` +
        `${event.windowSec} s, clips in ${event.folder})`;
    case "camera":
      return cameraLine(event);
    case "recording":
      return `${event.isExtended ? "extended" : "recording"}: ${event.name} (${event.trigger})`;
    case "finished": {
      const { frames, duration, bytes, shortfalls } = event.report;
      const length = `${duration.toFixed(2)} s, ${frames} frames, ${formatBytes(bytes)}`;
      const missing = shortfalls.length > 0 ? `; not complete: ${shortfalls.join(", ")}` : "";
      return `finished: ${event.name} (${length}${missing})`;
    }
    case "failed":
      return `failed: ${event.name ?? event.tee}: ${event.error}`;
    case "removed":
      return `removed: ${event.name} (${formatBytes(event.bytes)}, limit: ${event.reason})`;
    case "recovered": {
      const { name, frames, duration, bytes, lostBytes, damaged } = event;
      const length = `${duration.toFixed(2)} s, ${frames} frames, ${formatBytes(bytes)}`;
      const lost = `${formatBytes(lostBytes)} lost${damaged ? ", damaged" : ""}`;
      return `recovered: ${name} (${length}; ${lost})`;
    }
    case "warning":
      return event.message;
    case "unrecovered":
      return `not recovered: ${event.name} (${event.reason}): ${event.error}`;
  }
}
