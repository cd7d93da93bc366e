import { type Contender, NETWORK, WEIGHTS } from "./contender.js";

/** On one thread on the calling thread, on two on two workers, as anyone would call it. */
export const featuremap: Contender = {
  name: "featuremap",
  files: ({ zoo }) => [zoo ? WEIGHTS : NETWORK],
  async load(host, job) {
    const { init, Tensor, models, importOnnx } = await host.featuremap();
    return async ([bytes], input) => {
      const runtime = await init({ threads: job.threads });
      const model = job.zoo
        ? await models[job.zoo]!.create({ weights: bytes!, runtime })
        : await importOnnx(bytes!, { runtime });
      const x = new Tensor(input, job.input);
      return {
        infer:
          job.threads === 1 ? () => model.predictSync(x).data : async () => (await model.predict(x)).data,
        memory: () => ({
          used: runtime.heap.usedBytes,
          reserved: runtime.heap.memory.buffer.byteLength,
        }),
        end: () => model.dispose(),
      };
    };
  },
};
