import { Segments, Select, Slider } from "../../parts/controls.js";
import { PADDING_MODES } from "../../parts/padding-modes.js";
import { type Settings, spanOf } from "./convolve.js";
import { KernelChoice } from "./kernel-editor.js";
import type { Kernel } from "./kernels.js";

interface SettingsProps {
  readonly kernel: Kernel;
  readonly onKernel: (kernel: Kernel) => void;
  readonly settings: Settings;
  readonly onChange: (settings: Settings) => void;
}

const MODES = [["none", "None"], ...PADDING_MODES.map(([mode, text]) => [mode, text] as const)] as const;

/** How the kernel slides. */
export function ConvolutionSettings({ kernel, onKernel, settings, onChange }: SettingsProps) {
  const { mode, amount, stride, dilation, flip } = settings;
  const set = (change: Partial<Settings>) => onChange({ ...settings, ...change });
  const keeps = (spanOf(kernel.size, dilation) - 1) / 2;
  return (
    <>
      <KernelChoice kernel={kernel} onChange={onKernel} />
      <Segments
        label="The kernel is"
        options={[
          [0, "as written: correlation"],
          [1, "turned: true convolution"],
        ]}
        value={+flip}
        onChange={(turned) => set({ flip: turned === 1 })}
      />
      <Select label="Padding" options={MODES} value={mode} onChange={(next) => set({ mode: next })} />
      <Slider
        label="Padding, pixels"
        min={0}
        max={12}
        value={mode === "none" ? 0 : amount}
        text={mode === "none" ? "none" : `${amount}${amount === keeps ? " (same size)" : ""}`}
        onChange={(next) => set({ amount: next, mode: mode === "none" && next > 0 ? "zeros" : mode })}
      />
      <Slider label="Stride" min={1} max={6} value={stride} onChange={(next) => set({ stride: next })} />
      <Slider
        label="Dilation"
        min={1}
        max={4}
        value={dilation}
        onChange={(next) => set({ dilation: next })}
      />
    </>
  );
}
