// The networks that are measured, and how fast they are to be.

export interface Target {
  readonly atLeast: number;
  readonly aim: number;
}

export interface NetworkEntry {
  /** Its name in the zoo. */
  readonly zoo: string;
  /** Time of the fastest peer divided by ours. */
  readonly target: Target;
  /** Our time on one thread divided by that on two. */
  readonly speedUp: number;
  /** Whether one thread is to be as fast as PyTorch's native code, operation by operation. */
  readonly native?: boolean;
}

const target = (atLeast: number, aim: number): Target => ({ atLeast, aim });

export const networks: Readonly<Record<string, NetworkEntry>> = {
  lenet5: { zoo: "lenet5", target: target(1.3, 2.5), speedUp: 1 },
  "squeezenet1.1": { zoo: "squeezenet1_1", target: target(1.25, 1.6), speedUp: 1 },
  "mobilenet-v2": { zoo: "mobilenet_v2", target: target(1.25, 1.6), speedUp: 1.6 },
  "mobilenet-v1": { zoo: "mobilenet_v1", target: target(1.25, 1.6), speedUp: 1.6 },
  alexnet: { zoo: "alexnet", target: target(1.4, 2), speedUp: 1 },
  googlenet: { zoo: "googlenet", target: target(1.6, 2.2), speedUp: 1 },
  resnet18: { zoo: "resnet18", target: target(2.2, 3), speedUp: 1.8, native: true },
  resnet50: { zoo: "resnet50", target: target(1.6, 2.2), speedUp: 1.8 },
  "inception-v3": { zoo: "inception_v3", target: target(1.4, 2), speedUp: 1 },
  vgg16: { zoo: "vgg16", target: target(2.2, 3), speedUp: 1.8, native: true },
};
