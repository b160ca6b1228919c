/**
 * The user's code at an element of the pipeline: `--obs`, `--ext` and `--proc`.
 *
 * @module
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type Extractor,
  GstClosedError,
  GstError,
  Observation,
  type ObservationError,
  type ObservationReport,
  type Pipeline,
  type Processor,
} from "../../mod.ts";
import { UsageError } from "../args/usage_error.ts";
import { STOP_LIMIT_SEC } from "../terminal/shutdown.ts";

/** What to observe, as the command line names it. */
export interface ObserveArguments {
  /** `--obs`, an element. */
  obs: string;
  /** `--ext`, as `MODULE:EXPORT`. */
  ext: string;
  /** `--proc`, as `MODULE:EXPORT`. */
  proc: string;
  /** `--obs-fatal`. */
  isFatal: boolean;
}

/** Who is told. */
export interface ObserveListeners {
  /** An error of the user's code, the first of its place. */
  onError: (error: ObservationError) => void;
  /** The observation itself has failed, and nobody else tells of it. */
  onFailure: (error: Error) => void;
  /** The pipeline is to be stopped, for this reason. */
  onFatal: (text: string) => void;
  /** Aborted when the pipeline is asked to stop: results get some seconds from then on. */
  signal: AbortSignal;
}

/** The user's functions. */
interface Functions {
  extractor: Extractor;
  processor: Processor;
}

/** Observes an element for the command. */
export class Observer {
  readonly #args: ObserveArguments;
  readonly #functions: Functions;
  readonly #listeners: ObserveListeners;
  /** Places of the errors that were told. */
  readonly #told = new Set<string>();
  /** Resolves when there is no more time for what waits. */
  readonly #late = Promise.withResolvers<void>();
  #pipeline: Pipeline | undefined;
  #observation: Observation<unknown> | undefined;

  private constructor(
    args: ObserveArguments,
    functions: Functions,
    listeners: ObserveListeners,
  ) {
    this.#args = args;
    this.#functions = functions;
    this.#listeners = listeners;
    const onStop = () => Deno.unrefTimer(setTimeout(this.#late.resolve, STOP_LIMIT_SEC * 1000));
    listeners.signal.addEventListener("abort", onStop);
  }

  /**
   * Loads the user's modules.
   *
   * @throws {UsageError} if one cannot be loaded, or has no such function.
   */
  static async load(args: ObserveArguments, listeners: ObserveListeners): Promise<Observer> {
    const functions = {
      extractor: await loadFunction<Extractor>("ext", args.ext),
      processor: await loadFunction<Processor>("proc", args.proc),
    };
    return new Observer(args, functions, listeners);
  }

  /**
   * Begins to observe a pipeline that is not started.
   *
   * @throws {UsageError} if it has no such element, or that cannot be observed.
   */
  attach(pipeline: Pipeline): void {
    try {
      this.#pipeline = pipeline;
      this.#observation = new Observation({
        ...this.#functions,
        pipeline,
        elementName: this.#args.obs,
        onError: (error) => this.#onError(error),
      });
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof GstError)) throw error;
      throw new UsageError(`--obs: ${error.message}`);
    }
  }

  #onError(error: ObservationError): void {
    const { role, place, message } = error;
    const key = `${role} ${place || message}`;
    if (!this.#told.has(key)) this.#listeners.onError(error);
    this.#told.add(key);
    if (this.#args.isFatal) this.#listeners.onFatal(`the ${role} failed: finishing`);
  }

  /**
   * Waits until the processor has got all results; where the pipeline was asked to stop, for some seconds.
   *
   * @returns What it has come to, in a line; undefined where nothing was observed.
   */
  async finish(): Promise<string | undefined> {
    if (this.#observation === undefined) return undefined;
    const finished = this.#observation.finished.catch((error) => {
      const isTold = error instanceof GstClosedError || error === this.#pipeline?.failure;
      if (!isTold) this.#listeners.onFailure(error);
    });
    await Promise.race([finished, this.#late.promise]);
    this.#observation.close();
    return summary(this.#args.obs, this.#observation.report);
  }
}

function summary(element: string, report: ObservationReport): string {
  const { frames, droppedFrames, results, droppedResults, errors } = report;
  const parts = [
    `observed ${frames} frames at ${element}, dropped ${droppedFrames}`,
    `processed ${results} results, dropped ${droppedResults}`,
  ];
  if (errors > 0) parts.push(`errors: ${errors}`);
  return parts.join("; ");
}

/** A module's name with a scheme, as opposed to a path. */
const URL_LIKE = /^[a-z][\w+.-]+:/i;

async function loadFunction<F>(option: string, spec: string): Promise<F> {
  const colon = spec.lastIndexOf(":");
  const [module, name] = [spec.slice(0, colon), spec.slice(colon + 1)];
  if (colon < 1 || !/^[\p{L}_$][\p{L}\d_$]*$/u.test(name)) {
    throw new UsageError(
      `--${option} takes MODULE:EXPORT, such as faces.ts:extract, not "${spec}"`,
    );
  }
  const url = URL_LIKE.test(module) ? module : pathToFileURL(resolve(module)).href;
  const found: Record<string, unknown> = await import(url).catch((error) => {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`--${option}: cannot load ${module}: ${reason(error)}`);
  });
  if (!Object.hasOwn(found, name)) {
    const names = Object.keys(found).join(", ") || "nothing";
    throw new UsageError(`--${option}: ${module} does not export ${name}; it exports ${names}`);
  }
  if (typeof found[name] === "function") return found[name] as F;
  throw new UsageError(
    `--${option}: ${name} of ${module} must be a function, and is ${describe(found[name])}`,
  );
}

/** What a module's load failed of; where it is the module's own code, with the place. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return Deno.inspect(error);
  const place = /^ +at .*(file:.+:\d+:\d+)\)?$/m.exec(error.stack ?? "")?.[1];
  const isTold = place === undefined || error.message.includes("file:");
  return isTold ? error.message : `${error.message} (at ${place})`;
}

function describe(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
