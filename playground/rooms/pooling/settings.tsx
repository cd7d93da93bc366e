import { Check, Segments, Slider } from "../../parts/controls.js";
import { mostPadding, type PoolSettings, type Sides } from "./pool.js";

interface PoolControlsProps {
  readonly settings: PoolSettings;
  readonly onChange: (settings: PoolSettings) => void;
}

/** How the window pools and slides. */
export function PoolControls({ settings, onChange }: PoolControlsProps) {
  const { kind, size, stride, padding, ceil, countPadding } = settings;
  const set = (change: Partial<PoolSettings>) => onChange({ ...settings, ...change });
  return (
    <>
      <Segments
        label="Each window gives"
        options={[
          ["max", "its largest"],
          ["mean", "its mean"],
          ["global", "one mean of all"],
        ]}
        value={kind}
        onChange={(next) => set({ kind: next })}
      />
      {kind !== "global" && (
        <>
          <Slider
            label="Window"
            min={1}
            max={8}
            value={size}
            text={`${size} × ${size}`}
            onChange={(next) => set({ size: next, padding: Math.min(padding, mostPadding(next)) })}
          />
          <Slider label="Stride" min={1} max={8} value={stride} onChange={(next) => set({ stride: next })} />
          <Slider
            label="Padding, pixels"
            min={0}
            max={mostPadding(size)}
            value={padding}
            onChange={(next) => set({ padding: next })}
          />
          <Check
            label="Round the size up (ceil mode)"
            value={ceil}
            onChange={(next) => set({ ceil: next })}
          />
          {kind === "mean" && (
            <Check
              label="Padding counts as zeros"
              value={countPadding}
              onChange={(next) => set({ countPadding: next })}
            />
          )}
        </>
      )}
    </>
  );
}

interface SideControlsProps {
  readonly sides: Sides;
  readonly onChange: (sides: Sides) => void;
}

/** How much is added on each side. */
export function SideControls({ sides, onChange }: SideControlsProps) {
  return (
    <>
      {(["top", "right", "bottom", "left"] as const).map((side) => (
        <Slider
          key={side}
          label={`Pixels at the ${side}`}
          min={0}
          max={24}
          value={sides[side]}
          onChange={(amount) => onChange({ ...sides, [side]: amount })}
        />
      ))}
    </>
  );
}
