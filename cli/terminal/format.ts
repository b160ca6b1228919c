/**
 * Quantities as text for people.
 *
 * @module
 */

/** Formats bytes, such as `1.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}

/** Formats seconds as hours, minutes, seconds and tenths, such as `0:00:03.4`. */
export function formatTime(sec: number): string {
  const tenths = Math.floor(sec * 10);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, seconds] = [tenths / 36000, tenths / 600 % 60, tenths / 10 % 60].map(
    Math.floor,
  );
  return `${hours}:${two(minutes!)}:${two(seconds!)}.${tenths % 10}`;
}

/** Formats pairs as two columns, a line each. */
export function formatColumns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}

/** Indents lines. */
export function indent(width: number, lines: readonly string[]): string[] {
  return lines.map((line) => line === "" ? "" : " ".repeat(width) + line);
}
