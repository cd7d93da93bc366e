/** Versions of ONNX's operators that are understood. */
export const OPSETS = { oldest: 7, newest: 21 };

/** Operators that have been since an older opset what they are in opset 7. */
const UNCHANGED: Readonly<Record<number, string>> = {
  1:
    "ArgMax ArgMin Constant Conv ConvTranspose DepthToSpace Flatten Gather GlobalAveragePool GlobalMaxPool Identity LRN " +
    "LogSoftmax MatMul MaxPool Not ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin " +
    "ReduceProd ReduceSum ReduceSumSquare Shape Size Slice Softmax Softplus SpaceToDepth Squeeze Transpose Unsqueeze",
  2: "GlobalLpPool LpPool Pad Split",
  4: "Concat",
  5: "Reshape",
  6:
    "Abs Cast Ceil Clip Elu Exp Floor HardSigmoid InstanceNormalization LeakyRelu Log Max Mean Min Neg Reciprocal Relu " +
    "Selu Sigmoid Sqrt Sum Tanh Tile",
};

/** Whether an operator means in a version what the importer takes it for. */
export function isUnderstood(operator: string, opset: number): boolean {
  if (opset >= OPSETS.oldest) return opset <= OPSETS.newest;
  return Object.entries(UNCHANGED).some(
    ([since, names]) => opset >= Number(since) && names.split(" ").includes(operator),
  );
}
