import { check, checkCount, checkIs, checkOptions, show } from "../errors.js";
import type { Model, Trace } from "../layers/model.js";
import { sizes4, type Value } from "../ops/op.js";
import type { Size2 } from "../ops/shape.js";
import { formatShape } from "../tensor.js";
import { layerOf } from "./probe.js";
import { NOTHING, type ReceptiveField, receptiveFields } from "./receptive-field.js";
import { hull, type PixelWindow, seenBy } from "./seen.js";

export type { PixelWindow } from "./seen.js";

/** A place in a layer's output. */
export type Unit = readonly [y: number, x: number];

/** What a layer, and a unit of it, sees of an input. */
export interface UnitField extends ReceptiveField {
  /** Height and width of the layer's output, and of the input. */
  readonly units: readonly [h: number, w: number];
  readonly picture: readonly [h: number, w: number];
  /**
   * Where the unit looks, as size, stride and offset say: borders are not cut off, so that it may reach into the padding.
   * Where fields do not move by whole pixels, the same as `visible`.
   */
  readonly window?: PixelWindow;
  /**
   * The smallest rectangle of pixels of the input that holds all that the unit is computed from, exactly. Padding that
   * mirrors or repeats the picture shows other pixels of it. Null if there are none.
   */
  readonly visible?: PixelWindow | null;
}

export interface ReceptiveFieldOptions {
  /** Place of the unit in the layer's output; [0, 0] of a vector, [0, x] of [c, l]. */
  readonly unit?: Unit;
  /** Channel of the unit: behind branches, or groups, channels differ. Default: what all of them see together. */
  readonly channel?: number;
  /** Name of the input, of several. Default: the first that the layer depends on. */
  readonly input?: string;
}

/**
 * What a layer sees of the input: size, stride and offset of its units' fields and, for one unit, the window in pixels,
 * from `top` and `left` up to, not including, `bottom` and `right`. Nothing is computed but places: the network is walked
 * back from the unit, through any padding, stride, dilation, branch, resizing or transposed convolution.
 * @param layer its name as `summary` gives it; "" is the network's output
 */
export function receptiveField(model: Model, layer = "", options: ReceptiveFieldOptions = {}): UnitField {
  const what = "receptiveField";
  const isModel = typeof model?.trace === "function";
  checkIs(isModel, `${what}: the model`, model, "a model, as await network.build(inputShape) gives it");
  checkIs(
    typeof layer === "string",
    `${what}: the layer`,
    layer,
    'the name of a layer, or "" for the output',
  );
  checkOptions(what, options, ["unit", "channel", "input"]);
  const { unit, channel, input } = options;
  const trace = model.trace(model.ports[0]?.batch === false ? {} : [1, ...model.inputShape], false);
  const value = outputOf(what, trace, layer);
  const inputs = trace.graph.values.filter(({ origin }) => origin === "input");
  const fields = (one: Value) => new Fields(trace, one, value);
  const chosen =
    input === undefined
      ? (inputs.find((one) => fields(one).field !== NOTHING) ?? inputs[0]!)
      : inputs.find(({ name }) => name === input);
  check(
    chosen,
    () =>
      `${what}: the model has no input ${show(input)}. Its inputs are: ${inputs.map(({ name }) => show(name)).join(", ")}.`,
  );
  const seen = fields(chosen);
  const { units, picture, field } = seen;
  if (channel !== undefined) {
    check(unit !== undefined, () => `${what}: say which unit [y, x] of channel ${show(channel)}.`);
    checkCount(`${what}: channel of ${nameOf(layer)}`, channel, 0, sizes4(value.shape)[1] - 1);
  }
  if (unit === undefined) return { ...field, units, picture };
  checkUnit(what, layer, units, unit);
  return { ...field, units, picture, ...seen.of(unit, channel) };
}

/** What a layer gives; "" is the network's output. */
export function outputOf(what: string, trace: Trace, layer: string): Value {
  return layer === "" ? trace.output : layerOf(what, trace, layer);
}

/** Throws unless the unit is one of h x w. */
export function checkUnit(what: string, layer: string, [h, w]: readonly [number, number], unit: Unit): void {
  const isPair = Array.isArray(unit) && unit.length === 2;
  checkIs(isPair, `${what}: unit`, unit, `[y, x] in the ${h} x ${w} units of ${nameOf(layer)}`);
  checkCount(`${what}: y of the unit, of ${formatShape([h, w])} in ${nameOf(layer)}`, unit[0], 0, h - 1);
  checkCount(`${what}: x of the unit, of ${formatShape([h, w])} in ${nameOf(layer)}`, unit[1], 0, w - 1);
}

/** A layer's name in a sentence. */
export function nameOf(layer: string): string {
  return layer === "" ? "the output" : `layer "${layer}"`;
}

/** What the units of a value see of an input. */
export class Fields {
  readonly field: ReceptiveField;
  readonly units: readonly [h: number, w: number];
  readonly picture: readonly [h: number, w: number];
  readonly #trace: Trace;
  readonly #input: Value;
  readonly #value: Value;

  constructor(trace: Trace, input: Value, value: Value) {
    const size = ({ shape }: Value): [number, number] => [sizes4(shape)[2], sizes4(shape)[3]];
    this.#trace = trace;
    this.#input = input;
    this.#value = value;
    this.units = size(value);
    this.picture = size(input);
    this.field = receptiveFields(trace.graph.nodes, [input]).get(value) ?? NOTHING;
  }

  of(unit: Unit, channel?: number): { window: PixelWindow; visible: PixelWindow | null } {
    const seen = seenBy(this.#trace.graph.nodes, this.#input, this.#value, unit, channel);
    const visible = hull(seen, this.picture[1]);
    const { size, stride, offset } = this.field;
    const at = (sizes: Size2, axis: 0 | 1): number => (typeof sizes === "number" ? sizes : sizes[axis]);
    const along = (axis: 0 | 1, from: "top" | "left", to: "bottom" | "right"): [number, number] => {
      if (at(stride, axis) === 0) return visible ? [visible[from], visible[to]] : [0, 0];
      const first = at(offset, axis) + unit[axis] * at(stride, axis);
      return [first, first + at(size, axis)];
    };
    const [top, bottom] = along(0, "top", "bottom");
    const [left, right] = along(1, "left", "right");
    return { window: { top, left, bottom, right }, visible };
  }
}
