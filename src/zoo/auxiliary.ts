import type { Layer } from "../layers/layer.js";
import type { Dialect } from "../layers/model.js";
import { isUnder } from "../layers/state.js";

/**
 * A classifier halfway, from which gradients reach the lower layers on a shorter way (Szegedy et al., 2014): in training
 * its loss counts `weight` times beside that of the output, otherwise nothing computes it. What goes on is the input.
 */
export function auxiliary(head: Layer, weight: number): Layer {
  return {
    type: "Auxiliary",
    apply(scope, x) {
      scope.auxiliary(scope.path, head.apply(scope, x), weight);
      return x;
    },
  };
}

/** Files with auxiliary classifiers, as torchvision's are, for networks without. */
export function withoutHeads(...heads: string[]): Dialect {
  const isHead = (name: string): boolean => heads.some((head) => isUnder(name, head));
  return {
    name: `with auxiliary classifiers (${heads.join(", ")})`,
    applies: (names) => [...names].some(isHead),
    translate: (state) => new Map([...state].filter(([name]) => !isHead(name))),
  };
}
