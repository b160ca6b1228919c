/**
 * Figures for Prometheus, in its text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 *
 * @module
 */
import type { Status } from "../record/recorders.ts";
import type { TeeStatus } from "../record/tee_recorder.ts";

/** What there is to tell beside the status. */
export interface ServerFigures {
  removedClips: number;
  eventClients: number;
  droppedClients: number;
}

/** One value, with its labels. */
interface Sample {
  value: number | null;
  labels?: Record<string, string>;
}

/** The figures as text; those that are not known are left out. */
export function metricsText(status: Status, server: ServerFigures): string {
  const perTee = (value: (tee: TeeStatus) => number | null): Sample[] =>
    status.tees.map((tee) => ({ value: value(tee), labels: { tee: tee.tee } }));
  return [
    gauge("gstp_playing", "Whether the pipeline plays.", [
      { value: Number(status.state === "playing") },
    ]),
    gauge("gstp_running_time_seconds", "Running time of the pipeline.", [
      { value: status.runningTimeSec },
    ]),
    gauge(
      "gstp_armed",
      "Whether a recorder keeps the tee's last seconds.",
      perTee(({ state }) => Number(state !== "detached")),
    ),
    gauge("gstp_ring_seconds", "Seconds in the ring.", perTee(({ ring }) => ring.fillSec)),
    gauge("gstp_ring_frames", "Frames in the ring.", perTee(({ ring }) => ring.frames)),
    gauge("gstp_ring_bytes", "Bytes in the ring.", perTee(({ ring }) => ring.bytes)),
    gauge(
      "gstp_ring_dropped_frames",
      "Frames that never came, among those in the ring.",
      perTee(({ ring }) => ring.dropped),
    ),
    gauge("gstp_open_clips", "Clips under way.", perTee(({ openClips }) => openClips.length)),
    counter("gstp_clips_finished", "Complete clips.", perTee(({ totals }) => totals.finished)),
    counter("gstp_clips_failed", "Clips that failed.", perTee(({ totals }) => totals.failed)),
    counter(
      "gstp_clips_short",
      "Finished clips that lack something.",
      perTee(({ totals }) => totals.short),
    ),
    counter("gstp_clip_frames", "Frames in clips.", perTee(({ totals }) => totals.frames)),
    counter("gstp_clip_bytes", "Bytes in clips.", perTee(({ totals }) => totals.bytes)),
    counter("gstp_clips_removed", "Clips removed to keep the limits.", [
      { value: server.removedClips },
    ]),
    gauge("gstp_folder_clips", "Clips in the folder.", [{ value: status.clips.count }]),
    gauge("gstp_folder_bytes", "Bytes of the clips in the folder.", [
      { value: status.clips.bytes },
    ]),
    gauge("gstp_disk_free_bytes", "What the folder's disk has left.", [
      { value: status.disk.freeBytes },
    ]),
    gauge("gstp_event_clients", "Clients that follow the events.", [
      { value: server.eventClients },
    ]),
    counter("gstp_event_clients_dropped", "Clients dropped as they did not read.", [
      { value: server.droppedClients },
    ]),
    gauge("process_resident_memory_bytes", "Memory of the process.", [
      { value: Deno.memoryUsage().rss },
    ]),
  ].join("");
}

function gauge(name: string, help: string, samples: Sample[]): string {
  return metric(name, "gauge", help, samples);
}

function counter(name: string, help: string, samples: Sample[]): string {
  return metric(`${name}_total`, "counter", help, samples);
}

function metric(name: string, type: string, help: string, samples: Sample[]): string {
  const lines = samples.filter(({ value }) => value !== null).map(({ value, labels = {} }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
