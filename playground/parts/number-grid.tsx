import type { Tensor } from "featuremap/functional";
import { colourOf, inkOn, type Scale } from "./colours.js";
import { format } from "./format.js";

interface NumberGridProps {
  /** [h, w] */
  readonly values: Tensor;
  readonly title: string;
  readonly scale: Scale;
  /** What a cell is besides its number: "out" lies in the padding, "won" is the largest. */
  readonly mark?: (y: number, x: number) => "" | "out" | "won";
}

/** Numbers in their places, on their colours. */
export function NumberGrid({ values, title, scale, mark = () => "" }: NumberGridProps) {
  const [height, width] = values.shape as [number, number];
  return (
    <table class={`numbers${width > 5 ? " many" : ""}`}>
      <caption>{title}</caption>
      <tbody>
        {Array.from({ length: height }, (_, y) => (
          <tr key={y}>
            {Array.from({ length: width }, (_, x) => {
              const value = values.at(y, x);
              const colour = colourOf(value, scale);
              return (
                <td
                  key={x}
                  class={mark(y, x)}
                  style={{ backgroundColor: `rgb(${colour.join(" ")})`, color: inkOn(colour) }}
                >
                  {format(value, width > 5 ? 1 : 2)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
