import type { Tensor } from "featuremap";
import type { TorchBatch } from "../pytorch.js";
import type { NetworkName } from "./networks.js";

/** What everyone is given: the same weights and batches, stochastic gradient descent with momentum, cross entropy. */
export interface Training {
  readonly network: NetworkName;
  /** Parameters in torch's order, without running statistics. */
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly batches: readonly TorchBatch[];
  readonly classes: number;
  readonly lr: number;
  readonly momentum: number;
}

/** Another library at work on the calling thread. */
export interface PeerTrainer {
  /** Trains on the next of the batches, which are taken in turn; its loss. */
  step(): Promise<number>;
  weights(): Map<string, Tensor>;
}

export interface Peer {
  readonly name: string;
  /** Null where it cannot train the network. */
  start(work: Training): Promise<PeerTrainer | null>;
}
