"""Writes test/fixtures/onnx/nodes.bin: the ONNX project's own tests of single operators, and cases for newer opsets.

Run with Debian's python3-onnx (1.12, opset 17) and python3-torch. The tests of the project are made by its package; those of opsets 18 to
21 are written below from the operators' specification, with answers in float64 by numpy.

The file is zlib-compressed: a JSON list of cases, a zero byte, then the protobuf messages they point into.
"""

import json
import math
import pathlib
import sys
import zlib

import numpy as np
import torch

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
    Sign Celu
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


def node_model(operator, inputs, outputs, opset, initial=(), **attributes):
    """A model of one node. Inputs: (name, array); those whose names are in `initial` are constants of the file."""
    kind = lambda array: helper.np_dtype_to_tensor_dtype(array.dtype) if hasattr(helper, "np_dtype_to_tensor_dtype") else (
        numpy_helper.from_array(array).data_type
    )
    value = lambda name, array: helper.make_tensor_value_info(name, kind(array), list(array.shape))
    node = helper.make_node(operator, [name for name, _ in inputs], [name for name, _ in outputs], **attributes)
    given = [(name, array) for name, array in inputs if name]
    graph = helper.make_graph(
        [node],
        operator,
        [value(name, array) for name, array in given if name not in initial],
        [value(name, array) for name, array in outputs if name],
        [numpy_helper.from_array(array, name) for name, array in given if name in initial],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


class Hand:
    """Cases written by hand: the operator, what goes in, what must come out."""

    def __init__(self, writer):
        self.writer = writer
        self.random = np.random.RandomState(5)

    def floats(self, *shape):
        return self.random.uniform(-1, 1, shape).astype(np.float32)

    def chain(self, name, nodes, x, y, constants, opset=13):
        """Nodes one after the other, from "x" to "y"."""
        graph = helper.make_graph(
            nodes,
            name,
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, y.shape)],
            [numpy_helper.from_array(np.asarray(array), constant) for constant, array in constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        self.writer.add(name, model, [x], [y.astype(np.float32)], 0, 0)

    def add(self, name, operator, inputs, outputs, opset, initial=(), rtol=1e-5, atol=1e-5, **attributes):
        outputs = [np.asarray(y) for y in outputs]
        outputs = [y.astype(np.float32) if y.dtype == np.float64 else y for y in outputs]
        named = [(letter if x is not None else "", x) for letter, x in zip("abcdefgh", inputs)]
        results = [(f"y{i}", y) for i, y in enumerate(outputs)]
        model = node_model(operator, named, results, opset, initial, **attributes)
        given = [x for letter, x in named if letter and letter not in initial]
        self.writer.add(f"{operator.lower()}_{name}_{opset}", model, given, outputs, rtol, atol)


def windows(x, kernel, strides, dilations, pads, ceil, fill):
    """[n, c, oh, ow, kh, kw] of the padded input, `fill` where a window reaches beyond it; and which are padding."""
    n, c, h, w = x.shape
    top, left, bottom, right = pads
    count = lambda size, before, after, k, s, d: (
        lambda span: (lambda full: full - 1 if ceil and (full - 1) * s >= size + before else full)(
            (-(-span // s) if ceil else span // s) + 1
        )
    )(size + before + after - (k - 1) * d - 1)
    oh = count(h, top, bottom, kernel[0], strides[0], dilations[0])
    ow = count(w, left, right, kernel[1], strides[1], dilations[1])
    values = np.full((n, c, oh, ow, *kernel), fill, np.float64)
    inside = np.zeros((oh, ow, *kernel), bool)
    padding = np.zeros((oh, ow, *kernel), bool)
    for i, j, u, v in np.ndindex(oh, ow, *kernel):
        y = i * strides[0] + u * dilations[0] - top
        z = j * strides[1] + v * dilations[1] - left
        padding[i, j, u, v] = -top <= y < h + bottom and -left <= z < w + right
        if 0 <= y < h and 0 <= z < w:
            values[:, :, i, j, u, v] = x[:, :, y, z]
            inside[i, j, u, v] = True
    return values, inside, padding


def convolve(x, w, b, strides, dilations, pads, groups):
    values, _, _ = windows(x, w.shape[2:], strides, dilations, pads, False, 0)
    n, c, oh, ow = values.shape[:4]
    k = w.shape[0]
    y = np.zeros((n, k, oh, ow))
    for o in range(k):
        first = o // (k // groups) * (c // groups)
        y[:, o] = np.einsum("nchwuv,cuv->nhw", values[:, first : first + c // groups], w[o].astype(np.float64)) + b[o]
    return y


def same_pads(sizes, kernel, strides, dilations, upper):
    before, after = [], []
    for size, k, s, d in zip(sizes, kernel, strides, dilations):
        total = max(0, (-(-size // s) - 1) * s + (k - 1) * d + 1 - size)
        less, more = total // 2, total - total // 2
        before.append(less if upper else more)
        after.append(more if upper else less)
    return [*before, *after]


def transposed_cases(hand):
    x, w = hand.floats(1, 2, 4, 5), hand.floats(2, 3, 3, 3)
    full = torch.nn.functional.conv_transpose2d(torch.tensor(x).double(), torch.tensor(w).double(), stride=2).numpy()
    # pads takes no part in it.
    hand.add("valid", "ConvTranspose", [x, w], [full], 11, "b", strides=[2, 2], auto_pad="VALID", pads=[1, 1, 1, 1])
    y = np.pad(full, ((0, 0), (0, 0), (1, 2), (0, 1)))[..., 1:]
    hand.add("negative", "ConvTranspose", [x, w], [y], 11, "b", strides=[2, 2], pads=[-1, 1, -2, -1])
    # A row of nothing after the last: 4 rows of 3, each 4 after the one before, are 15 of the 16.
    wide = torch.nn.functional.conv_transpose2d(torch.tensor(x).double(), torch.tensor(w).double(), stride=4).numpy()
    y = np.pad(wide, ((0, 0), (0, 0), (0, 1), (0, 1)))
    for auto in ("SAME_UPPER", "SAME_LOWER"):
        hand.add(auto.lower(), "ConvTranspose", [x, w], [y], 11, "b", strides=[4, 4], auto_pad=auto)


def window_cases(hand):
    x = hand.floats(2, 6, 9, 7)
    w, b = hand.floats(4, 3, 3, 2), hand.floats(4)
    for opset in (7, 11, 21):
        for auto in ("SAME_UPPER", "SAME_LOWER", "VALID"):
            strides, dilations = ((2, 1), (1, 2)) if opset == 7 else ((1, 2), (1, 1))
            pads = [0] * 4 if auto == "VALID" else same_pads((9, 7), (3, 2), strides, dilations, auto == "SAME_UPPER")
            y = convolve(x, w, b, strides, dilations, pads, 2)
            hand.add(f"auto_{auto.lower()}", "Conv", [x, w, b], [y], opset, "bc", auto_pad=auto, group=2,
                     strides=strides, dilations=dilations)
        y = convolve(x, w, np.zeros(4), (2, 3), (2, 1), (1, 2, 0, 3), 2)
        hand.add("uneven_without_bias", "Conv", [x, w], [y], opset, "b", group=2, kernel_shape=[3, 2], strides=[2, 3],
                 dilations=[2, 1], pads=[1, 2, 0, 3])
    line, lw = hand.floats(2, 4, 11), hand.floats(6, 2, 3)
    y = convolve(line[:, :, None], lw[:, :, None], np.zeros(6), (1, 2), (1, 3), (0, 3, 0, 1), 2)[:, :, 0]
    hand.add("1d", "Conv", [line, lw], [y], 11, "b", group=2, strides=[2], dilations=[3], pads=[3, 1])

    for opset in (7, 10, 11, 19):
        late = opset >= 19
        for ceil in (0, 1) if opset >= 10 else (0,):
            for include in (0, 1):
                # Neither with ceil_mode: what lies beyond the padding counts in some programs.
                if include and ceil:
                    continue
                dilations = (2, 1) if late else (1, 1)
                values, inside, padding = windows(x, (3, 2), (2, 3), dilations, (1, 0, 1, 1), ceil, 0)
                y = values.sum((4, 5)) / (padding if include else inside).sum((2, 3))
                extra = {"dilations": dilations} if late else {}
                if opset >= 10:
                    extra["ceil_mode"] = ceil
                hand.add(f"ceil{ceil}_include{include}", "AveragePool", [x], [y], opset, kernel_shape=[3, 2],
                         strides=[2, 3], pads=[1, 0, 1, 1], count_include_pad=include, **extra)
        values, _, _ = windows(x, (2, 3), (2, 2), (1, 1), same_pads((9, 7), (2, 3), (2, 2), (1, 1), False), 0, -np.inf)
        hand.add("same_lower", "MaxPool", [x], [values.max((4, 5))], opset, kernel_shape=[2, 3], strides=[2, 2],
                 auto_pad="SAME_LOWER")
    values, _, _ = windows(x, (3, 2), (2, 3), (2, 3), (2, 1, 2, 1), 1, -np.inf)
    hand.add("dilated_ceil", "MaxPool", [x], [values.max((4, 5))], 12, kernel_shape=[3, 2], strides=[2, 3],
             dilations=[2, 3], pads=[2, 1, 2, 1], ceil_mode=1)
    hand.add("3d", "MaxPool", [hand.floats(1, 1, 4, 4, 4)], [np.zeros((1, 1, 3, 3, 3), np.float32)], 12, kernel_shape=[2, 2, 2])
    for p in (1, 2, 3):
        values, _, _ = windows(np.abs(x), (3, 3), (2, 2), (1, 2), (1, 1, 1, 1), 1, 0)
        hand.add(f"p{p}", "LpPool", [x], [(values**p).sum((4, 5)) ** (1 / p)], 18, kernel_shape=[3, 3], strides=[2, 2],
                 dilations=[1, 2], pads=[1, 1, 1, 1], ceil_mode=1, p=p)

    # More padding than half the window.
    values, _, _ = windows(np.abs(x), (3, 2), (2, 1), (1, 1), (2, 1, 2, 1), 0, 0)
    hand.add("far_beyond", "LpPool", [x], [(values**2).sum((4, 5)) ** 0.5], 11, kernel_shape=[3, 2], strides=[2, 1],
             pads=[2, 1, 2, 1], p=2)
    transposed_cases(hand)

    # Indices of the largest in the whole flattened input, row by row or column by column.
    n, c, h, width = 2, 6, 9, 7
    for order in (0, 1):
        y, where = np.zeros((n, c, 4, 3), np.float32), np.zeros((n, c, 4, 3), np.int64)
        for i, j, u, v in np.ndindex(n, c, 4, 3):
            part = x[i, j, 2 * u : 2 * u + 3, 2 * v : 2 * v + 3]
            r, s = np.unravel_index(part.argmax(), part.shape)
            y[i, j, u, v] = part.max()
            r, s = r + 2 * u, s + 2 * v
            plane = (i * c + j) * h * width
            where[i, j, u, v] = plane + (s * h + r if order else r * width + s)
        hand.add(f"order{order}", "MaxPool", [x], [y, where], 12, kernel_shape=[3, 3], strides=[2, 2], storage_order=order)

    tw = hand.floats(6, 2, 3, 2)
    full = np.zeros((2, 4, 8 * 2 + 2 * 2 + 1, 6 * 3 + 2))
    for i, j, u, v in np.ndindex(9, 7, 3, 2):
        for g in range(2):
            full[:, 2 * g : 2 * g + 2, 2 * i + 2 * u, 3 * j + v] += np.einsum(
                "nc,ck->nk", x[:, 3 * g : 3 * g + 3, i, j].astype(np.float64), tw[3 * g : 3 * g + 3, :, u, v])
    common = dict(group=2, strides=[2, 3], dilations=[2, 1])
    hand.add("groups", "ConvTranspose", [x, tw], [full], 11, "b", **common)
    hand.add("pads", "ConvTranspose", [x, tw, b], [full[:, :, 1:-2, 2:-1] + b[:, None, None]], 11, "bc",
             pads=[1, 2, 2, 1], **common)
    wide = np.pad(full, ((0, 0), (0, 0), (0, 1), (0, 2)))
    hand.add("output_padding", "ConvTranspose", [x, tw], [wide[:, :, 1:-1, 1:-1]], 11, "b", pads=[1, 1, 1, 1],
             output_padding=[1, 2], **common)
    # 21 x 20 from 18 x 21: three rows less, a column more.
    hand.add("same_upper", "ConvTranspose", [x, tw], [np.pad(full[:, :, 1:-2], ((0, 0), (0, 0), (0, 0), (0, 1)))], 11, "b",
             auto_pad="SAME_UPPER", **common)
    hand.add("same_lower", "ConvTranspose", [x, tw], [np.pad(full[:, :, 2:-1], ((0, 0), (0, 0), (0, 0), (0, 1)))], 11, "b",
             auto_pad="SAME_LOWER", **common)


def reduce_cases(hand):
    x = hand.floats(2, 3, 4, 5)
    functions = {
        "ReduceMean": np.mean,
        "ReduceSum": np.sum,
        "ReduceMax": np.max,
        "ReduceMin": np.min,
        "ReduceProd": np.prod,
        "ReduceL1": lambda x, axis, keepdims: np.abs(x).sum(axis, keepdims=keepdims),
        "ReduceL2": lambda x, axis, keepdims: np.sqrt((x**2).sum(axis, keepdims=keepdims)),
        "ReduceSumSquare": lambda x, axis, keepdims: (x**2).sum(axis, keepdims=keepdims),
        "ReduceLogSum": lambda x, axis, keepdims: np.log(x.sum(axis, keepdims=keepdims)),
        "ReduceLogSumExp": lambda x, axis, keepdims: np.log(np.exp(x).sum(axis, keepdims=keepdims)),
    }
    for operator, function in functions.items():
        y = x + 1.5 if operator == "ReduceLogSum" else x
        y = y.astype(np.float32)
        of = lambda axis, keep: function(y.astype(np.float64), axis=axis, keepdims=bool(keep))
        hand.add("axes", operator, [y, np.array([-1, 1])], [of((3, 1), 0)], 18, "b", keepdims=0)
        hand.add("fed_axes", operator, [y, np.array([2])], [of(2, 1)], 18)
        hand.add("no_axes", operator, [y], [of(None, 1)], 18)
        # Of no axes: each number by itself.
        alone = of((), 1)
        hand.add("noop", operator, [y, np.array([], np.int64)], [alone], 18, "b", noop_with_empty_axes=1)
        hand.add("noop_absent", operator, [y], [alone], 18, noop_with_empty_axes=1)
        hand.add("attribute", operator, [y], [of((2, 3), 1)], 11, axes=[2, 3])
    nothing = np.zeros((2, 0, 4), np.float32)
    for operator, value in (("ReduceSum", 0), ("ReduceMax", -np.inf), ("ReduceMin", np.inf), ("ReduceProd", 1),
                            ("ReduceL1", 0), ("ReduceLogSum", -np.inf), ("ReduceLogSumExp", -np.inf)):
        y = np.full((2, 1, 4), value, np.float32)
        hand.add("empty_set", operator, [nothing, np.array([1])], [y], 18)
        hand.add("empty_set_dropped", operator, [nothing, np.array([1])], [y[:, 0]], 18, "b", keepdims=0)
    # Refused: an axis that is named twice.
    hand.add("twice", "ReduceSum", [x, np.array([1, -3])], [x.sum(1)], 18, "b", keepdims=0)
    hand.add("image", "ReduceMean", [x], [x.mean((2, 3), dtype=np.float64)], 13, axes=[-1, -2], keepdims=0)


def pad_cases(hand):
    x = hand.floats(2, 3, 4, 5)
    around = ((0, 0), (0, 0), (1, 2), (3, 1))
    pads = [0, 0, 1, 3, 0, 0, 2, 1]
    modes = {"constant": "constant", "reflect": "reflect", "edge": "edge", "wrap": "wrap"}
    for mode, numpy_mode in modes.items():
        y = np.pad(x, around, numpy_mode)
        hand.add(mode, "Pad", [x, np.array(pads)], [y], 19, "b", mode=mode)
        hand.add(f"{mode}_fed", "Pad", [x, np.array(pads)], [y], 19, mode=mode)
        hand.add(f"{mode}_axes", "Pad", [x, np.array([1, 3, 2, 1]), None, np.array([2, -1])], [y], 19, "bd", mode=mode)
        y = np.pad(x, ((1, 0), (1, 1), (0, 0), (0, 2)), numpy_mode)
        hand.add(f"{mode}_all", "Pad", [x, np.array([1, 1, 0, 0, 0, 1, 0, 2])], [y], 19, "b", mode=mode)
        if mode != "wrap":
            hand.add(mode, "Pad", [x], [np.pad(x, around, numpy_mode)], 7, mode=mode, pads=pads)
    y = np.pad(x, around, constant_values=-1.5)
    hand.add("value", "Pad", [x, np.array(pads), np.float32(-1.5)], [y], 13, "bc")
    hand.add("value", "Pad", [x], [y], 2, pads=pads, value=-1.5)
    hand.add("negative", "Pad", [x, np.array([0, 0, -1, 2, 0, -1, 0, -1])],
             [np.pad(x, ((0, 0), (0, 0), (0, 0), (2, 0)))[:, :2, 1:, :-1]], 13, "b")


def cropped_cases(hand):
    """Negative pads beside others: what they cut off is gone before the rest is padded."""
    x = hand.floats(1, 2, 5, 6)
    pads = np.array([0, 0, -1, 2, 0, 0, 2, -2])
    for mode in ("constant", "reflect", "edge", "wrap"):
        y = np.pad(x[:, :, 1:, :-2], ((0, 0), (0, 0), (0, 2), (2, 0)), mode)
        hand.add(f"cropped_{mode}", "Pad", [x, pads], [y], 19, "b", mode=mode)
        # Of a constant.
        nodes = [
            helper.make_node("Pad", ["a", "b"], ["c"], mode=mode),
            helper.make_node("Mul", ["x", "c"], ["y"]),
        ]
        hand.chain(f"cropped_constant_{mode}", nodes, np.ones(1, np.float32), y, {"a": x, "b": pads}, 19)


def resized(x, axis, size, scale, position, pick):
    """One axis of x resized: `position` of each output, and `pick` the numbers there."""
    x = np.moveaxis(np.asarray(x, np.float64), axis, -1)
    y = np.stack([pick(x, position(i, x.shape[-1], size, scale)) for i in range(size)], -1)
    return np.moveaxis(y, -1, axis)


def fractional_cases(hand):
    """Scales that are no sums of few powers of 2: positions in float32, by the formula, are PyTorch's."""
    half = np.float32(0.5)
    positions = {
        "asymmetric": lambda i, s: i / s,
        "half_pixel": lambda i, s: (i + half) / s - half,
        "pytorch_half_pixel": lambda i, s: (i + half) / s - half if len(i) > 1 else i,
        "tf_half_pixel_for_nn": lambda i, s: (i + half) / s,
    }
    picks = {"floor": np.floor, "ceil": np.ceil, "round_prefer_floor": lambda p: np.ceil(p - half),
             "round_prefer_ceil": lambda p: np.floor(p + half)}
    for size in (5, 10, 11, 13):
        x = hand.floats(1, 2, size, size)
        for factor in (0.3, 0.6, 0.7, 1.2, 1.7):
            scale = np.float32(factor)
            count = int(np.float32(size) * scale)
            for transformation, position in positions.items():
                at = position(np.arange(count, dtype=np.float32), scale)
                assert at.dtype == np.float32
                for nearest, pick in picks.items():
                    # What people export, and some of each of the others.
                    usual = (transformation, nearest) == ("asymmetric", "floor")
                    if not usual and size not in (5, 10):
                        continue
                    places = pick(at).clip(0, size - 1).astype(int)
                    y = x[:, :, places][:, :, :, places]
                    if usual:
                        torch_y = torch.nn.functional.interpolate(torch.tensor(x), scale_factor=factor).numpy()
                        assert (y == torch_y).all(), (size, factor)
                        hand.add(f"fraction_{size}_{factor}", "Upsample", [x, np.array([1, 1, scale, scale])], [y], 9, "b")
                    hand.add(f"fraction_{transformation}_{nearest}_{size}_{factor}", "Resize",
                             [x, None, np.array([1, 1, scale, scale])], [y], 13, "c",
                             coordinate_transformation_mode=transformation, nearest_mode=nearest)


def resize_cases(hand):
    positions = {
        "half_pixel": lambda i, n, m, s: (i + 0.5) / s - 0.5,
        "half_pixel_symmetric": lambda i, n, m, s: n / 2 * (1 - m / (n * s)) + (i + 0.5) / s - 0.5,
        "pytorch_half_pixel": lambda i, n, m, s: (i + 0.5) / s - 0.5 if m > 1 else 0,
        "align_corners": lambda i, n, m, s: i * (n - 1) / (m - 1) if m > 1 else 0,
        "asymmetric": lambda i, n, m, s: i / s,
    }

    def at(x, place):
        return x[..., int(min(max(place, 0), x.shape[-1] - 1))]

    def linear(x, place):
        low = np.floor(place)
        return at(x, low) * (1 - (place - low)) + at(x, low + 1) * (place - low)

    nearest = {
        "round_prefer_floor": lambda x, place: at(x, np.ceil(place - 0.5)),
        "round_prefer_ceil": lambda x, place: at(x, np.floor(place + 0.5)),
        "floor": lambda x, place: at(x, np.floor(place)),
        "ceil": lambda x, place: at(x, np.ceil(place)),
    }
    x = hand.floats(1, 2, 4, 6)
    for opset in (11, 13, 18, 19):
        for transformation, position in positions.items():
            if transformation == "half_pixel_symmetric" and opset < 19:
                continue
            for sizes in ((8, 9), (3, 4), (1, 13)):
                h, w = sizes
                y = resized(resized(x, 2, h, h / 4, position, linear), 3, w, w / 6, position, linear)
                roi = np.array([], np.float32)
                inputs = [x, roi if opset == 11 else None, roi if opset == 11 else None, np.array([1, 2, h, w])]
                attributes = dict(mode="linear", coordinate_transformation_mode=transformation)
                hand.add(f"{transformation}_{h}x{w}", "Resize", inputs, [y], opset, "bcd", **attributes)
            for mode, pick in nearest.items():
                if opset != 13 and mode != "floor":
                    continue
                scales = np.array([1, 1, 2, 1.5], np.float32)
                y = resized(resized(x, 2, 8, 2, position, pick), 3, 9, 1.5, position, pick)
                hand.add(f"{transformation}_{mode}", "Resize", [x, None, scales] if opset > 11 else [x, scales[:0], scales],
                         [y], opset, "bc", mode="nearest", coordinate_transformation_mode=transformation, nearest_mode=mode)
    # As wide as the output's pixels: distances shrink with the scale, and the weights come to 1.
    half = positions["half_pixel"]
    cubic = lambda d: np.where(d <= 1, 1.25 * d**3 - 2.25 * d**2 + 1,
                               np.where(d < 2, -0.75 * d**3 + 3.75 * d**2 - 6 * d + 3, 0))

    def wide(kernel, scale, outside):
        def pick(x, place):
            places = np.arange(-40, 40)
            weights = kernel(np.abs(places - place) * min(scale, 1))
            if not outside:
                weights = weights * ((places >= 0) & (places < x.shape[-1]))
            return sum(at(x, p) * w for p, w in zip(places, weights / weights.sum()))

        return pick

    tent = lambda d: np.maximum(0, 1 - d)
    for mode, kernel in (("linear", tent), ("cubic", cubic)):
        for outside in (1, 0):
            for h, w in ((2, 3), (3, 9)):
                y = resized(x, 2, h, h / 4, half, wide(kernel, h / 4, outside))
                y = resized(y, 3, w, w / 6, half, wide(kernel, w / 6, outside))
                hand.add(f"antialias_{mode}_{h}x{w}_{outside}", "Resize", [x, None, None, np.array([1, 2, h, w])], [y], 18,
                         "d", mode=mode, antialias=1, exclude_outside=1 - outside)
    seventh = np.array([1, 1, 1, 0.7], np.float32)
    ten = hand.floats(1, 1, 1, 10)
    y = resized(ten, 3, 7, np.float32(0.7), positions["asymmetric"], nearest["floor"])
    hand.add("float32", "Resize", [ten, None, seventh], [y], 13, "c", coordinate_transformation_mode="asymmetric",
             nearest_mode="floor")
    # Some axes; sizes that keep the aspect ratio.
    y = resized(resized(x, 2, 8, 2, half, linear), 3, 9, 1.5, half, linear)
    hand.add("axes", "Resize", [x, None, np.array([1.5, 2], np.float32)], [y], 18, "c", mode="linear", axes=[3, 2])
    for policy, scale in (("not_larger", 1.5), ("not_smaller", 2)):
        h, w = int(4 * scale + 0.5), int(6 * scale + 0.5)
        y = resized(resized(x, 2, h, scale, half, linear), 3, w, scale, half, linear)
        hand.add(policy, "Resize", [x, None, None, np.array([8, 9])], [y], 18, "d", mode="linear", axes=[2, 3],
                 keep_aspect_ratio_policy=policy)
    # 6 pixels become 6.67, and these 7.
    scale = np.float32(10 / 6)
    y = resized(resized(x, 2, 7, scale, half, linear), 3, 10, scale, half, linear)
    hand.add("not_larger_rounded", "Resize", [x, None, None, np.array([8, 10])], [y], 18, "d", mode="linear", axes=[2, 3],
             keep_aspect_ratio_policy="not_larger")
    # One pixel is the middle of what is cropped.
    roi = np.array([0, 0, 0.2, 0.1, 1, 1, 0.8, 0.5], np.float32)
    y = resized(resized(x, 2, 1, 1, lambda *_: 0.5 * 3, linear), 3, 1, 1, lambda *_: 0.3 * 5, linear)
    hand.add("crop_to_one", "Resize", [x, roi, None, np.array([1, 2, 1, 1])], [y], 13, "bd", mode="linear",
             coordinate_transformation_mode="tf_crop_and_resize")
    # Before there was a choice.
    slow = positions["asymmetric"]
    scales = np.array([1, 1, 2, 1.5], np.float32)
    for mode, pick in (("nearest", nearest["floor"]), ("linear", linear)):
        y = resized(resized(x, 2, 8, 2, slow, pick), 3, 9, 1.5, slow, pick)
        hand.add(mode, "Resize", [x, scales], [y], 10, "b", mode=mode)
        hand.add(f"{mode}_fed", "Resize", [x, scales], [y], 10, mode=mode)
        hand.add(mode, "Upsample", [x, scales], [y], 9, "b", mode=mode)
        hand.add(mode, "Upsample", [x], [y], 7, mode=mode, scales=list(map(float, scales)))


def whole_cases(hand):
    """Whole numbers that the network computes: cast, used, and cast back."""
    x = np.arange(200, dtype=np.float32).reshape(2, 100)
    whole = x.astype(np.int64)

    def add(name, operator, y, *others, kind=TensorProto.INT64, **attributes):
        nodes = [
            helper.make_node("Cast", ["x"], ["a"], to=kind),
            helper.make_node(operator, ["a", *(f"b{i}" for i in range(len(others)))], ["c"], **attributes),
            helper.make_node("Cast", ["c"], ["y"], to=TensorProto.FLOAT),
        ]
        hand.chain(f"whole_{name}", nodes, x, np.asarray(y), {f"b{i}": other for i, other in enumerate(others)})

    for by in (3, 7, 41, 47, 49, 55, 61, 82, 97):
        add(f"div_{by}", "Div", whole // by, np.array(by))
    add("div_negative", "Div", -(whole // 41), np.array(-41))
    add("mean", "ReduceMean", whole.sum(1, keepdims=True) // 100, axes=[1])
    add("mean_all", "ReduceMean", whole.sum(keepdims=True) // 200)
    add("l2", "ReduceL2", np.sqrt((whole**2).sum(0)).astype(np.int64), axes=[0], keepdims=0)
    add("log_sum", "ReduceLogSum", np.log(whole.sum(0)).astype(np.int64), axes=[0], keepdims=0)
    add("root", "Pow", np.sqrt(x).astype(np.int64), np.float32(0.5))
    for exponent in (1, 2, 3):
        add(f"pow_{exponent}", "Pow", whole**exponent, np.array(exponent))
    for kind in ("uint8", "int8", "uint16", "int16"):
        for scale in (-7, 300):
            to = getattr(TensorProto, kind.upper())
            hand.chain(f"cast_{kind}_{scale}", [
                helper.make_node("Mul", ["x", "b"], ["a"]),
                helper.make_node("Cast", ["a"], ["c"], to=TensorProto.INT64),
                helper.make_node("Cast", ["c"], ["d"], to=to),
                helper.make_node("Cast", ["d"], ["y"], to=TensorProto.FLOAT),
            ], x, (whole * scale).astype(kind), {"b": np.float32(scale)})


def choice_cases(hand):
    """What is decided by numbers that the network computes."""
    tiny, inf = np.float32(1e-45), np.float32(np.inf)
    x = np.array([[-inf, -2, -1.5, -tiny, 0], [tiny, 1e-40, 0.25, 1.5, inf]], np.float32)
    hand.add("extremes", "Sign", [x], [np.sign(x)], 13)
    hand.add("whole", "Sign", [np.array([-3, 0, 2**40])], [np.array([-1, 0, 1])], 13)
    compares = {"Greater": np.greater, "Less": np.less, "GreaterOrEqual": np.greater_equal, "LessOrEqual": np.less_equal,
                "Equal": np.equal}
    to_float = helper.make_node("Cast", ["c"], ["y"], to=TensorProto.FLOAT)
    for operator, of in compares.items():
        for name, other in (("zero", np.float32(0)), ("infinite", -inf), ("row", x[:1]), ("column", x[:, 3:4].copy())):
            for first in (0, 1):
                node = helper.make_node(operator, ["b", "x"] if first else ["x", "b"], ["c"])
                y = of(other, x) if first else of(x, other)
                hand.chain(f"computed_{operator}_{name}_{first}", [node, to_float], x, y, {"b": other}, 16)
    above = helper.make_node("Greater", ["x", "zero"], ["p"])
    below = helper.make_node("Less", ["x", "one"], ["q"])
    constants = {"zero": np.float32(0), "one": np.float32(1)}
    for operator, of in (("And", np.logical_and), ("Or", np.logical_or), ("Xor", np.logical_xor)):
        nodes = [above, below, helper.make_node(operator, ["p", "q"], ["c"]), to_float]
        hand.chain(f"computed_{operator}", nodes, x, of(x > 0, x < 1), constants, 16)
    nodes = [above, helper.make_node("Not", ["p"], ["c"]), to_float]
    hand.chain("computed_Not", nodes, x, ~(x > 0), constants | {"one": np.float32(1)}, 16)
    bools = [helper.make_node("Cast", ["x"], ["c"], to=TensorProto.BOOL), to_float]
    hand.chain("cast_to_bool", bools, x, x != 0, {}, 16)
    finite = x.clip(-9, 9)
    for name, other in (("infinite", -inf), ("row", finite[:1] * 2), ("same", finite - 1)):
        nodes = [above, helper.make_node("Where", ["p", "x", "b"], ["y"])]
        hand.chain(f"where_{name}", nodes, x, np.where(x > 0, x, other), constants | {"b": other}, 16)
        nodes = [above, helper.make_node("Where", ["p", "b", "x"], ["y"])]
        hand.chain(f"where_{name}_first", nodes, x, np.where(x > 0, other, x), constants | {"b": other}, 16)


def other_cases(hand):
    x = hand.floats(2, 3, 4, 5)
    x64 = x.astype(np.float64)
    for approximate in ("none", "tanh"):
        exact = x64 * (1 + np.vectorize(math.erf)(x64 / math.sqrt(2))) / 2
        tanh = x64 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x64 + 0.044715 * x64**3))) / 2
        y = exact if approximate == "none" else tanh
        hand.add(approximate, "Gelu", [x], [y], 20, approximate=approximate)
    seven = hand.floats(2, 7)
    hand.add("uneven", "Split", [seven], [seven[:, :3], seven[:, 3:6], seven[:, 6:]], 18, axis=1, num_outputs=3)
    hand.add("even", "Split", [x], [x[:, :, :2], x[:, :, 2:]], 18, axis=-2, num_outputs=2)
    hand.add("sizes", "Split", [x, np.array([1, 4])], [x[..., :1], x[..., 1:]], 13, "b", axis=-1)
    hand.add("sizes", "Split", [x], [x[:, :2], x[:, 2:]], 7, axis=1, split=[2, 1])
    for opset, axis in ((7, 2), (11, -1), (12, 1), (13, 1), (21, -2)):
        flat = x64.reshape(int(np.prod(x.shape[:axis])), -1) if opset < 13 else np.moveaxis(x64, axis, -1)
        e = np.exp(flat - flat.max(-1, keepdims=True))
        y = e / e.sum(-1, keepdims=True)
        y = y.reshape(x.shape) if opset < 13 else np.moveaxis(y, -1, axis)
        hand.add(f"axis{axis}", "Softmax", [x], [y], opset, axis=axis)
        hand.add(f"axis{axis}", "LogSoftmax", [x], [np.log(y)], opset, axis=axis)
    hand.add("both", "Clip", [x], [x.clip(-0.5, 0.25)], 7, min=-0.5, max=0.25)
    hand.add("max", "Clip", [x, None, np.float32(0.25)], [x.clip(None, 0.25)], 13, "c")
    slope = hand.floats(3, 1, 1)
    hand.add("channels", "PRelu", [x, slope], [np.where(x > 0, x, x64 * slope)], 9, "b")
    hand.add("one", "PRelu", [x, slope[:1, 0, 0]], [np.where(x > 0, x, x64 * slope[0])], 16, "b")
    for shape in ((1, 3, 1, 1), (3, 1, 1), (5,), (4, 1), (2, 1, 1, 1), (1,), (), (2, 3, 1, 1), (1, 1, 4, 5)):
        other = (hand.floats(*shape) + np.float32(2)).astype(np.float32) if shape else np.float32(1.5)
        name = "x".join(map(str, shape)) or "scalar"
        for operator, of in (("Add", np.add), ("Sub", np.subtract), ("Mul", np.multiply), ("Div", np.divide),
                             ("Max", np.maximum), ("Min", np.minimum)):
            hand.add(f"{name}", operator, [x, other], [of(x64, other)], 13, "b")
            hand.add(f"{name}_first", operator, [np.asarray(other), x], [of(np.float64(other), x64)], 13, "a")
        base = np.abs(x) + np.float32(0.5)
        hand.add(name, "Pow", [base, other], [np.power(base.astype(np.float64), other)], 13, "b")
        hand.add(f"{name}_first", "Pow", [np.asarray(other), x], [np.power(np.float64(other), x64)], 13, "a")
    scale, bias, mean, variance = hand.floats(3), hand.floats(3), hand.floats(3), hand.floats(3) ** 2 + np.float32(0.5)
    column = lambda v: v.astype(np.float64)[:, None, None]
    normal = (x64 - column(mean)) / np.sqrt(column(variance) + 1e-3) * column(scale) + column(bias)
    for opset in (7, 9, 14, 15, 21):
        hand.add("2d", "BatchNormalization", [x, scale, bias, mean, variance], [normal], opset, "bcde", epsilon=1e-3)
    hand.add("1d", "BatchNormalization", [x.reshape(2, 3, 20), scale, bias, mean, variance], [normal.reshape(2, 3, 20)], 15,
             "bcde", epsilon=1e-3)
    hand.add("3d", "BatchNormalization", [x.reshape(2, 3, 2, 2, 5), scale, bias, mean, variance],
             [normal.reshape(2, 3, 2, 2, 5)], 15, "bcde", epsilon=1e-3)
    flat = hand.floats(4, 3)
    y = (flat - mean.astype(np.float64)) / np.sqrt(variance + 1e-5) * scale + bias
    hand.add("vectors", "BatchNormalization", [flat, scale, bias, mean, variance], [y], 15, "bcde")
    for size in (3, 4, 5):
        wide = hand.floats(2, 7, 3, 3)
        squares = np.stack([
            (wide.astype(np.float64)[:, max(0, i - (size - 1) // 2) : i + size // 2 + 1] ** 2).sum(1) for i in range(7)], 1)
        hand.add(f"size{size}", "LRN", [wide], [wide / (2 + 0.5 / size * squares) ** 0.6], 13, size=size, alpha=0.5,
                 beta=0.6, bias=2.0)
    a, b, c = hand.floats(4, 3), hand.floats(5, 4), hand.floats(3, 1)
    hand.add("all", "Gemm", [a, b, c], [0.5 * a.astype(np.float64).T @ b.T + 2 * c.astype(np.float64)], 13, "bc", alpha=0.5,
             beta=2.0, transA=1, transB=1)
    hand.add("row", "Gemm", [a.T.copy(), b.T.copy(), b[:, 0].copy()], [a.T.astype(np.float64) @ b.T + b[:, 0]], 11, "bc")
    stack = hand.floats(2, 1, 4, 5)
    weight = hand.floats(5, 3)
    hand.add("weight", "MatMul", [stack, weight], [stack.astype(np.float64) @ weight], 13, "b")
    hand.add("weight2d", "MatMul", [stack[0, 0], weight], [stack[0, 0].astype(np.float64) @ weight], 13, "b")
    other = hand.floats(3, 5, 2)
    hand.add("stacks", "MatMul", [stack, other], [stack.astype(np.float64) @ other], 13)
    hand.add("steps", "Slice", [x, np.array([4, -1]), np.array([-100, 0]), np.array([3, 1]), np.array([-2, -1])],
             [x[:, :0:-1, :, ::-2]], 13, "bcde")
    hand.add("attributes", "Slice", [x], [x[:, 1:3, :, -3:]], 7, starts=[1, -3], ends=[3, 2**63 - 1], axes=[1, 3])
    hand.add("scalar", "Gather", [x, np.int64(-1)], [x[:, -1]], 13, "b", axis=1)
    hand.add("grid", "Gather", [x, np.array([[0, 3], [-1, 0]])], [x[..., [[0, 3], [4, 0]]]], 11, "b", axis=-1)
    hand.add("last", "ArgMax", [x], [x.argmax(2)], 13, axis=2, keepdims=0)
    deep = hand.floats(1, 8, 2, 3)
    y = deep.reshape(1, 2, 2, 2, 2, 3).transpose(0, 1, 4, 2, 5, 3).reshape(1, 2, 4, 6)
    hand.add("crd", "DepthToSpace", [deep], [y], 13, blocksize=2, mode="CRD")
    y = deep.reshape(1, 2, 2, 2, 2, 3).transpose(0, 3, 4, 1, 5, 2).reshape(1, 2, 4, 6)
    hand.add("dcr", "DepthToSpace", [deep], [y], 11, blocksize=2)
    for opset in (7, 12, 13):
        hand.add("inference", "Dropout", [x], [x], opset)
    holds = hand.floats(3, 1, 1) > 0
    hand.add("fed", "Where", [holds, x, x + 1], [np.where(holds, x, x + 1)], 16)
    hand.add("infinite", "Where", [holds, np.float32(-np.inf), x], [np.where(holds, np.float32(-np.inf), x)], 16, "b")
    for dtype in ("int32", "int64", "uint8", "int8", "float64", "float16", "bool"):
        numbers = np.array([0, 1, 2, 3, 200]).astype(dtype)
        hand.add(dtype, "Cast", [numbers], [numbers.astype(np.float32)], 13, to=TensorProto.FLOAT)
    zeros = np.array([0, 1, -2, np.inf], np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        for by in (0.0, -0.0, 1e-40, 3e38):
            hand.add(f"by_{by}", "Div", [zeros, np.float32(by)], [zeros / np.float32(by)], 13, "b")
            for operator, of in (("Add", np.add), ("Sub", np.subtract), ("Mul", np.multiply), ("Min", np.minimum),
                                 ("Max", np.maximum)):
                # A Clip without bounds, as which Min and Max can be written, has finite ones in ONNX Runtime.
                x0 = zeros[:3] if operator in ("Min", "Max") else zeros
                hand.add(f"by_{by}", operator, [x0, np.float32(by)], [of(x0, np.float32(by))], 13, "b")
    hand.add("batch", "Mul", [x[:1], x[:, :, :1, :1].copy()], [x64[:1] * x64[:, :, :1, :1]], 13)
    hand.add("batch", "Sub", [x[:, :, :1, :1].copy(), x[:1]], [x64[:, :, :1, :1] - x64[:1]], 13)
    pooled = helper.make_node("MaxPool", ["x"], ["c"], kernel_shape=[1, 1])
    batch = hand.floats(2, 3, 1, 1)
    for operator, of in (("Mul", np.multiply), ("Sub", np.subtract), ("Add", np.add)):
        nodes = [pooled, helper.make_node(operator, ["c", "b"], ["y"])]
        hand.chain(f"larger_batch_{operator}", nodes, x[:1], of(x[:1], batch), {"b": batch})
        nodes = [pooled, helper.make_node(operator, ["b", "c"], ["y"])]
        hand.chain(f"larger_batch_{operator}_first", nodes, x[:1], of(batch, x[:1]), {"b": batch})
    hand.add("crossed", "Clip", [x, np.float32(0.5), np.float32(-0.25)], [np.full_like(x, -0.25)], 13, "bc")
    for alpha in (0.3, 1, 2.5):
        y = np.maximum(x64, 0) + np.minimum(alpha * (np.exp(x64 / alpha) - 1), 0)
        hand.add(f"alpha_{alpha}", "Celu", [x], [y], 12, alpha=float(alpha))
    hand.add("crossed", "Clip", [x], [np.full_like(x, -0.25)], 7, min=0.5, max=-0.25)
    column = hand.floats(3, 1)
    hand.add("column", "Gemm", [a.T.copy(), b.T.copy(), column], [a.T.astype(np.float64) @ b.T + column], 13, "bc")
    hand.add("ratio", "Dropout", [x], [x], 7, ratio=0.25)
    whole_cases(hand)
    choice_cases(hand)
    whole = np.array([-7, 7, 9, -9], np.int64)
    by = np.array([2, -2, 4, 4], np.int64)
    hand.add("whole", "Div", [whole, by], [np.array([-3, -3, 2, -2])], 14)


def main():
    writer = Writer()
    project_cases(writer)
    hand = Hand(writer)
    for cases in (window_cases, reduce_cases, pad_cases, resize_cases, other_cases, fractional_cases, cropped_cases):
        cases(hand)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    packed = zlib.compress(json.dumps(writer.cases).encode() + b"\0" + bytes(writer.blob), 9)
    OUT.write_bytes(packed)
    print(f"{len(writer.cases)} cases, {len(writer.blob)} bytes, {len(packed)} packed")


if __name__ == "__main__":
    sys.exit(main())
