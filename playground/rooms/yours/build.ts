import { FeatureMapError, type Model } from "featuremap";
import { interpret, type Written } from "./interpret.js";
import { Mistake } from "./mistake.js";

/** One picture of MNIST or Fashion-MNIST: channels, height, width. */
export const inputShape: readonly number[] = [1, 28, 28];
export const classCount = 10;

/** A network of more would not be trained in a page. */
const MOST_PARAMETERS = 10_000_000;

/**
 * The network of a source, built without weights where there is no seed. Throws a {@link Mistake} that says where, also
 * for what the library finds wrong with it.
 */
export async function build(source: string, seed?: number): Promise<{ model: Model; written: Written }> {
  const written = interpret(source);
  const whole = { start: 0, end: source.length };
  const refuse = (message: string): never => {
    throw new Mistake(message, written.result ?? whole);
  };
  let model: Model | undefined;
  try {
    // First without weights, which may be many.
    model = await written.network.build(inputShape, { initialize: false });
    const parameters = model
      .parameters()
      .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
    if (parameters > MOST_PARAMETERS) {
      refuse(
        `The network has ${parameters.toLocaleString("en")} parameters; this page takes at most ` +
          `${MOST_PARAMETERS.toLocaleString("en")}. Pool before the first linear layer, or make layers narrower.`,
      );
    }
    if (seed === undefined) return { model, written };
    model.dispose();
    return { model: await written.network.build(inputShape, { seed }), written };
  } catch (error) {
    model?.dispose();
    if (error instanceof FeatureMapError) throw new Mistake(error.message, written.blamed() ?? whole);
    if (error instanceof RangeError) refuse("There are too many layers within layers.");
    throw error;
  }
}

/** Why a network that is right in itself cannot tell ten classes apart; nothing where it can. */
export function misfit(model: Model): string | undefined {
  const { outputShape } = model;
  if (outputShape.length === 1 && outputShape[0] === classCount) return undefined;
  const found =
    outputShape.length === 1
      ? `${outputShape[0]} numbers`
      : [...outputShape.slice(1), outputShape[0]].join(" × ");
  const remedy =
    outputShape.length > 1 && outputShape.reduce((product, size) => product * size, 1) === classCount
      ? "flatten()"
      : outputShape.length === 1
        ? "linear(10)"
        : "flatten(), linear(10)";
  return `The output is ${found}, but there are ${classCount} classes to tell apart: end with ${remedy} to train it.`;
}
