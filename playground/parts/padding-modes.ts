/** What lies beyond the border, in the library's names and in words. */
export const PADDING_MODES = [
  ["zeros", "Zeros", "zeros"],
  ["reflect", "Reflect", "the picture mirrored at its outermost pixels"],
  ["symmetric", "Symmetric", "the picture mirrored at its edge, outermost pixels twice"],
  ["replicate", "Replicate", "the outermost pixel again and again"],
  ["circular", "Circular", "the picture's other side"],
] as const;

export type PaddingMode = (typeof PADDING_MODES)[number][0];
