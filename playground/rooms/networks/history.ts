// What was measured, by whom, and where it is written.

/** A result of the ImageNet challenge (ILSVRC), classification, on its test set: top-5 error in percent. */
export interface Result {
  readonly year: number;
  readonly name: string;
  readonly error: number;
  /** Share of the field, and how it was measured. */
  readonly note: string;
  readonly paper: string;
  /** A convolutional network, something before them, or people. */
  readonly kind: "network" | "before" | "people";
  /** In the zoo. */
  readonly zoo?: string;
}

const challenge = "Russakovsky et al., ImageNet large scale visual recognition challenge, IJCV 2015";

export const results: readonly Result[] = [
  {
    year: 2010,
    name: "NEC-UIUC",
    error: 28.2,
    note: "winner: local descriptors and a linear classifier",
    paper: challenge,
    kind: "before",
  },
  {
    year: 2011,
    name: "XRCE",
    error: 25.8,
    note: "winner: Fisher vectors, compressed",
    paper: challenge,
    kind: "before",
  },
  {
    year: 2012,
    name: "AlexNet",
    error: 16.4,
    note: "winner: five networks together, without other data",
    paper:
      "Krizhevsky, Sutskever, Hinton, ImageNet classification with deep convolutional neural networks, NIPS 2012",
    kind: "network",
    zoo: "alexnet_2012",
  },
  {
    year: 2013,
    name: "Clarifai",
    error: 11.7,
    note: "winner: networks after Zeiler and Fergus, without other data",
    paper: challenge,
    kind: "network",
  },
  {
    year: 2013,
    name: "ZF Net",
    error: 14.8,
    note: "six networks together; found by looking into AlexNet",
    paper: "Zeiler, Fergus, Visualizing and understanding convolutional networks, ECCV 2014",
    kind: "network",
  },
  {
    year: 2014,
    name: "GoogLeNet",
    error: 6.67,
    note: "winner: seven networks together",
    paper: "Szegedy et al., Going deeper with convolutions, CVPR 2015",
    kind: "network",
    zoo: "googlenet_2014",
  },
  {
    year: 2014,
    name: "VGG",
    error: 7.32,
    note: "second: seven networks together",
    paper:
      "Simonyan, Zisserman, Very deep convolutional networks for large-scale image recognition, ICLR 2015",
    kind: "network",
    zoo: "vgg16",
  },
  {
    year: 2014,
    name: "a trained person",
    error: 5.1,
    note: "one annotator, after practice, on 1,500 pictures",
    paper: challenge,
    kind: "people",
  },
  {
    year: 2015,
    name: "Inception-v2",
    error: 4.82,
    note: "six networks together, after the challenge of 2014",
    paper: "Ioffe, Szegedy, Batch normalization, ICML 2015",
    kind: "network",
    zoo: "inception_v2",
  },
  {
    year: 2015,
    name: "ResNet",
    error: 3.57,
    note: "winner: six networks of different depth together",
    paper: "He, Zhang, Ren, Sun, Deep residual learning for image recognition, CVPR 2016",
    kind: "network",
    zoo: "resnet152",
  },
  {
    year: 2016,
    name: "Trimps-Soushen",
    error: 2.99,
    note: "winner: Inception and residual networks together",
    paper: "ILSVRC 2016, results of the challenge",
    kind: "network",
  },
  {
    year: 2017,
    name: "SENet",
    error: 2.25,
    note: "winner, and the last challenge",
    paper: "Hu, Shen, Sun, Squeeze-and-excitation networks, CVPR 2018",
    kind: "network",
  },
];

/**
 * One network by itself on one crop of each of ImageNet's 50,000 validation pictures: top-5 error in percent. The number of
 * parameters is the zoo's own.
 */
export interface Single {
  /** In the zoo. */
  readonly zoo: string;
  readonly error: number;
  readonly source: string;
}

const torchvision = "torchvision's documentation of its first weights";

export const singles: readonly Single[] = [
  { zoo: "alexnet", error: 20.91, source: torchvision },
  { zoo: "vgg11", error: 11.37, source: torchvision },
  { zoo: "vgg16", error: 9.62, source: torchvision },
  { zoo: "vgg19", error: 9.12, source: torchvision },
  { zoo: "vgg16_bn", error: 8.5, source: torchvision },
  { zoo: "squeezenet1_0", error: 19.58, source: torchvision },
  { zoo: "squeezenet1_1", error: 19.38, source: torchvision },
  { zoo: "googlenet", error: 10.47, source: torchvision },
  {
    zoo: "inception_v2",
    error: 7.8,
    source: "Szegedy et al., Rethinking the Inception architecture, CVPR 2016, table 3",
  },
  { zoo: "inception_v3", error: 6.55, source: torchvision },
  { zoo: "resnet18", error: 10.92, source: torchvision },
  { zoo: "resnet34", error: 8.58, source: torchvision },
  { zoo: "resnet50", error: 7.13, source: torchvision },
  { zoo: "resnet101", error: 6.44, source: torchvision },
  { zoo: "resnet152", error: 5.94, source: torchvision },
  { zoo: "mobilenet_v1", error: 10.06, source: "TensorFlow's weights, as the Open Model Zoo measured them" },
  { zoo: "mobilenet_v2", error: 9.71, source: torchvision },
  { zoo: "xception", error: 5.5, source: "Chollet, Xception, CVPR 2017, table 1" },
];
