import { Tensor } from "../../tensor.js";
import type { Figure, Panel } from "../figure/figure.js";
import { extent, matrixPanel, painted, short } from "./panels.js";
import type { ShiftEquivariance } from "./shift-equivariance.js";
import { type Deviation, rolled } from "./shifting.js";

/** Numbers of a vector that are drawn as bars. */
const BARS = 24;

/** The measured shift as a picture: both orders side by side, where they differ, and the error against the shift. */
export function equivarianceFigure(
  picture: Tensor,
  [dy, dx]: readonly [number, number],
  result: Omit<ShiftEquivariance, "figure">,
  name: string,
): Figure {
  const { stride, outputShift, verdict, curve, inside, border } = result;
  const [, , h = 1, w = 1] = picture.shape;
  const hasInside = curve.some((point) => point.inside);
  const shares = (of: (point: (typeof curve)[number]) => Deviation | null) => {
    const points = curve.filter(of);
    return { x: points.map(({ shift }) => shift), y: points.map((point) => of(point)!.relative) };
  };
  const row = (where: string, error: Deviation | null) => [
    where,
    error ? short(error.largest) : "no unit",
    error ? short(error.relative) : "no unit",
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
        kind: "plot",
        title: "Error against shift",
        caption:
          stride[1] > 1
            ? `The output's stride is ${stride[1]}: only shifts by multiples of it can come out as shifts of the output.`
            : stride[1] === 1
              ? "The output's stride is 1: it can follow every shift."
              : "The output has no places, so it should not change at all.",
        x: { label: "shift to the right in pixels" },
        y: { label: "difference as a share of the output's length" },
        series: [
          ...(hasInside
            ? [{ label: "where no border is seen", ...shares((p) => p.inside), style: "line" as const }]
            : []),
          { label: "everywhere", ...shares((p) => p.everywhere), style: "line" as const },
        ],
      },
      ...outputs(result, name),
      {
        kind: "table",
        title: "In numbers",
        caption: `Stride ${stride.join(" × ")}; the output was moved by ${outputShift[0]} down and ${outputShift[1]} to the right.`,
        columns: ["units", "largest difference", "share of the length"],
        rows: [row("seeing no border", inside), row("seeing the border or the seam", border)],
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
    const series = (label: string, { data }: Tensor) =>
      ({ label, x: shown, y: shown.map((i) => data[i]!), style: "points" }) as const;
    return [
      {
        kind: "plot",
        title: `Output of ${name}`,
        ...(shown.length < c && { caption: `The first ${shown.length} of ${c} numbers.` }),
        x: { label: "output" },
        y: { label: "value" },
        series: [series("of the picture", shiftedLast), series("of the moved picture", shiftedFirst)],
      },
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
    matrixPanel(`Shift, then ${name}`, both[0], { ...colours, ...(which && { caption: which }) }),
    matrixPanel(`${name}, then shift`, both[1], { ...colours, ...(which && { caption: which }) }),
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
