import { init, type Model, Tensor } from "featuremap";
import { type ReceptiveField, summary } from "featuremap/inspect";
import { lenet5 } from "featuremap/zoo";
import { setWeights, type Weights, weightsOf } from "../../engine/weights.js";
import { Topic } from "../../parts/topic.js";
import { layers } from "./layers.js";

/** What the network makes of a digit. */
export interface Answer {
  /** What it was shown, 28 x 28, from 0 for paper to 1 for ink. */
  readonly pixels: Float32Array;
  /** Outputs of the layers, by their names. */
  readonly maps: Readonly<Record<string, Float32Array>>;
  /** Of the digits 0 to 9. */
  readonly probabilities: readonly number[];
}

// MNIST's mean and standard deviation, as in training.
const [MEAN, STD] = [0.1307, 0.3081];
const taps = layers.map(({ tap }) => tap);

/**
 * A LeNet-5 of the page's own, which answers while one draws, whatever the engine is busy with. The engine's weights are
 * copied into it as training goes on.
 */
export class Live {
  readonly answers: Topic<Answer>;
  readonly weights: Topic<Weights>;
  /** Milliseconds from the last event to the answer being drawn. */
  readonly times = new Topic<number | undefined>(undefined);
  /** What the units of a layer see of the digit, by the layer's name. */
  readonly fields: ReadonlyMap<string, ReceptiveField>;
  readonly #model: Model;

  private constructor(model: Model, answer: Answer) {
    this.#model = model;
    this.answers = new Topic(answer);
    this.weights = new Topic(weightsOf(model));
    this.fields = new Map(summary(model).layers.map(({ name, receptiveField }) => [name, receptiveField]));
  }

  /** With weights from an address, or without with random ones. */
  static async start(weights?: string): Promise<Live> {
    const runtime = await init({ threads: 1 });
    const model = await lenet5({ inputShape: [1, 28, 28], runtime });
    try {
      if (weights !== undefined) await model.load(weights, { cache: false });
      return new Live(model, answerOf(model, new Float32Array(784)));
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  /** Shows it a digit. `since`: when the event came that asks for it. */
  show(pixels: Float32Array, since?: number): void {
    this.answers.set(answerOf(this.#model, pixels));
    if (since !== undefined) this.times.set(performance.now() - since);
  }

  /** Other weights, and their answer to the same digit. */
  load(weights: Weights): void {
    setWeights(this.#model, weights);
    this.weights.set(weights);
    this.show(this.answers.value.pixels);
  }
}

function answerOf(model: Model, pixels: Float32Array): Answer {
  const input = new Tensor(
    pixels.map((ink) => (ink - MEAN) / STD),
    [1, 1, 28, 28],
  );
  // At once, within the event that asks: taps would wait its turn, and the page might paint meanwhile.
  const { output, ...maps } = model.tapsSync(input, taps);
  return {
    pixels,
    maps: Object.fromEntries(Object.entries(maps).map(([name, { data }]) => [name, data])),
    probabilities: softmax(output!.data),
  };
}

function softmax(scores: Float32Array): number[] {
  const most = Math.max(...scores);
  const powers = Array.from(scores, (score) => Math.exp(score - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
