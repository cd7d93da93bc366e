import type { Model } from "../../index.js";
import type { Figure } from "../../inspect/index.js";
import type { Tensor } from "../../tensor.js";

/** What there is to look into. */
export interface Subject {
  /** The network, as it was called. */
  readonly name: string;
  readonly model: Model;
  /** The picture, as it was called, and as the network sees it. */
  readonly picture?: { readonly name: string; readonly input: Tensor } | undefined;
  /** Whether the weights are those that the network learned. */
  readonly isTrained: boolean;
}

/** What was found, for people and for programs. */
export interface View {
  readonly figures: readonly Figure[];
  readonly result: Readonly<Record<string, unknown>>;
  /** Names of the layers it is about, where it is about some. */
  readonly layers?: readonly string[];
}
