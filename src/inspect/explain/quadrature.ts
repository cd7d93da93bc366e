/**
 * Gauss and Legendre's rule for integrals from 0 to 1: where to look, and how much each look counts. Exact for polynomials
 * of degrees up to 2 `count` - 1.
 */
export function gaussLegendre(count: number): {
  readonly places: Float64Array;
  readonly weights: Float64Array;
} {
  const places = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // Newton's method finds a root of Legendre's polynomial from Tricomi's guess.
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 0;
    for (let round = 0; round < 8; round++) {
      let [value, before] = [1, 0];
      for (let k = 0; k < count; k++)
        [value, before] = [((2 * k + 1) * x * value - k * before) / (k + 1), value];
      slope = (count * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    places[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { places, weights };
}
