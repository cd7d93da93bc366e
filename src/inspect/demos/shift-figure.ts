import { Tensor } from "../../tensor.js";
import type { Figure, Panel } from "../figure/figure.js";
import { formatNumber } from "../numbers.js";
import { extent, matrixPanel, painted } from "./panels.js";
import type { ShiftEquivariance } from "./shift-equivariance.js";
import { type Deviation, rolled } from "./shifting.js";

/** Numbers of a vector that are drawn as bars. */
const BARS = 20;

/** The measured shift as a picture: both orders side by side, where they differ, and the error against the shift. */
export function equivarianceFigure(
  picture: Tensor,
  [dy, dx]: readonly [number, number],
  result: Omit<ShiftEquivariance, "figure">,
  name: string,
): Figure {
  const { stride, outputShift, verdict, curve, inside, border } = result;
  const [, , h = 1, w = 1] = picture.shape;
  const hasPlaces = stride.some((step) => step > 0);
  const hasInside = curve.some((point) => point.inside);
  const shares = (of: (point: (typeof curve)[number]) => Deviation | null) => {
    const points = curve.filter(of);
    return { x: points.map(({ shift }) => shift), y: points.map((point) => of(point)!.relative) };
  };
  const row = (where: string, error: Deviation | null) => [
    where,
    error ? formatNumber(error.largest) : "none",
    error ? formatNumber(error.relative) : "none",
  ];
  return {
    title: "Does the output move with the picture?",
    text: verdict,
    columns: 3,
    panels: [
      picturePanel("The picture", picture),
      {
        ...picturePanel("The picture, moved", rolled(picture, [dy, dx])),
        caption: `${dy} down, ${dx} to the right. What leaves on one side comes in on the other; the box is the picture's old frame.`,
        boxes: [{ x: dx, y: dy, width: w, height: h }],
      },
      {
        kind: "table",
        title: "How far they differ",
        caption:
          "Relative: root mean square of the difference by that of the output." +
          (hasPlaces
            ? ` The output was moved by ${outputShift[0]} down and ${outputShift[1]} to the right.`
            : ""),
        columns: ["units", "largest", "relative"],
        rows: hasPlaces
          ? [row("seeing no border", inside), row("at the border", border)]
          : [row("all", border)],
      },
      ...outputs(result, name),
      {
        kind: "plot",
        title: "Error against shift",
        caption:
          stride[1] > 1
            ? `The output's stride is ${stride[1]}: only shifts by multiples of it can come out as shifts of the output.`
            : stride[1] === 1
              ? "The output's stride is 1: it can follow every shift."
              : "The output has no places, so it should not change at all.",
        x: { label: "shift to the right in pixels" },
        y: { label: "relative difference" },
        series: [
          ...(hasInside
            ? [{ label: "seeing no border", ...shares((p) => p.inside), style: "line" as const }]
            : []),
          { label: "everywhere", ...shares((p) => p.everywhere), style: "line" as const },
        ],
      },
    ],
  };
}

/** Both orders and their difference: maps of the channel that varies most, or bars where there is one place. */
function outputs(
  { shiftedFirst, shiftedLast, error, insideUnits }: Omit<ShiftEquivariance, "figure" | "verdict">,
  name: string,
): Panel[] {
  const [c = 1, h = 1, w = 1] = shiftedFirst.shape;
  if (h * w === 1) {
    const shown = Array.from({ length: Math.min(c, BARS) }, (_, i) => i);
    const bars = (title: string, value: (i: number) => number): Panel => ({
      kind: "plot",
      title,
      ...(shown.length < c && { caption: `The first ${shown.length} of ${c} outputs.` }),
      x: { label: "output", names: shown.map(String) },
      y: { label: "value" },
      series: [{ label: title, x: shown, y: shown.map(value), style: "bars" }],
    });
    return [
      bars(`Output of ${name}`, (i) => shiftedLast.data[i]!),
      bars("Its change when the picture moves", (i) => shiftedFirst.data[i]! - shiftedLast.data[i]!),
    ];
  }
  const plane = ({ data }: Tensor, channel: number): Tensor =>
    new Tensor(data.slice(channel * h * w, (channel + 1) * h * w), [h, w]);
  const spans = Array.from({ length: c }, (_, i) => {
    const [least, most] = extent(plane(shiftedLast, i).data);
    return most - least;
  });
  const channel = spans.indexOf(Math.max(...spans));
  const both = [plane(shiftedFirst, channel), plane(shiftedLast, channel)] as const;
  const [least, most] = extent([...both[0].data, ...both[1].data]);
  const reach = Math.max(-least, most);
  const colours =
    least < 0
      ? ({ map: "signed", range: [-reach, reach] } as const)
      : ({ map: "viridis", range: [0, most] } as const);
  const which = c > 1 ? `Channel ${channel}, which varies most.` : "";
  const { top = 0, left = 0, bottom = 0, right = 0 } = insideUnits ?? {};
  return [
    matrixPanel(`First shift, then ${name}`, both[0], { ...colours, ...(which && { caption: which }) }),
    matrixPanel(`First ${name}, then shift`, both[1], { ...colours, ...(which && { caption: which }) }),
    matrixPanel("Where they differ", error, {
      map: "viridis",
      range: [
        0,
        Math.max(
          error.data.reduce((a, b) => Math.max(a, b), 0),
          1e-6 * reach,
        ),
      ],
      label: "largest difference of any channel",
      ...(insideUnits
        ? {
            caption: "Inside the box no unit sees the border or the seam.",
            boxes: [{ x: left, y: top, width: right - left, height: bottom - top }],
          }
        : { caption: "Every unit sees the border or the seam." }),
    }),
  ];
}

/** One channel as grey, three as colours. */
function picturePanel(title: string, picture: Tensor) {
  const [, c = 1, h = 1, w = 1] = picture.shape;
  if (c !== 3) return matrixPanel(title, new Tensor(picture.data.slice(0, h * w), [h, w]));
  const [least, most] = extent(picture.data);
  const level = (i: number): number =>
    Math.round((255 * (picture.data[i]! - least)) / (most > least ? most - least : 1));
  return {
    kind: "picture" as const,
    title,
    image: painted(w, h, (i) => [level(i), level(h * w + i), level(2 * h * w + i)]),
  };
}
