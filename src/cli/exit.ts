import { CommanderError } from "commander";
import { FeatureMapError } from "../errors.js";

/** A wrong call: exit code 2. */
export class UsageError extends Error {}

/** Ctrl-C, or the system's wish that the process ends: exit code 130. */
export class Interrupted extends Error {}

export const INTERRUPTED = 130;

/** Says what went wrong in a sentence and sets the exit code. */
export function endWith(error: unknown): void {
  // Commander has printed its help or its error.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof UsageError) fail(error.message, 2);
  else if (error instanceof Interrupted) fail(error.message, INTERRUPTED);
  else if (error instanceof FeatureMapError) fail(error.message, 1);
  else {
    fail(`Something unexpected happened: ${error instanceof Error ? error.message : String(error)}`, 1);
    if (process.env.DEBUG && error instanceof Error) console.error(error.stack);
  }
}

/** What errors of the library advise to do in a program, and what that is on the command line. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /Give it: \{ shapes: \{ "([^"]*)": \[[^\]]*\] \} \}\./,
    "Give it as --shape, such as --shape $1=1x3x224x224.",
  ],
  [
    / Give one to build the model for, batch included: \{ shapes: \{ "([^"]*)": \[[^\]]*\] \} \}\./,
    " Give one, batch included, such as --shape $1=1x3x224x224.",
  ],
  [/\{ key: "([^"]*)" \}/, "--key $1"],
  [/the option key is/, "--key is"],
  [/exportOnnx\(model, \{ batch: (\d+) \}\)/, "--batch $1"],
  [/, or leave these layers as they are: \{ skip: \[[^\]]*\] \}/, ""],
  [/, or use \{ strict: false \} to load what matches/, ""],
  [/Raise the option maxPixels if the picture is to be trusted\./, "Make it smaller first."],
  [/,? or give the file: importOnnx\(.*$/, "."],
  [/; give it: importOnnx\(.*$/, "; put it there."],
  [/ or load its weights with model\.load\(path, \{ strict: false \}\) and begin/, " or begin"],
  [/as dir; in a page give their address as url\./, "as --data-dir."],
  [/^(?:importOnnx|exportOnnx|loadStateDict|readWeights|imageFolder|taps): /, ""],
];

/** The message of an error as it is right on the command line. */
export function translated(message: string): string {
  return remedies.reduce((text, [wrong, right]) => text.replace(wrong, right), message);
}

function fail(message: string, code: number): void {
  console.error(`error: ${translated(message)}`);
  process.exitCode = code;
}

/** Says what went wrong with a part of the work, the rest of which goes on. */
export function complain(message: string): void {
  fail(message, 1);
}

/**
 * Runs work that can be interrupted: the first Ctrl-C aborts the signal, so that the work can end well; the second ends
 * the process.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  onInterrupt = (): void => {},
): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    onInterrupt();
    controller.abort(new Interrupted("Interrupted."));
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
