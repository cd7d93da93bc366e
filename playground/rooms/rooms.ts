import type { ComponentType } from "preact";

/** A room of the playground. */
export interface Room {
  /** In the address: #/lenet. */
  readonly id: string;
  readonly title: string;
  /** What one does there, in a sentence under the title. */
  readonly text: string;
  readonly load: () => Promise<ComponentType>;
}

export const rooms: readonly Room[] = [
  {
    id: "convolution",
    title: "Convolution",
    text: "A small kernel slides over a picture. Each output pixel is the sum of products under its window: point at one to see them.",
    load: async () => (await import("./convolution/room.js")).Convolution,
  },
  {
    id: "pooling",
    title: "Pooling and padding",
    text: "Windows that keep the largest value or the mean, and what a window sees beyond the border.",
    load: async () => (await import("./pooling/room.js")).Pooling,
  },
  {
    id: "networks",
    title: "Networks",
    text: "The classics drawn to scale. Choose a layer to see its shapes, its cost and what it sees of the input.",
    load: async () => (await import("./networks/room.js")).Networks,
  },
  {
    id: "lenet",
    title: "LeNet live",
    text: "Draw a digit and watch every layer answer. Then let the network learn all of it again, here in the page.",
    load: async () => (await import("./lenet/room.js")).Lenet,
  },
  {
    id: "photographs",
    title: "Photographs",
    text: "Your weights, your photograph: what a network says it shows, and where it looked. Nothing leaves this machine.",
    load: async () => (await import("./photographs/room.js")).Photographs,
  },
  {
    id: "yours",
    title: "Your own network",
    text: "Write a network, see what it is made of while you type, train it and compare it with the one before.",
    load: async () => (await import("./yours/room.js")).Yours,
  },
];
