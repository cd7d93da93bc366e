"""Writes test/fixtures/onnx/nodes.bin: the ONNX project's own tests of single operators, and cases for newer opsets.

Run with Debian's python3-onnx (1.12, opset 17). The tests of the project are made by its package; those of opsets 18 to
21 are written below from the operators' specification, with answers in float64 by numpy.

The file is zlib-compressed: a JSON list of cases, a zero byte, then the protobuf messages they point into.
"""

import json
import pathlib
import sys
import zlib

import numpy as np

for name, kind in dict(float=float, bool=bool, int=int, object=object).items():
    # onnx 1.12 uses names that numpy has given up since.
    setattr(np, name, kind)

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.backend.test.case.node import collect_testcases  # noqa: E402

OUT = pathlib.Path(__file__).parent.parent / "fixtures/onnx/nodes.bin"

OPERATORS = set(
    """
    Conv ConvTranspose BatchNormalization Relu LeakyRelu PRelu Clip Elu Selu Sigmoid HardSigmoid HardSwish Tanh Softplus
    Gelu Exp Log Sqrt Pow Abs Neg Min Max Add Sub Mul Div Sum MatMul Gemm MaxPool AveragePool GlobalAveragePool
    GlobalMaxPool LpPool LRN InstanceNormalization Softmax LogSoftmax Dropout Identity Constant ConstantOfShape Cast Shape
    Gather Slice Split Squeeze Unsqueeze Reshape Flatten Transpose Concat Pad Resize Upsample ReduceMean ReduceSum
    ReduceMax ReduceMin ReduceL2 ArgMax DepthToSpace SpaceToDepth
    Erf Floor Ceil Round Reciprocal Not Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Where Expand Tile Range
    Size Mean ReduceProd ReduceL1 ReduceSumSquare ReduceLogSum ReduceLogSumExp ArgMin LayerNormalization CastLike NonZero
    """.split()
)

# A single case this large says nothing that a small one does not.
MOST_BYTES = 60_000


class Writer:
    def __init__(self):
        self.cases = []
        self.blob = bytearray()

    def put(self, message):
        data = message.SerializeToString()
        self.blob += data
        return [len(self.blob) - len(data), len(data)]

    def add(self, name, model, inputs, outputs, rtol, atol):
        arrays = [*inputs, *outputs]
        if not all(isinstance(array, np.ndarray) or np.isscalar(array) for array in arrays):
            return
        if any(np.asarray(array).dtype.kind not in "fiub" for array in arrays):
            return
        if sum(np.asarray(array).nbytes for array in arrays) > MOST_BYTES:
            print("too large:", name)
            return
        tensor = lambda array: self.put(numpy_helper.from_array(np.asarray(array)))
        case = {"name": name, "model": self.put(model), "rtol": rtol, "atol": atol}
        case["inputs"] = [tensor(array) for array in inputs]
        case["outputs"] = [tensor(array) for array in outputs]
        self.cases.append(case)


def project_cases(writer):
    """The tests that come with onnx, of the operators above."""
    seen = set()
    for case in collect_testcases(None):
        operators = {node.op_type for node in case.model.graph.node}
        if not operators <= OPERATORS or case.name in seen:
            continue
        # Types that numpy has no numbers for.
        if "BFLOAT16" in case.name or "STRING" in case.name or "str" in case.name.split("_"):
            continue
        seen.add(case.name)
        for inputs, outputs in case.data_sets[:1]:
            writer.add(case.name, case.model, inputs, outputs, case.rtol, case.atol)


def main():
    writer = Writer()
    project_cases(writer)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    packed = zlib.compress(json.dumps(writer.cases).encode() + b"\0" + bytes(writer.blob), 9)
    OUT.write_bytes(packed)
    print(f"{len(writer.cases)} cases, {len(writer.blob)} bytes, {len(packed)} packed")


if __name__ == "__main__":
    sys.exit(main())
