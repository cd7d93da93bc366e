import { checkIs } from "../errors.js";
import type { Model, Outline } from "../layers/model.js";
import type { Node } from "../ops/op.js";

/** The network traced for one input; its weights are not needed. Throws unless it is a model. */
export function outlineOf(what: string, model: Model): Outline {
  const isModel = typeof model?.outline === "function";
  checkIs(isModel, `${what}: the model`, model, "a model, as await network.build(inputShape) gives it");
  return model.outline(model.ports[0]?.batch !== false ? [1, ...model.inputShape] : {}, false);
}

/** What each layer adds to the graph itself; what belongs to none, the network's own, is under "". */
export function nodesByLayer(nodes: readonly Node[], layers: ReadonlySet<string>): Map<string, Node[]> {
  const own = new Map<string, Node[]>();
  for (const node of nodes) {
    const layer = layers.has(node.name) ? node.name : "";
    const list = own.get(layer);
    if (list) list.push(node);
    else own.set(layer, [node]);
  }
  return own;
}
