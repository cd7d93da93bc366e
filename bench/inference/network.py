"""A network out of the files that graph/file.ts writes, as a torch module."""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def read(folder):
    folder = Path(folder)
    described = json.loads((folder / "torch.json").read_text())
    numbers = np.fromfile(folder / "torch.bin", dtype=np.float32)
    tensors = {
        name: torch.from_numpy(numbers[at : at + int(np.prod(shape))].reshape(shape).copy())
        for name, shape, at in described["tensors"]
    }
    picture = np.fromfile(folder / "input.bin", dtype=np.float32).reshape(described["input"]["shape"])
    return Network(described, tensors).eval(), torch.from_numpy(picture)


class Network(nn.Module):
    def __init__(self, described, tensors):
        super().__init__()
        self.input, self.output = described["input"]["name"], described["output"]
        self.nodes = described["nodes"]
        self.tensors = tensors
        self.steps = [(node["inputs"], node["output"], self.step(node)) for node in self.nodes]

    def forward(self, x):
        values = {self.input: x}
        for inputs, output, step in self.steps:
            values[output] = step(*(values[name] for name in inputs))
        return values[self.output]

    def step(self, node):
        return getattr(self, node["op"])(node)

    def tensor(self, name):
        return None if name is None else self.tensors[name]

    def conv(self, node):
        w, b, window = self.tensor(node["w"]), self.tensor(node["b"]), node["window"]
        strides, dilations, groups = window["strides"], window["dilations"], node["groups"]
        return padded(window, 0, lambda x, pads: F.conv2d(x, w, b, strides, pads, dilations, groups))

    def linear(self, node):
        w, b = self.tensor(node["w"]), self.tensor(node["b"])
        return lambda x: F.linear(x, w, b)

    def batchNorm(self, node):
        mean, variance, scale, shift = (self.tensor(node[key]) for key in ("mean", "variance", "scale", "shift"))
        return lambda x: F.batch_norm(x, mean, variance, scale, shift, False, 0.1, node["epsilon"])

    def maxPool(self, node):
        window = node["window"]
        return padded(
            window, float("-inf"), lambda x, pads: F.max_pool2d(x, window["kernel"], window["strides"], pads)
        )

    def averagePool(self, node):
        window = node["window"]
        pads = (window["top"], window["left"])
        return lambda x: F.avg_pool2d(
            x, window["kernel"], window["strides"], pads, count_include_pad=node["padded"]
        )

    def globalAverage(self, node):
        return lambda x: F.adaptive_avg_pool2d(x, 1)

    def concat(self, node):
        return lambda *xs: torch.cat(xs, 1)

    def add(self, node):
        return torch.add

    def activation(self, node):
        return {
            "relu": lambda x: F.relu(x, inplace=True),
            "relu6": lambda x: F.relu6(x, inplace=True),
            "sigmoid": torch.sigmoid,
            "tanh": torch.tanh,
        }[node["activation"]]

    def flatten(self, node):
        return lambda x: torch.flatten(x, 1)

    def softmax(self, node):
        return lambda x: F.softmax(x, 1)

    def localResponseNorm(self, node):
        return lambda x: F.local_response_norm(x, node["size"], node["alpha"], node["beta"], node["bias"])


def padded(window, value, run):
    """torch's own padding where both sides are the same, or where the far one is only what strides leave over."""
    top, left, bottom, right = (window[side] for side in ("top", "left", "bottom", "right"))
    if bottom <= top and right <= left:
        return lambda x: run(x, (top, left))
    return lambda x: run(F.pad(x, (left, right, top, bottom), value=value), (0, 0))
