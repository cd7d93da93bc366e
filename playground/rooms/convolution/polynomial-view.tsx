import { useMemo, useState } from "preact/hooks";
import { Button, Slider } from "../../parts/controls.js";
import { format } from "../../parts/format.js";
import { NumberField } from "../../parts/number-field.js";
import { Polynomial, Power } from "./polynomial.js";
import { product, termsOf } from "./polynomials.js";

const MOST = 7;

export interface Factors {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

interface PolynomialViewProps {
  readonly factors: Factors;
  readonly onChange: (factors: Factors) => void;
}

/** Two polynomials, and how turning one and sliding it under the other multiplies them. */
export function PolynomialView({ factors, onChange }: PolynomialViewProps) {
  const { a, b } = factors;
  const result = useMemo(() => product(a, b), [a, b]);
  const [chosen, choose] = useState(2);
  const n = Math.min(chosen, result.size - 1);
  const terms = useMemo(() => termsOf(a, b, n), [a, b, n]);

  // Columns of the picture: where the turned second factor may lie.
  const before = b.length - 1;
  const columns = a.length + 2 * before;
  const place = (column: number) => ({ gridColumn: `${column + 2}` });
  return (
    <section class="panel polynomials" aria-label="Product of two polynomials">
      <p>
        Multiplying polynomials is convolution: turn one row of coefficients around, slide it under the other,
        multiply what lies above each other and add up. Each place gives one coefficient of the product.
      </p>
      <div class="factors">
        <Factor name="a" coefficients={a} onChange={(next) => onChange({ a: next, b })} />
        <Factor name="b" coefficients={b} onChange={(next) => onChange({ a, b: next })} />
      </div>
      <p class="written">
        (<Polynomial of={a} />) (<Polynomial of={b} />)<br />= <Polynomial of={result.data} at={n} />
      </p>
      <Slider
        label="Coefficient of the product"
        min={0}
        max={result.size - 1}
        value={n}
        text={`c${subscript(n)}, of power ${n}`}
        onChange={choose}
      />
      <div class="scroll" tabIndex={0} role="group" aria-label="The sliding rows">
        <div
          class="sliding"
          style={{ gridTemplateColumns: `max-content repeat(${columns}, minmax(var(--cell), 1fr))` }}
        >
          <b class="name row-a">a</b>
          {a.map((value, i) => (
            <Cell key={`a${i}`} name={`a${subscript(i)}`} value={value} row="a" style={place(before + i)} />
          ))}
          <b class="name row-b">b, turned</b>
          {b.map((value, j) => {
            const i = n - j;
            const meets = i >= 0 && i < a.length;
            return (
              <Cell
                key={`b${j}`}
                name={`b${subscript(j)}`}
                value={value}
                row={meets ? "b" : "b off"}
                style={place(before + i)}
              />
            );
          })}
          <b class="name row-product">products</b>
          {terms.map(({ i, j, value }) => (
            <Cell
              key={`p${i}`}
              name={`a${subscript(i)} b${subscript(j)}`}
              value={value}
              row="product"
              style={place(before + i)}
            />
          ))}
        </div>
      </div>
      <p class="result" aria-live="polite">
        c{subscript(n)} ={" "}
        {terms.map(({ i, value }, at) => (
          <span key={i}>
            {at > 0 && " + "}
            {value < 0 && at > 0 ? `(${format(value, 3)})` : format(value, 3)}
          </span>
        ))}{" "}
        = <b class="sum">{format(result.data[n]!, 3)}</b>
      </p>
      <div class="scroll" tabIndex={0} role="group" aria-label="Coefficients of the product">
        <ol class="coefficients">
          {Array.from(result.data, (value, power) => (
            <li key={power}>
              <button type="button" aria-pressed={power === n} onClick={() => choose(power)}>
                <b>{format(value, 3)}</b>
                <span>{power === 0 ? "1" : <Power of={power} />}</span>
              </button>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

interface CellProps {
  readonly name: string;
  readonly value: number;
  readonly row: string;
  readonly style: { gridColumn: string };
}

function Cell({ name, value, row, style }: CellProps) {
  return (
    <div class={`cell row-${row}`} style={style}>
      <b>{format(value, 3)}</b>
      <span>{name}</span>
    </div>
  );
}

interface FactorProps {
  readonly name: "a" | "b";
  readonly coefficients: readonly number[];
  readonly onChange: (coefficients: readonly number[]) => void;
}

/** The coefficients of one polynomial, lowest power first. */
function Factor({ name, coefficients, onChange }: FactorProps) {
  return (
    <fieldset class="factor">
      <legend>Coefficients of {name}, lowest power first</legend>
      <div>
        {coefficients.map((value, i) => (
          <div key={i}>
            <NumberField
              label={`${name}, coefficient of power ${i}`}
              value={value}
              onChange={(next) => onChange(coefficients.map((old, at) => (at === i ? next : old)))}
            />
            <span aria-hidden="true">{i === 0 ? "1" : <Power of={i} />}</span>
          </div>
        ))}
        <Button
          label={`${name}: one power more`}
          disabled={coefficients.length >= MOST}
          onClick={() => onChange([...coefficients, 1])}
        >
          +
        </Button>
        <Button
          label={`${name}: one power less`}
          disabled={coefficients.length <= 1}
          onClick={() => onChange(coefficients.slice(0, -1))}
        >
          −
        </Button>
      </div>
    </fieldset>
  );
}

const subscript = (n: number): string => [...`${n}`].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");
