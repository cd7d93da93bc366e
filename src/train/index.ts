import "../wasm/symbol-dispose.js";

export type { Callbacks, StepProgress, TrainBegin } from "./callbacks.js";
export type { CheckpointOptions } from "./checkpoint.js";
export type { EarlyStoppingOptions, Monitor } from "./early-stopping.js";
export {
  type EvaluateOptions,
  type EvaluateProgress,
  type Evaluation,
  evaluate,
  type Mistake,
} from "./evaluate.js";
export type { BatchSource } from "./feed.js";
export { type EpochRecord, type FitOptions, type FitResult, fit } from "./fit.js";
export { crossEntropy, type Loss, mse } from "./losses.js";
export { accuracy, confusionMatrix, type Measurement, type Metric, topK } from "./metrics.js";
export { type AdamOptions, adam, adamW, type Optimizer, type SgdOptions, sgd } from "./optimizers.js";
export {
  constant,
  cosine,
  type OneCycleOptions,
  oneCycle,
  type Schedule,
  type SchedulePoint,
  stepDecay,
  warmup,
} from "./schedules.js";
export { type Slots, type StepResult, Trainer, type TrainerOptions } from "./trainer.js";
