/**
 * Recipes in processes of their own, with the permissions that deno.json has for them.
 *
 * @module
 */
import { ROOT } from "../../scripts/lib/paths.ts";
import {
  run,
  type Running,
  type RunOptions,
  type RunResult,
  start,
} from "../../scripts/lib/run.ts";

function recipeArgs(name: string, args: string[]): string[] {
  return ["run", "--no-prompt", "-P=recipes", `${ROOT}recipes/${name}.ts`, ...args];
}

/** Starts a recipe. */
export function startRecipe(name: string, args: string[]): Running {
  return start(Deno.execPath(), recipeArgs(name, args));
}

/** Runs a recipe to its end. */
export function runRecipe(
  name: string,
  args: string[],
  options?: RunOptions,
): Promise<RunResult> {
  return run(Deno.execPath(), recipeArgs(name, args), options);
}
