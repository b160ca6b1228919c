/**
 * The looks of recorders at their rings while nothing is recorded: of all of them in one turn of the event loop, as a
 * turn costs more than a look.
 *
 * @module
 */

/** Milliseconds between two turns. */
const TURN_MS = 1000;

const looks = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Has a look made in every turn from the next one on, until {@link endLooks}; it does not keep the process alive. */
export function beginLooks(look: () => void): void {
  looks.add(look);
  schedule();
}

/** Takes back {@link beginLooks}. */
export function endLooks(look: () => void): void {
  looks.delete(look);
  if (looks.size > 0) return;
  clearTimeout(timer);
  timer = undefined;
}

function schedule(): void {
  if (timer !== undefined) return;
  timer = setTimeout(turn, TURN_MS);
  Deno.unrefTimer(timer);
}

function turn(): void {
  timer = undefined;
  schedule();
  for (const look of [...looks]) look();
}
