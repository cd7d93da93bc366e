import { format } from "../../parts/format.js";

/** A coefficient and its power, as one writes it: 3x², with its sign before it. */
export interface Written {
  readonly sign: "" | "−" | " + " | " − ";
  /** Empty where it is 1 and a power follows. */
  readonly number: string;
  readonly power: number;
}

/** The terms of a polynomial that are not zero, the lowest power first. */
export function written(coefficients: ArrayLike<number>): Written[] {
  const terms: Written[] = [];
  for (const [power, value] of Array.from(coefficients).entries()) {
    if (value === 0) continue;
    const [minus, plus] = terms.length > 0 ? ([" − ", " + "] as const) : (["−", ""] as const);
    const number = format(Math.abs(value), 3);
    terms.push({ sign: value < 0 ? minus : plus, number: number === "1" && power > 0 ? "" : number, power });
  }
  return terms.length > 0 ? terms : [{ sign: "", number: "0", power: 0 }];
}

/** x with its power; nothing for the constant. */
export function Power({ of }: { readonly of: number }) {
  if (of === 0) return null;
  return (
    <>
      <i>x</i>
      {of > 1 && <sup>{of}</sup>}
    </>
  );
}

/** A polynomial written out. The term of the power `at` stands out. */
export function Polynomial({ of, at }: { readonly of: ArrayLike<number>; readonly at?: number }) {
  return (
    <span class="polynomial">
      {written(of).map(({ sign, number, power }) => (
        <span key={power}>
          {sign}
          <span class={power === at ? "here" : ""}>
            {number}
            <Power of={power} />
          </span>
        </span>
      ))}
    </span>
  );
}
