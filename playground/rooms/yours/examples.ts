/** Networks to begin with. */
export const examples: readonly { readonly title: string; readonly source: string }[] = [
  {
    title: "LeNet-5",
    source: `// LeCun et al., 1998, in today's manner:
// ReLU and max pooling
sequential([
  conv2d(6, 5, { padding: 2 }), relu(),
  maxPool2d(2),
  conv2d(16, 5), relu(),
  maxPool2d(2),
  flatten(),
  linear(120), relu(),
  linear(84), relu(),
  linear(10),
])
`,
  },
  {
    title: "Small VGG",
    source: `// Simonyan and Zisserman, 2014: 3 x 3 kernels,
// twice as many channels after each pooling
const block = (channels) => [
  conv2d(channels, 3, { padding: 1 }), relu(),
  conv2d(channels, 3, { padding: 1 }), relu(),
  maxPool2d(2),
];

sequential([
  ...block(8),
  ...block(16),
  ...block(32),
  flatten(),
  linear(64), relu(), dropout(0.3),
  linear(10),
])
`,
  },
  {
    title: "Small ResNet",
    source: `// He et al., 2015: each block learns
// what to add to its input
const norm = (channels, kernel, options = {}) => [
  conv2d(channels, kernel, { bias: false, ...options }),
  batchNorm2d(),
];

const block = (channels, stride = 1) => sequential([
  residual(
    [
      ...norm(channels, 3, { stride, padding: 1 }), relu(),
      ...norm(channels, 3, { padding: 1 }),
    ],
    stride === 1 ? {} : { shortcut: sequential(norm(channels, 1, { stride })) },
  ),
  relu(),
]);

sequential([
  ...norm(8, 3, { padding: 1 }), relu(),
  block(8),
  block(16, 2),
  block(32, 2),
  globalAvgPool2d(), flatten(),
  linear(10),
])
`,
  },
  {
    title: "Inception",
    source: `// Szegedy et al., 2014: windows of several
// sizes side by side
const conv = (channels, kernel) => [
  conv2d(channels, kernel, { padding: "same" }), relu(),
];

const inception = (c) => parallel({
  one: sequential(conv(c, 1)),
  three: sequential([...conv(c, 1), ...conv(2 * c, 3)]),
  five: sequential([...conv(c / 2, 1), ...conv(c, 5)]),
  pool: sequential([maxPool2d(3, { stride: 1, padding: 1 }), ...conv(c, 1)]),
});

sequential([
  ...conv(8, 5), maxPool2d(2),
  inception(8), maxPool2d(2),
  inception(12),
  globalAvgPool2d(), flatten(),
  linear(10),
])
`,
  },
  {
    title: "Depthwise separable",
    source: `// Howard et al., 2017: each channel by itself,
// then 1 x 1 across the channels
const separable = (channels, stride = 1) => [
  depthwiseConv2d(3, { stride, padding: 1, bias: false }), batchNorm2d(), relu(),
  conv2d(channels, 1, { bias: false }), batchNorm2d(), relu(),
];

sequential([
  conv2d(16, 3, { stride: 2, padding: 1, bias: false }), batchNorm2d(), relu(),
  ...separable(32),
  ...separable(64, 2),
  ...separable(64),
  globalAvgPool2d(), flatten(),
  linear(10),
])
`,
  },
  {
    title: "Network in network",
    source: `// Lin et al., 2013: small networks slide over
// the image; no linear layer at the end
const block = (channels, kernel, out = channels) => [
  conv2d(channels, kernel, { padding: "same" }), relu(),
  conv2d(channels, 1), relu(),
  conv2d(out, 1), relu(),
];

sequential([
  ...block(16, 5), maxPool2d(2), dropout(0.2),
  ...block(24, 3), maxPool2d(2), dropout(0.2),
  ...block(24, 3, 10),
  globalAvgPool2d(), flatten(),
])
`,
  },
];
