/**
 * Runs the user's code on the frames of an element: `--obs`, `--ext` and `--proc`.
 *
 * @module
 */
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
import type { ObserveArguments } from "../args/run_arguments.ts";
import { UsageError } from "../args/usage_error.ts";
import { STOP_LIMIT_SEC } from "../terminal/shutdown.ts";
import { loadFunction } from "./load_function.ts";

/** What an observer calls. */
export interface ObserverListeners {
  /** The user's code failed, for the first time at this place. */
  onError: (error: ObservationError) => void;
  /** The observation itself failed, for another reason than the pipeline. */
  onFailure: (error: Error) => void;
  /** The pipeline must be stopped, for this reason. */
  onFatal: (text: string) => void;
  /** Aborts when the pipeline is asked to stop: results get some seconds from then on. */
  signal: AbortSignal;
}

/** The user's functions. */
interface Functions {
  extractor: Extractor;
  processor: Processor;
}

/** Observes an element of the pipeline. */
export class Observer {
  readonly #args: ObserveArguments;
  readonly #functions: Functions;
  readonly #listeners: ObserverListeners;
  /** The places of the errors that were reported. */
  readonly #reported = new Set<string>();
  /** Resolves when the time for the remaining results is over. */
  readonly #timeout = Promise.withResolvers<void>();
  #pipeline: Pipeline | undefined;
  #observation: Observation<unknown> | undefined;

  private constructor(
    args: ObserveArguments,
    functions: Functions,
    listeners: ObserverListeners,
  ) {
    this.#args = args;
    this.#functions = functions;
    this.#listeners = listeners;
    const onStop = () => Deno.unrefTimer(setTimeout(this.#timeout.resolve, STOP_LIMIT_SEC * 1000));
    listeners.signal.addEventListener("abort", onStop);
  }

  /**
   * Loads the user's modules.
   *
   * @throws {UsageError} If one cannot be loaded, or has no such function.
   */
  static async load(args: ObserveArguments, listeners: ObserverListeners): Promise<Observer> {
    const functions = {
      extractor: await loadFunction<Extractor>("ext", args.ext),
      processor: await loadFunction<Processor>("proc", args.proc),
    };
    return new Observer(args, functions, listeners);
  }

  /**
   * Starts to observe a pipeline that is not started.
   *
   * @throws {UsageError} If it has no such element, or the element cannot be observed.
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
    if (!this.#reported.has(key)) this.#listeners.onError(error);
    this.#reported.add(key);
    if (this.#args.isFatal) this.#listeners.onFatal(`the ${role} failed: finishing`);
  }

  /**
   * Waits until the processor has got all results; if the pipeline was asked to stop, for some seconds.
   *
   * @returns A line with the counts; undefined if nothing was observed.
   */
  async finish(): Promise<string | undefined> {
    if (this.#observation === undefined) return undefined;
    const finished = this.#observation.finished.catch((error) => {
      const isReported = error instanceof GstClosedError || error === this.#pipeline?.failure;
      if (!isReported) this.#listeners.onFailure(error);
    });
    await Promise.race([finished, this.#timeout.promise]);
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
