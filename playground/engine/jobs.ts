/** The jobs of each room, loaded when the first of them is asked for. */
export const jobModules = {
  photographs: () => import("./jobs/photographs.js"),
  networks: () => import("./jobs/networks.js"),
  lenet: () => import("./jobs/lenet.js"),
  yours: () => import("./jobs/yours.js"),
};

type Modules = { [M in keyof typeof jobModules]: Awaited<ReturnType<(typeof jobModules)[M]>> };

/** "lenet/train": the function `train` of `jobs/lenet.ts`. */
export type JobName = {
  [M in keyof Modules]: `${M}/${keyof Modules[M] & string}`;
}[keyof Modules];

type Named<K extends JobName> = K extends `${infer M extends keyof Modules}/${infer F}`
  ? Modules[M][F & keyof Modules[M]]
  : never;

/** What a job takes and gives. */
export type ArgsOf<K extends JobName> =
  Named<K> extends (args: infer A, ...rest: never[]) => unknown ? A : never;
export type ResultOf<K extends JobName> = Named<K> extends (...args: never[]) => infer R ? Awaited<R> : never;
