import { check, checkCount, checkOptions } from "../../errors.js";
import { network, sequential } from "../../layers/containers.js";
import { conv2d, depthwiseConv2d } from "../../layers/convolution.js";
import type { Layer } from "../../layers/layer.js";
import { pair, type Size2 } from "../../ops/shape.js";
import type { Figure, PlotPanel } from "../figure/figure.js";
import { formatCount, formatNumber } from "../numbers.js";
import { summary } from "../summary.js";

export interface SeparableCostOptions {
  /** Size of the kernel. Default 3. */
  readonly kernel?: Size2;
  /** Channels in. */
  readonly cin: number;
  /** Channels out. */
  readonly cout: number;
  /** Height and width of the picture, which padding keeps. */
  readonly h: number;
  readonly w: number;
  /** Of the grouped convolution; divides both numbers of channels. Default 2, or 1 where that does not divide them. */
  readonly groups?: number;
}

/** What a way to convolve costs. */
export interface ConvolutionCost {
  /** Trained values, without biases. */
  readonly parameters: number;
  /** Multiply-adds for one picture. */
  readonly macs: number;
  /** Multiply-adds as a share of the full convolution's. */
  readonly ratio: number;
}

export interface SeparableCost {
  /** Each kernel sees all channels. */
  readonly full: ConvolutionCost;
  /** The channels fall into groups that do not see each other. */
  readonly grouped: ConvolutionCost;
  /** kh × 1 from cin to cout channels, then 1 × kw from cout to cout (Szegedy et al., 2015). */
  readonly spatial: ConvolutionCost;
  /** Each channel by itself, then 1 × 1 across them: 1 / cout + 1 / (kh kw) of the full (Howard et al., 2017). */
  readonly depthwise: ConvolutionCost;
  readonly figure: Figure;
}

/** What full, grouped, spatially separable and depthwise-separable convolutions cost: counted on the layers themselves. */
export async function separableCost(options: SeparableCostOptions): Promise<SeparableCost> {
  const what = "separableCost";
  checkOptions(what, options, ["kernel", "cin", "cout", "h", "w", "groups"]);
  const { kernel = 3, cin, cout, h, w } = options;
  const [kh, kw] = pair(`${what}: the kernel`, kernel, 1);
  for (const [name, count] of Object.entries({ cin, cout, h, w })) checkCount(`${what}: ${name}`, count);
  const { groups = cin % 2 === 0 && cout % 2 === 0 ? 2 : 1 } = options;
  checkCount(`${what}: groups`, groups);
  check(
    cin % groups === 0 && cout % groups === 0,
    () => `${what}: groups is ${groups}; it must divide the ${cin} channels in and the ${cout} out.`,
  );

  const same = { padding: "same", bias: false } as const;
  const cost = (layer: Layer) => costOf(layer, [cin, h, w]);
  const full = await cost(conv2d(cout, [kh, kw], same));
  const grouped = await cost(conv2d(cout, [kh, kw], { ...same, groups }));
  const spatial = await cost(sequential([conv2d(cout, [kh, 1], same), conv2d(cout, [1, kw], same)]));
  const depthwise = await cost(sequential([depthwiseConv2d([kh, kw], same), conv2d(cout, 1, same)]));
  const ratio = ({ parameters, macs }: Cost): ConvolutionCost => ({
    parameters,
    macs,
    ratio: macs / full.macs,
  });
  const costs = {
    full: ratio(full),
    grouped: ratio(grouped),
    spatial: ratio(spatial),
    depthwise: ratio(depthwise),
  };
  return { ...costs, figure: figureOf(costs, { kh, kw, cin, cout, h, w, groups }) };
}

type Cost = Pick<ConvolutionCost, "parameters" | "macs">;

async function costOf(layer: Layer, shape: readonly number[]): Promise<Cost> {
  using model = await network(layer).build(shape, { initialize: false });
  const { parameters, macs } = summary(model);
  return { parameters, macs };
}

type Sizes = Readonly<Record<"kh" | "kw" | "cin" | "cout" | "h" | "w" | "groups", number>>;

function figureOf(
  { full, grouped, spatial, depthwise }: Omit<SeparableCost, "figure">,
  { kh, kw, cin, cout, h, w, groups }: Sizes,
): Figure {
  const area = kh * kw;
  const kinds = [
    { name: "full", cost: full, made: `${kh} × ${kw} over ${cin} channels`, formula: "kh·kw·cin·cout" },
    {
      name: "grouped",
      cost: grouped,
      made: `${kh} × ${kw} over ${cin / groups} channels`,
      formula: `kh·kw·cin·cout / ${groups}`,
    },
    {
      name: "spatial",
      cost: spatial,
      made: `${kh} × 1, then 1 × ${kw}`,
      formula: "kh·cin·cout + kw·cout²",
    },
    {
      name: "depthwise",
      cost: depthwise,
      made: `${kh} × ${kw} over 1, then 1 × 1`,
      formula: "kh·kw·cin + cin·cout",
    },
  ];
  const names = kinds.map(({ name }) => name);
  const bars = (title: string, label: string, y: number[]): PlotPanel => ({
    kind: "plot",
    title,
    x: { label: "convolution", names },
    y: { label },
    series: [{ label: title, x: y.map((_, i) => i), y, style: "bars" }],
  });
  return {
    title: `What a ${kh} × ${kw} convolution costs, ${cin} to ${cout} channels`,
    text:
      `On ${h} × ${w} pixels. A depthwise-separable convolution takes 1/cout + 1/(kh·kw) = 1/${cout} + 1/${area} = ` +
      `${formatNumber(1 / cout + 1 / area)} of the full one's multiply-adds. Counted on the layers: ${formatNumber(depthwise.ratio)}.`,
    columns: 2,
    panels: [
      bars(
        "Parameters",
        "trained values, without biases",
        kinds.map(({ cost }) => cost.parameters),
      ),
      bars(
        "Multiply-adds",
        "millions for one picture",
        kinds.map(({ cost }) => cost.macs / 1e6),
      ),
      {
        kind: "table",
        title: "How they are made",
        columns: ["convolution", "windows", "parameters"],
        rows: kinds.map(({ name, made, formula }) => [name, made, formula]),
      },
      {
        kind: "table",
        title: "What they cost",
        caption: "Multiply-adds are the parameters times the pixels, height times width.",
        columns: ["convolution", "parameters", "multiply-adds", "of full"],
        rows: kinds.map(({ name, cost: { parameters, macs, ratio } }) => [
          name,
          formatCount(parameters),
          formatCount(macs),
          formatNumber(ratio),
        ]),
      },
    ],
  };
}
