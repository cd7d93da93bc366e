import { useState } from "preact/hooks";
import { format, parseNumber } from "./format.js";

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  /** Which numbers may be; all by default. */
  readonly allows?: (value: number) => boolean;
}

/** A number to type, such as -2, 0.5 or 1/9; arrow up and down step by 1, with shift by 0.1. */
export function NumberField({ label, value, onChange, allows = () => true }: NumberFieldProps) {
  // What is being typed need not be a number yet.
  const [draft, setDraft] = useState<string>();
  const [wrong, setWrong] = useState(false);
  const take = (next: number | undefined) => {
    if (next === undefined || !allows(next)) return false;
    onChange(next);
    return true;
  };
  return (
    <input
      class="number-field"
      type="text"
      autocomplete="off"
      spellcheck={false}
      aria-label={label}
      aria-invalid={wrong}
      value={draft ?? format(value, 3)}
      onFocus={(event) => event.currentTarget.select()}
      onInput={(event) => {
        const text = event.currentTarget.value;
        setDraft(text);
        setWrong(!take(parseNumber(text)));
      }}
      onBlur={() => {
        setDraft(undefined);
        setWrong(false);
      }}
      onKeyDown={(event) => {
        const sign = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
        if (sign === 0) return;
        event.preventDefault();
        setDraft(undefined);
        setWrong(false);
        const step = sign * (event.shiftKey ? 0.1 : 1);
        // Without the noise of binary fractions.
        take(Number((value + step).toFixed(6)));
      }}
    />
  );
}
