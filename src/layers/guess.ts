/** One class that an input may show. */
export interface Guess {
  readonly label: string;
  readonly index: number;
  readonly probability: number;
}

/** The likeliest of the classes, best first; those without a name are called by their number. */
export function guesses(probabilities: Float64Array, classes: readonly string[], top: number): Guess[] {
  return [...probabilities.keys()]
    .sort((a, b) => probabilities[b]! - probabilities[a]! || a - b)
    .slice(0, top)
    .map((index) => ({
      label: classes[index] ?? String(index),
      index,
      probability: probabilities[index]!,
    }));
}

/** e^score over the sum of all. */
export function softmax(scores: Float32Array): Float64Array {
  const max = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(scores, (score) => Math.exp(score - max));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
