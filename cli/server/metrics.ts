/**
 * Metrics in Prometheus's text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 *
 * @module
 */
import type { CameraInfo } from "../record/camera_status.ts";
import type { Status, TeeStatus } from "../record/status.ts";

/** The metrics of the server itself. */
export interface ServerMetrics {
  removedClips: number;
  eventClients: number;
  droppedClients: number;
}

/** One value, with its labels. */
interface Sample {
  value: number | null;
  labels?: Record<string, string>;
}

/** Formats a status as metrics; unknown values are left out. */
export function metricsText(status: Status, server: ServerMetrics): string {
  const perTee = (value: (tee: TeeStatus) => number | null): Sample[] =>
    status.tees.map((tee) => ({ value: value(tee), labels: { tee: tee.tee } }));
  return [
    gauge("gstp_playing", "Whether the pipeline is playing.", [
      { value: Number(status.state === "playing") },
    ]),
    gauge("gstp_running_time_seconds", "Running time of the pipeline.", [
      { value: status.runningTimeSec },
    ]),
    gauge(
      "gstp_armed",
      "Whether a recorder is attached to the tee.",
      perTee(({ state }) => Number(state !== "detached")),
    ),
    gauge("gstp_ring_seconds", "Seconds in the ring buffer.", perTee(({ ring }) => ring.fillSec)),
    gauge("gstp_ring_frames", "Frames in the ring buffer.", perTee(({ ring }) => ring.frames)),
    gauge("gstp_ring_bytes", "Bytes in the ring buffer.", perTee(({ ring }) => ring.bytes)),
    gauge(
      "gstp_ring_dropped_frames",
      "Frames lost before the ring buffer, among those that it holds.",
      perTee(({ ring }) => ring.dropped),
    ),
    ...cameraMetrics(status.cameras),
    gauge("gstp_open_clips", "Open clips.", perTee(({ openClips }) => openClips.length)),
    counter("gstp_clips_finished", "Finished clips.", perTee(({ totals }) => totals.finished)),
    counter("gstp_clips_failed", "Clips that failed.", perTee(({ totals }) => totals.failed)),
    counter(
      "gstp_clips_short",
      "Finished clips that are not complete.",
      perTee(({ totals }) => totals.short),
    ),
    counter("gstp_clip_frames", "Frames in clips.", perTee(({ totals }) => totals.frames)),
    counter("gstp_clip_bytes", "Bytes in clips.", perTee(({ totals }) => totals.bytes)),
    counter("gstp_clips_removed", "Clips removed by the limits.", [
      { value: server.removedClips },
    ]),
    gauge("gstp_folder_clips", "Clips in the folder.", [{ value: status.clips.count }]),
    gauge("gstp_folder_bytes", "Bytes of the clips in the folder.", [
      { value: status.clips.bytes },
    ]),
    gauge("gstp_disk_free_bytes", "Free bytes of the disk with the folder.", [
      { value: status.disk.freeBytes },
    ]),
    gauge("gstp_event_clients", "Clients that follow the events.", [
      { value: server.eventClients },
    ]),
    counter("gstp_event_clients_dropped", "Clients dropped because they did not read.", [
      { value: server.droppedClients },
    ]),
    gauge("process_resident_memory_bytes", "Memory of the process.", [
      { value: Deno.memoryUsage().rss },
    ]),
  ].join("");
}

function cameraMetrics(cameras: readonly CameraInfo[]): string[] {
  if (cameras.length === 0) return [];
  const perCamera = (value: (camera: CameraInfo) => number | null): Sample[] =>
    cameras.map((info) => ({ value: value(info), labels: { camera: info.camera } }));
  return [
    gauge(
      "gstp_camera_up",
      "Whether the camera is live.",
      perCamera(({ state }) => Number(state === "live")),
    ),
    gauge(
      "gstp_camera_last_frame_age_seconds",
      "Seconds since the last frame of the camera.",
      perCamera(({ lastFrameAge }) => lastFrameAge),
    ),
    counter(
      "gstp_camera_offline_seconds",
      "Seconds for which the camera was offline.",
      perCamera(({ offlineSec }) => offlineSec),
    ),
    counter(
      "gstp_camera_reconnects",
      "How often the camera has come back.",
      perCamera(({ reconnects }) => reconnects),
    ),
  ];
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
