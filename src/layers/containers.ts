import { check, checkOptions, show } from "../errors.js";
import type { Value } from "../ops/op.js";
import { sameShape } from "../ops/shape.js";
import { formatShape } from "../tensor.js";
import type { Layer, Scope } from "./layer.js";
import { type BuildOptions, buildModel, type Model } from "./model.js";

/** Layers one after the other, numbered or named: `[conv2d(6, 5), relu()]`, `{ conv: conv2d(6, 5), act: relu() }`. */
export type Layers = readonly Layer[] | Readonly<Record<string, Layer>>;

/** A network: layers that can be built into a model. */
export interface Network extends Layer {
  /**
   * Makes a model for inputs of the shape, without the batch: [c, h, w]. The seed decides the initial weights.
   */
  build(inputShape: readonly number[], options?: BuildOptions): Promise<Model>;
}

function named(what: string, layers: Layers): [string, Layer][] {
  check(
    typeof layers === "object" && layers !== null && !("apply" in layers),
    () =>
      `${what}: give a list of layers, as in ${what}([conv2d(6, 5), relu()]), or an object of named ones.`,
  );
  const entries = Object.entries(layers);
  for (const [name, layer] of entries) {
    check(
      typeof layer === "object" && typeof layer?.apply === "function",
      () => `${what}: "${name}" is not a layer but ${show(layer)}. Call its function, as in relu().`,
    );
    check(
      !name.includes("."),
      () => `${what}: the name "${name}" has a dot, which separates names in weight files.`,
    );
  }
  return entries;
}

/** Gives any layer a `build` of its own. */
export function network(layer: Layer): Network {
  const self: Network = { ...layer, build: (inputShape, options) => buildModel(self, inputShape, options) };
  return self;
}

function chain(scope: Scope, layers: [string, Layer][], x: Value): Value {
  return layers.reduce((value, [name, layer]) => scope.child(name, layer, value), x);
}

/** Layers one after the other (torch.nn.Sequential). */
export function sequential(layers: Layers): Network {
  const entries = named("sequential", layers);
  return network({ type: "Sequential", apply: (scope, x) => chain(scope, entries, x) });
}

/**
 * y = layers(x) + shortcut(x) (He et al., 2016). The shortcut is x itself where none is given. Names in weight files are
 * those of the layers, and "shortcut".
 */
export function residual(layers: Layers, options: { shortcut?: Layer } = {}): Network {
  const entries = named("residual", layers);
  checkOptions("residual", options, ["shortcut"]);
  const { shortcut } = options;
  if (shortcut !== undefined) named("residual", { shortcut });
  check(
    !shortcut || entries.every(([name]) => name !== "shortcut"),
    'residual: a layer cannot be named "shortcut" beside one.',
  );
  return network({
    type: "Residual",
    apply(scope, x) {
      const main = chain(scope, entries, x);
      const side = shortcut ? scope.child("shortcut", shortcut, x) : x;
      check(
        sameShape(main.shape, side.shape),
        () =>
          `residual: the layers give ${formatShape(main.shape)}, the shortcut ${formatShape(side.shape)}. ` +
          "Give a shortcut such as conv2d(channels, 1, { stride }) that brings the input to the same shape.",
      );
      return scope.add(main, side);
    },
  });
}

/** The branches side by side on the same input, their channels concatenated (Szegedy et al., 2015). */
export function parallel(branches: Layers): Network {
  const entries = named("parallel", branches);
  check(entries.length > 0, "parallel: give at least one branch.");
  return network({
    type: "Parallel",
    apply(scope, x) {
      const outputs = entries.map(([name, layer]) => scope.child(name, layer, x));
      return outputs.length === 1 ? outputs[0]! : scope.concat(...outputs);
    },
  });
}
