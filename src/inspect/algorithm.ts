import type { KernelName } from "../../build/wasm/kernels.js";
import type { Step } from "../graph/builder.js";

/** What kernels do, in words; `window` is `3×3`, or empty where the layer has none. Others go by their own names. */
const algorithms: Readonly<Partial<Record<KernelName, (window: string) => string>>> = {
  contract: (window) =>
    window === "" ? "matrix product" : /^1(×1)?$/.test(window) ? window : `direct ${window}`,
  contractVector: () => "matrix-vector product",
  contractVectorInt16: () => "matrix-vector product, int16",
  depthwiseConv2d: (window) => `depthwise ${window}`,
  winograd4: (window) => `Winograd 4×4 of ${window}`,
  winograd2: (window) => `Winograd 2×2 of ${window}`,
  winograd2of5: (window) => `Winograd 2×2 of ${window}`,
  winograd2at2: (window) => `Winograd 2×2 of ${window}`,
  winograd3of4: (window) => `Winograd 3 of ${window}`,
  winogradStem: (window) => `Winograd by rows of ${window}`,
  matmul: () => "matrix product",
  padAround: () => "pad",
};

/** How a layer is computed: by the kernel that has the most to do. Empty where it has nothing to compute. */
export function algorithmOf(steps: readonly Step[], window: string): string {
  const work = new Map<KernelName, number>();
  for (const { kernel, units, flops } of steps) work.set(kernel, (work.get(kernel) ?? 0) + units * flops);
  const [[kernel] = []] = [...work].sort(([, a], [, b]) => b - a);
  if (kernel === undefined) return "";
  return algorithms[kernel]?.(window) ?? inWords(kernel);
}

/** `local response norm` of localResponseNorm, `max pool` of maxPool2d. */
export function inWords(kernel: string): string {
  return kernel.replace(/\dd$/, "").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
