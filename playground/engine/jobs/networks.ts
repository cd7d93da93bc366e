import { type Model, Tensor } from "featuremap";
import type { Image } from "featuremap/image";
import { filterGrid, networkDiagram, type Summary, summary } from "featuremap/inspect";
import { models } from "featuremap/zoo";

/** A network of the zoo, as the page shows it. */
export interface Described {
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  readonly inputShape: readonly number[];
  readonly summary: Summary;
  /** Its picture. */
  readonly svg: string;
}

/** What a network is made of, with a picture of a width in pixels. No weights are made for that. */
export async function describe({ name, width }: { name: string; width: number }): Promise<Described> {
  const { title, paper, inputShape, create } = models[name]!;
  const model = await create({ initialize: false });
  try {
    const svg = networkDiagram(model, { title, width, interactive: true, standalone: false });
    return { name, title, paper, inputShape, summary: summary(model), svg };
  } finally {
    model.dispose();
  }
}

/** The network whose filters are looked at: one at a time, since some take half a gigabyte. */
let loaded: { readonly name: string; readonly model: Model } | undefined;

/** Loads weights for a network, from a file of the user's or from an address. */
export async function load({ name, weights }: { name: string; weights: Blob | string }): Promise<void> {
  const model = await models[name]!.create({
    weights,
    // LeNet-5's are for digits of 28 x 28; the network is the same.
    ...(name === "lenet5" && { inputShape: [1, 28, 28] }),
  });
  loaded?.model.dispose();
  loaded = { name, model };
}

/** More would not be told apart. */
const MOST_OUTS = 64;
const MOST_INS = 16;

export interface Filters {
  readonly image: Image;
  /** What the tiles are. */
  readonly text: string;
}

/** The kernels of a layer of the network that was loaded, or null where it has none to look at. */
export function filters({ name, layer }: { name: string; layer: string }): Filters | null {
  const model = loaded?.name === name ? loaded.model : undefined;
  const weights = model?.stateDict().get(layer ? `${layer}.weight` : "weight");
  if (weights?.shape.length !== 4) return null;
  const [outs = 0, ins = 0, kh = 0, kw = 0] = weights.shape;
  if (kh * kw === 1) return null;
  const inColour = ins === 3;
  const [shownOuts, shownIns] = [Math.min(outs, MOST_OUTS), inColour ? ins : Math.min(ins, MOST_INS)];
  const size = kh * kw;
  const data = new Float32Array(shownOuts * shownIns * size);
  for (let out = 0; out < shownOuts; out++) {
    const from = out * ins * size;
    data.set(weights.data.subarray(from, from + shownIns * size), out * shownIns * size);
  }
  const first = (shown: number, all: number, what: string) =>
    shown < all ? `the first ${shown} of ${all} ${what}` : `${all} ${what}`;
  const text = inColour
    ? `${first(shownOuts, outs, "filters")} of ${kh} × ${kw} in colour, each scaled to its own range.`
    : `${first(shownOuts, outs, "filters")} of ${kh} × ${kw}${ins > 1 ? `, one a column; ${first(shownIns, ins, "input channels")}, one a row` : ""}. Blue is below zero, red above.`;
  const image = filterGrid(new Tensor(data, [shownOuts, shownIns, kh, kw]), { background: null });
  return { image, text: text[0]!.toUpperCase() + text.slice(1) };
}
