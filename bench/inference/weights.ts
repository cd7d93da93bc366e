// Weights of an untrained network that lets its input through: signals neither die nor grow without bound.
import { type Model, Random, Tensor } from "featuremap";

/** Fills parameters and statistics at random: He's bounds for weights, batch norms that scale, shift and centre. */
export function randomize(model: Model, seed: number): void {
  const random = new Random(seed);
  const within = (low: number, high: number) => (): number => low + (high - low) * random.uniform();
  const draw = (name: string, shape: readonly number[]): (() => number) => {
    if (shape.length > 1) {
      const bound = Math.sqrt(6 / shape.slice(1).reduce((product, size) => product * size, 1));
      return within(-bound, bound);
    }
    if (name.endsWith("running_var")) return within(0.6, 1.4);
    return name.endsWith("weight") ? within(0.8, 1.6) : within(-0.2, 0.2);
  };
  const state = new Map(
    [...model.stateDict()].map(([name, { data, shape }]) => {
      if (name.endsWith("num_batches_tracked")) return [name, new Tensor(data, shape)] as const;
      const next = draw(name, shape);
      return [name, new Tensor(Float32Array.from({ length: data.length }, next), shape)] as const;
    }),
  );
  model.loadStateDict(state);
}

/** Numbers as pictures have them once they are normalised. */
export function picture(shape: readonly number[], seed: number): Float32Array {
  const random = new Random(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from({ length: size }, () => 4 * random.uniform() - 2);
}
