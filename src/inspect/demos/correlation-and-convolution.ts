import type { Input } from "../../functional/call.js";
import { conv2d } from "../../functional/windows.js";
import { Tensor } from "../../tensor.js";
import type { Figure } from "../figure/figure.js";
import { formatNumber } from "../numbers.js";
import { extent, largestDifference, matrixPanel } from "./panels.js";
import { type GrayPicture, grayOf, kernelOf } from "./picture.js";

/** What a kernel gives as it is, and turned around. */
export interface CorrelationAndConvolution {
  /** The kernel turned by 180 degrees, [kh, kw]. */
  readonly turned: Tensor;
  /** The kernel slides as it is: what network libraries call convolution, [h, w]. */
  readonly correlation: Tensor;
  /** The kernel is turned first: what mathematics calls convolution, [h, w]. */
  readonly convolution: Tensor;
  /** Largest distance between the two: 0 where the kernel looks the same turned around. */
  readonly largestDifference: number;
  readonly figure: Figure;
}

/** Correlation and true convolution of a picture with a kernel [kh, kw] side by side. Zeros lie around the picture. */
export function correlationAndConvolution(picture: GrayPicture, kernel: Input): CorrelationAndConvolution {
  const what = "correlationAndConvolution";
  const x = grayOf(what, picture);
  const w = kernelOf(what, kernel);
  const turned = new Tensor(w.data.slice().reverse(), w.shape);
  const correlation = conv2d(x, w, { padding: "same" });
  const convolution = conv2d(x, w, { padding: "same", flip: true });
  const difference = largestDifference(correlation.data, convolution.data);
  const apart = correlation.data.map((value, i) => convolution.data[i]! - value);
  const [least, most] = extent([...correlation.data, ...convolution.data, ...apart]);
  const reach = Math.max(-least, most);
  const colours = { map: "signed", range: [-reach, reach] } as const;
  return {
    turned,
    correlation,
    convolution,
    largestDifference: difference,
    figure: {
      title: "Correlation and convolution",
      text:
        "Both slide a kernel over the picture, multiply and add. Correlation, which networks compute, takes the kernel as it is; " +
        "convolution turns it by 180 degrees first. " +
        (difference === 0
          ? "With this kernel both give the same: it looks the same turned around, or the picture does."
          : `Here they differ by up to ${formatNumber(difference)}. A network that learns its kernels learns them turned and loses nothing.`),
      columns: 3,
      panels: [
        matrixPanel("The picture", x),
        matrixPanel("The kernel", w, { map: "signed", caption: "Correlation slides it as it is." }),
        matrixPanel("The kernel turned by 180°", turned, {
          map: "signed",
          caption: "Convolution slides it like this.",
        }),
        matrixPanel("Correlation", correlation, colours),
        matrixPanel("Convolution", convolution, colours),
        matrixPanel("Convolution minus correlation", new Tensor(apart, correlation.shape), {
          ...colours,
          caption: `Largest difference: ${formatNumber(difference)}.`,
        }),
      ],
    },
  };
}
