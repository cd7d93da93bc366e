import type { Place, View } from "./layout.js";
import { float, type Word } from "./op.js";

/** What a convolution does to its sums before it writes them: y = clamp(sum + bias + residual, low, high). */
export interface Epilogue {
  /** One number an output channel, padded to whole blocks; or null. */
  readonly bias: Place | null;
  /** Of the output's shape, under strides of its own; or null. */
  readonly residual: View | null;
  /** -Infinity and Infinity where nothing is clamped. A NaN stays one. */
  readonly low: number;
  readonly high: number;
}

/** Sums are written as they are. */
export const NO_EPILOGUE: Epilogue = {
  bias: null,
  residual: null,
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
};

/** The bounds as a kernel's constants. */
export function bounds({ low, high }: Epilogue): Word[] {
  return [float(low), float(high)];
}
