import { check, checkOptions } from "../../errors.js";
import type { Input } from "../../functional/call.js";
import { conv2d } from "../../functional/windows.js";
import type { PaddingMode } from "../../ops/pad.js";
import { Tensor } from "../../tensor.js";
import type { Figure, PicturePanel } from "../figure/figure.js";
import { kernels as handmade } from "./kernels.js";
import { extent, matrixPanel } from "./panels.js";
import { type GrayPicture, grayOf, kernelOf } from "./picture.js";

export interface AppliedKernels {
  /** What each kernel makes of the picture, [h, w], by its name. */
  readonly responses: Readonly<Record<string, Tensor>>;
  /** Strength of edges whatever their direction, sqrt(x² + y²) of the kernels sobelX and sobelY, where both are there, [h, w]. */
  readonly magnitude?: Tensor;
  readonly figure: Figure;
}

/** What each of the library's kernels is for. */
const purposes: Readonly<Record<keyof typeof handmade, string>> = {
  identity: "The picture as it is.",
  sobelX: "Change from left to right. Red: lighter to the right, blue: darker.",
  sobelY: "Change from top to bottom. Red: lighter below, blue: darker.",
  laplacian4: "How a pixel differs from its four neighbours.",
  laplacian8: "How a pixel differs from its eight neighbours.",
  box: "The mean of 3 × 3 pixels: a blur.",
  gaussian: "A mean in which near pixels count more: a smoother blur.",
  sharpen: "What differs from its neighbours comes out more.",
  emboss: "Light from the top left: a relief.",
};

/**
 * A picture through kernels made by hand, side by side, with the strength of edges.
 * @param kernels matrices [kh, kw] by name. Default: all of `kernels`
 */
export function applyKernels(
  picture: GrayPicture,
  kernels: Readonly<Record<string, Input>> = handmade,
  options: { readonly paddingMode?: PaddingMode } = {},
): AppliedKernels {
  const what = "applyKernels";
  checkOptions(what, options, ["paddingMode"]);
  const { paddingMode = "replicate" } = options;
  const x = grayOf(what, picture);
  const names = Object.keys(kernels);
  check(
    names.length > 0,
    `${what}: there are no kernels. Give matrices by name, such as { sobelX: kernels.sobelX }.`,
  );
  const applied = names.map((name) => {
    const kernel = kernelOf(`${what}: ${name}`, kernels[name]!);
    return { name, kernel, response: conv2d(x, kernel, { padding: "same", paddingMode }) };
  });
  const responses = Object.fromEntries(applied.map(({ name, response }) => [name, response]));
  const { sobelX, sobelY } = responses;
  const magnitude =
    sobelX && sobelY
      ? new Tensor(
          sobelX.data.map((value, i) => Math.hypot(value, sobelY.data[i]!)),
          sobelX.shape,
        )
      : undefined;

  const range = extent([0, ...x.data]);
  // What adds up to 1 gives a picture, in the picture's own colours.
  const panel = (name: string, kernel: Tensor, response: Tensor): PicturePanel => {
    const sum = kernel.data.reduce((total, value) => total + value, 0);
    const caption = purposes[name as keyof typeof handmade];
    return matrixPanel(name, response, {
      ...(Math.abs(sum - 1) < 1e-4 && range[0] === 0 ? { map: "gray", range } : { map: "signed" }),
      ...(caption !== undefined && { caption }),
    });
  };
  return {
    responses,
    ...(magnitude && { magnitude }),
    figure: {
      title: "Kernels made by hand",
      text:
        "Each kernel slides over the picture; at every place its numbers are multiplied with the pixels under it and added up. " +
        "Networks learn such numbers by themselves.",
      columns: 4,
      panels: [
        matrixPanel("The picture", x, { range }),
        ...(magnitude
          ? [
              matrixPanel("Strength of edges", magnitude, {
                caption: "The length of (sobelX, sobelY): edges of all directions.",
              }),
            ]
          : []),
        ...applied.flatMap(({ name, kernel, response }) => [
          matrixPanel(`Kernel ${name}`, kernel, { map: "signed" }),
          panel(name, kernel, response),
        ]),
      ],
    },
  };
}
