import { Button, Segments, Select } from "../../parts/controls.js";
import { NumberField } from "../../parts/number-field.js";
import { edited, type Kernel, kernelOf, type Preset, presets, resized, SIZES } from "./kernels.js";

/** The least that is shown; by far less the sums would be beyond all numbers. */
const LEAST_DIVISOR = 0.001;

interface KernelProps {
  readonly kernel: Kernel;
  readonly onChange: (kernel: Kernel) => void;
}

/** The kernel's numbers, each of which can be edited. */
export function KernelEditor({ kernel, onChange }: KernelProps) {
  const { size, cells, divisor } = kernel;
  return (
    <div class="kernel">
      <h2>Kernel</h2>
      <div class={`kernel-cells of-${size}`}>
        {cells.map((cell, i) => (
          <NumberField
            key={`${size}-${i}`}
            label={`Kernel, row ${Math.floor(i / size) + 1}, column ${(i % size) + 1}`}
            value={cell}
            onChange={(value) => onChange(edited(kernel, i, value))}
          />
        ))}
      </div>
      <div class="kernel-divisor">
        <span aria-hidden="true">divided by</span>
        <NumberField
          label="Kernel, divided by"
          value={divisor}
          allows={(value) => Math.abs(value) >= LEAST_DIVISOR}
          onChange={(value) => onChange({ ...kernel, divisor: value, from: "own" })}
        />
      </div>
    </div>
  );
}

/** The choice of a kernel by name and size. */
export function KernelChoice({ kernel, onChange }: KernelProps) {
  const { from, size } = kernel;
  const named: readonly (readonly [Preset | "own", string])[] = presets(size);
  return (
    <>
      <Select
        label="Kernel"
        options={from === "own" ? [["own", "Your own"], ...named] : named}
        value={from}
        onChange={(choice) => choice !== "own" && onChange(kernelOf(choice, size))}
      />
      <Segments
        label="Kernel size"
        options={SIZES.map((side) => [side, `${side} × ${side}`] as const)}
        value={size}
        onChange={(side) => onChange(resized(kernel, side))}
      />
      {from === "random" && <Button onClick={() => onChange(kernelOf("random", size))}>Roll again</Button>}
    </>
  );
}
