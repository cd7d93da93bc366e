// A fresh process up to its first prediction by the method that is named. Prints milliseconds.
const method = process.argv[2];

const began = performance.now();
const { Tensor } = await import("featuremap");
const { lenet5 } = await import("featuremap/zoo");
const imported = performance.now();
const model = await lenet5();
const built = performance.now();
await model[method](new Tensor(new Float32Array(32 * 32), [1, 1, 32, 32]));
const answered = performance.now();
model.dispose();

console.log(
  JSON.stringify({
    node: began,
    import: imported - began,
    build: built - imported,
    answer: answered - built,
    total: answered - began,
  }),
);
