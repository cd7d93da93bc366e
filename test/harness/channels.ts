import { type Ref, ref } from "./op.js";

/** Tensors side by side along their channels. */
export function concatRef(inputs: readonly Ref[]): Ref {
  const [n = 1, , ...pixels] = inputs[0]!.shape;
  const channels = inputs.reduce((sum, { shape }) => sum + shape[1]!, 0);
  const y = ref([n, channels, ...pixels]);
  let out = 0;
  for (let image = 0; image < n; image++)
    for (const { data } of inputs) {
      const size = data.length / n;
      y.data.set(data.subarray(image * size, (image + 1) * size), out);
      out += size;
    }
  return y;
}

/** Channels start to start + count - 1. */
export function sliceRef(x: Ref, start: number, count: number): Ref {
  const [n = 1, c = 1, ...pixels] = x.shape;
  const y = ref([n, count, ...pixels]);
  const plane = x.data.length / (n * c);
  for (let image = 0; image < n; image++) {
    const from = (image * c + start) * plane;
    y.data.set(x.data.subarray(from, from + count * plane), image * count * plane);
  }
  return y;
}

/** Zeros around each plane of [n, c, h, w]. */
export function padRef(x: Ref, top: number, left: number, bottom: number, right: number): Ref {
  const [n = 1, c = 1, h = 1, w = 1] = x.shape;
  const y = ref([n, c, h + top + bottom, w + left + right]);
  x.data.forEach((value, i) => {
    const row = Math.floor(i / w);
    y.data[(Math.floor(row / h) * y.shape[2]! + (row % h) + top) * y.shape[3]! + (i % w) + left] = value;
  });
  return y;
}
