import { check } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import type { Dialect } from "../layers/model.js";
import { isUnder } from "../layers/state.js";

/**
 * A classifier halfway, from which gradients reach the lower layers on a shorter way (Szegedy et al., 2014): in training
 * its loss counts `weight` times beside that of the output, otherwise nothing computes it. What goes on is the input.
 * `least`: the pixels on a side that the head needs, and those of the smallest pictures that have as many here.
 */
export function auxiliary(head: Layer, weight: number, least?: { map: number; picture: number }): Layer {
  return {
    type: "Auxiliary",
    apply(scope, x) {
      const [, , h, w] = x.shape as [number, number, number, number];
      check(
        !least || Math.min(h, w) >= least.map,
        () =>
          `the auxiliary classifier needs ${least!.map}x${least!.map} pixels at least, here it gets ${h}x${w}. Take pictures ` +
          `of ${least!.picture}x${least!.picture} or more, or leave it out: { auxiliary: false }.`,
      );
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
