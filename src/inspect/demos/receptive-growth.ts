import { check } from "../../errors.js";
import type { Model } from "../../layers/model.js";
import type { Size2 } from "../../ops/shape.js";
import { checkModel } from "../../train/given.js";
import type { Box, Figure } from "../figure/figure.js";
import { summary } from "../summary.js";
import { painted } from "./panels.js";

/** How much a layer's units see. */
export interface ReceptiveStep {
  readonly layer: string;
  readonly type: string;
  /** Pixels of the input that a unit sees, and from how many to how many they move, [height, width]. */
  readonly size: readonly [h: number, w: number];
  readonly stride: readonly [h: number, w: number];
}

export interface ReceptiveGrowth {
  /** The layers that see more than those before them, from the input to the output. */
  readonly steps: readonly ReceptiveStep[];
  readonly figure: Figure;
}

/** Squares that are drawn into each other. */
const DRAWN = 8;

/**
 * How the receptive field grows with depth. In AlexNet of 2012, whose first layers are an 11 × 11 convolution of stride 4 and
 * 3 × 3 pooling of stride 2, the second convolution sees 51 × 51 pixels and the third 99 × 99.
 */
export function receptiveGrowth(model: Model): ReceptiveGrowth {
  const what = "receptiveGrowth";
  checkModel(what, model);
  const { inputShape } = model;
  const [height = 1, width = 1] = inputShape.length > 2 ? inputShape.slice(-2) : [1, ...inputShape.slice(-1)];
  const steps: ReceptiveStep[] = [];
  for (const { name, type, receptiveField } of summary(model).layers) {
    const [size, stride] = [both(receptiveField.size), both(receptiveField.stride)];
    const last = steps.at(-1);
    const grows = size[0] > (last?.size[0] ?? 1) || size[1] > (last?.size[1] ?? 1);
    const slower = stride.some((step, axis) => step > (last?.stride[axis] ?? 1));
    if (grows || slower) steps.push({ layer: name || "(network)", type, size, stride });
  }
  check(steps.length > 0, `${what}: no layer of the network sees more than one pixel.`);
  return { steps, figure: figureOf(steps, height, width) };
}

const both = (size: Size2): [number, number] => (typeof size === "number" ? [size, size] : [...size]);

function figureOf(steps: readonly ReceptiveStep[], height: number, width: number): Figure {
  const every = Math.ceil(steps.length / DRAWN);
  const largest = steps.at(-1)!;
  const boxes = steps
    .filter((_, i) => (steps.length - 1 - i) % every === 0)
    .map((step): Box => {
      const [h, w] = step.size;
      return {
        x: Math.floor((width - w) / 2),
        y: Math.floor((height - h) / 2),
        width: w,
        height: h,
        label: `${step.layer}: ${w === h ? h : `${h} × ${w}`}`,
      };
    });
  const depth = steps.map((_, i) => i);
  // In one dimension there is only a width.
  const axis = height === 1 && width > 1 ? 1 : 0;
  return {
    title: "The deeper a layer, the more it sees",
    text:
      `A unit sees the pixels of the input that can change it. Each window adds to what the units under it see, times the stride ` +
      `so far: here up to ${largest.size.join(" × ")} of ${height} × ${width} pixels.`,
    columns: 2,
    panels: [
      {
        kind: "plot",
        title: "Size of the receptive field against depth",
        x: { label: "layer", names: steps.map(({ layer }) => layer) },
        y: { label: `${axis === 1 ? "width" : "height"} in pixels of the input` },
        series: [
          { label: "receptive field", x: depth, y: steps.map(({ size }) => size[axis]), style: "line" },
          {
            label: "the whole input",
            x: depth,
            y: depth.map(() => (axis === 1 ? width : height)),
            style: "line",
          },
        ],
      },
      {
        kind: "picture",
        title: "The fields of units in the middle, to scale",
        caption: `The area is the input, ${height} × ${width} pixels. A field that is larger reaches into the padding.`,
        image: painted(width, height, () => [232, 236, 240]),
        boxes,
      },
      {
        kind: "table",
        title: "Layer by layer",
        caption:
          "Size and step of the receptive field in pixels of the input. A step of 0: all units see the same.",
        columns: ["layer", "type", "sees", "every"],
        rows: steps.map(({ layer, type, size, stride }) => [
          layer,
          type,
          size.join(" × "),
          stride.join(" × "),
        ]),
      },
    ],
  };
}
