import type { Random } from "../random.js";

/** Fills a new parameter. */
export type Init = (data: Float32Array, random: Random) => void;

/** Every element the same. */
export function constant(value: number): Init {
  return (data) => {
    data.fill(value);
  };
}

/** Uniform in (-bound, bound). */
function uniform(bound: number): Init {
  return (data, random) => {
    for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * bound;
  };
}

/**
 * torch's default for the weights and biases of convolutions and linear layers: uniform within 1 / sqrt(fan in), which
 * is what kaiming_uniform with a = sqrt 5 comes to (He et al., 2015).
 */
export function fanIn(fan: number): Init {
  return uniform(1 / Math.sqrt(fan));
}
