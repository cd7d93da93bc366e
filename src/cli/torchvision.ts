// Where torchvision keeps weights trained on ImageNet, for the networks of the zoo that are its own too.

export const TORCHVISION = "https://download.pytorch.org/models/";

/** Its first weights for each network ("IMAGENET1K_V1"), for pictures prepared as the zoo prepares them. */
const files: Readonly<Record<string, string>> = {
  alexnet: "alexnet-owt-7be5be79",
  vgg11: "vgg11-8a719046",
  vgg13: "vgg13-19584684",
  vgg16: "vgg16-397923af",
  vgg19: "vgg19-dcbb9e9d",
  vgg11_bn: "vgg11_bn-6002323d",
  vgg13_bn: "vgg13_bn-abd245e5",
  vgg16_bn: "vgg16_bn-6c64b313",
  vgg19_bn: "vgg19_bn-c79401a0",
  squeezenet1_0: "squeezenet1_0-b66bff10",
  squeezenet1_1: "squeezenet1_1-b8a52dc0",
  resnet18: "resnet18-f37072fd",
  resnet34: "resnet34-b627a593",
  resnet50: "resnet50-0676ba61",
  resnet101: "resnet101-63fe2227",
  resnet152: "resnet152-394f9c45",
  googlenet: "googlenet-1378be20",
  inception_v3: "inception_v3_google-0cc3c7bd",
  mobilenet_v2: "mobilenet_v2-b0353104",
};

/** The address of torchvision's weights for a network of the zoo; undefined where it has none. */
export function torchvisionWeights(name: string): string | undefined {
  return Object.hasOwn(files, name) ? `${TORCHVISION}${files[name]}.pth` : undefined;
}
