// Controls as all rooms use them: labelled, reachable by keyboard, of one look.

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface ChoiceProps<T extends string | number> {
  readonly label: string;
  readonly options: readonly (readonly [value: T, text: string])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** One of a few, all in view. */
export function Segments<T extends string | number>({ label, options, value, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend>{label}</legend>
      <div>
        {options.map(([option, text]) => (
          <label key={option}>
            <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** One of many. */
export function Select<T extends string | number>({ label, options, value, onChange }: ChoiceProps<T>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(options[event.currentTarget.selectedIndex]![0])}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly value: number;
  /** The value in words, beside the label. */
  readonly text?: string;
  readonly onChange: (value: number) => void;
}

/** A number within bounds. */
export function Slider({ label, min, max, step = 1, value, text = String(value), onChange }: SliderProps) {
  return (
    <label class="field slider">
      <span>
        {label} <b>{text}</b>
      </span>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={text}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

interface CheckProps {
  readonly label: string;
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}

/** Yes or no. */
export function Check({ label, value, onChange }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly kind?: "main" | "plain";
  /** Not to be pressed now. It keeps the focus, so that the keyboard does not lose its place. */
  readonly disabled?: boolean;
  /** What it does, where its text alone does not say. */
  readonly label?: string;
}

export function Button({ children, onClick, kind = "plain", disabled = false, label }: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${kind}`}
      aria-disabled={disabled}
      aria-label={label}
      onClick={disabled ? undefined : onClick}
    >
      {children}
    </button>
  );
}

/** A file of the user's, chosen or dropped. */
export function FileDrop({
  label,
  text,
  accept,
  multiple = false,
  onFiles,
}: {
  readonly label: string;
  readonly text: string;
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}) {
  const take = (files: FileList | null | undefined) => {
    if (files && files.length > 0) onFiles([...files]);
  };
  return (
    <label
      class="drop"
      onDragOver={(event) => {
        event.preventDefault();
        event.currentTarget.classList.add("over");
      }}
      onDragLeave={(event) => event.currentTarget.classList.remove("over")}
      onDrop={(event) => {
        event.preventDefault();
        event.currentTarget.classList.remove("over");
        take(event.dataTransfer?.files);
      }}
    >
      <b>{label}</b>
      <span>{text}</span>
      <input
        type="file"
        accept={accept}
        multiple={multiple}
        onChange={(event) => {
          take(event.currentTarget.files);
          // The same file may be chosen again after it was changed.
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}

/** How far something long has come, and a way to end it. */
export function Progress({
  label,
  done,
  total,
  onCancel,
}: {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly onCancel?: () => void;
}) {
  return (
    <div class="progress">
      <label>
        <span>{label}</span>
        <progress max={total || 1} value={total > 0 ? done : undefined} />
      </label>
      {onCancel && <Button onClick={onCancel}>Cancel</Button>}
    </div>
  );
}

/** A number that counts, under its name. */
export function Stat({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div class="stat">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
