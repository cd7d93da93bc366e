// The networks that are measured, and how many times as fast as the fastest peer they are to be.

export interface Target {
  readonly atLeast: number;
  readonly aim: number;
}

export interface NetworkEntry {
  /** Its name in the zoo. */
  readonly zoo: string;
  readonly target: Target;
}

const target = (atLeast: number, aim: number): Target => ({ atLeast, aim });

export const networks: Readonly<Record<string, NetworkEntry>> = {
  lenet5: { zoo: "lenet5", target: target(1.3, 2.5) },
  "squeezenet1.1": { zoo: "squeezenet1_1", target: target(1.25, 1.6) },
  "mobilenet-v2": { zoo: "mobilenet_v2", target: target(1.25, 1.6) },
  "mobilenet-v1": { zoo: "mobilenet_v1", target: target(1.25, 1.6) },
  alexnet: { zoo: "alexnet", target: target(1.4, 2) },
  googlenet: { zoo: "googlenet", target: target(1.6, 2.2) },
  resnet18: { zoo: "resnet18", target: target(2.2, 3) },
  resnet50: { zoo: "resnet50", target: target(1.6, 2.2) },
  "inception-v3": { zoo: "inception_v3", target: target(1.4, 2) },
  vgg16: { zoo: "vgg16", target: target(2.2, 3) },
};
