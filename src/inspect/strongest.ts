import { sizes4 } from "../ops/op.js";
import type { Tensor } from "../tensor.js";

/** What a unit gave for a sample. */
export interface Found {
  readonly score: number;
  readonly sample: number;
  /** Of the unit in its channel, y w + x. */
  readonly place: number;
}

/** The strongest units of a channel, kept while batches go by: the largest first, of equals the one that came first. */
export class Strongest {
  readonly channel: number;
  readonly list: Found[] = [];
  readonly #count: number;
  readonly #perSample: number;

  constructor(channel: number, count: number, perSample: number) {
    this.channel = channel;
    this.#count = count;
    this.#perSample = perSample;
  }

  /** Takes a layer's output for a batch, [n, c, ...], whose first sample has the number `first`. */
  add({ data, shape }: Tensor, first: number): void {
    const [n, c, h, w] = sizes4(shape);
    const area = h * w;
    for (let i = 0; i < n; i++) {
      const plane = data.subarray((i * c + this.channel) * area, (i * c + this.channel + 1) * area);
      const own: Found[] = [];
      for (let place = 0; place < area; place++) {
        const score = plane[place]!;
        // Most are too weak; a number that is none never counts.
        if (score > least(own, this.#perSample) && score > least(this.list, this.#count))
          insert(own, { score, sample: first + i, place }, this.#perSample);
      }
      for (const found of own) insert(this.list, found, this.#count);
    }
  }
}

/** What has to be exceeded to come into a list of at most so many. */
function least(list: readonly Found[], most: number): number {
  return list.length === most ? list[most - 1]!.score : Number.NEGATIVE_INFINITY;
}

/** Puts one in its place in the list, after those that are as large. */
function insert(list: Found[], found: Found, most: number): void {
  if (!(found.score > least(list, most))) return;
  let at = list.length;
  while (at > 0 && found.score > list[at - 1]!.score) at--;
  list.splice(at, 0, found);
  if (list.length > most) list.pop();
}
