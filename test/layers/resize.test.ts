import {
  convTranspose1d,
  convTranspose2d,
  instanceNorm2d,
  pixelShuffle,
  sequential,
  upsample,
} from "../../src/index.js";
import { rejectsMessage, suite, throwsMessage } from "../harness/suite.js";

const test = suite("errors of layers that change the size");

test("options that make no sense are told where the layer is written", () => {
  const wrong: [() => unknown, RegExp][] = [
    [() => upsample({}), /^upsample: give either size/],
    [() => upsample({ size: 2, scale: 2 }), /^upsample: give either size/],
    [() => upsample({ scale: 0 }), /^upsample: scale is 0; it must be a number above 0/],
    [
      () => upsample({ scale: 2, mode: "cubic" as "nearest" }),
      /^upsample: mode is "cubic"; it must be "nearest"/,
    ],
    [
      () => upsample({ scale: 2, alignCorners: true }),
      /^upsample: alignCorners has a meaning only with mode/,
    ],
    [() => upsample({ factor: 2 } as object), /^upsample: unknown option "factor"/],
    [() => pixelShuffle(0), /^pixelShuffle: the factor is 0/],
    [() => instanceNorm2d({ momentum: 1 } as object), /^instanceNorm2d: unknown option "momentum"/],
    [
      () => convTranspose2d(4, 3, { outputPadding: 1 }),
      /^convTranspose2d: outputPadding is 1; it must be smaller than the stride, 1, or the dilation, 1/,
    ],
    [() => convTranspose2d(4, 3, { padding: "same" as "valid" }), /^convTranspose2d: padding is "same"/],
    [() => convTranspose1d(4, 3, { flip: true } as object), /^convTranspose1d: unknown option "flip"/],
  ];
  for (const [make, message] of wrong) throwsMessage(make, message);
});

test("inputs that do not fit are told with the layer's name", async () => {
  await rejectsMessage(
    () => sequential([convTranspose2d(4, 3, { groups: 2 })]).build([3, 4, 4]),
    /^Layer "0": convTranspose2d: groups is 2, which must divide the 3 input and the 4 output channels/,
  );
  await rejectsMessage(
    () => sequential([pixelShuffle(2)]).build([6, 4, 4]),
    /^Layer "0": depthToSpace: blocks of 2x2 pixels do not fit the input \[1, 6, 4, 4\]/,
  );
  await rejectsMessage(
    () => sequential([upsample({ scale: 2 })]).build([6, 4]),
    /^Layer "0": upsample: the input has shape \[1, 6, 4\], but it must be \[n, c, h, w\]/,
  );
});
test.run();
