"""Writes test/fixtures/onnx/nets.bin: torchvision's networks as PyTorch exports them, and PyTorch's answers.

Run with Debian's python3-torchvision and python3-onnx. The weights are those of hashed.py, so the files hold none: their
initializers point to "hashed", and the test fills them in. The last network is small and comes with the gradients of its
parameters.

The file is zlib-compressed: a JSON list of networks, a zero byte, then models and little-endian float32 answers.
"""

import io
import json
import pathlib
import zlib

import numpy as np
import onnx
import torch
import torchvision
from torch import nn

import hashed

OUT = pathlib.Path(__file__).parent.parent / "fixtures/onnx/nets.bin"

# Name, opset, height and width, and whether the batch is left open.
NETWORKS = [
    ("densenet121", 13, (64, 64), False),
    ("resnext50_32x4d", 11, (64, 48), True),
    ("mobilenet_v3_small", 14, (64, 64), True),
    ("efficientnet_b0", 12, (64, 64), False),
    ("shufflenet_v2_x0_5", 10, (64, 64), False),
    ("mnasnet0_5", 9, (64, 64), True),
    ("squeezenet1_1", 7, (64, 80), False),
    ("resnet18", 15, (64, 64), False),
    ("googlenet", 16, (64, 64), True),
    ("inception_v3", 13, (96, 96), False),
    ("regnet_y_400mf", 17, (64, 64), True),
    ("convnext_tiny", 14, (64, 64), False),
    ("lrn", 13, (12, 12), True),
]


class Small(nn.Module):
    """Every kind of parameter and a branch, for gradients."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.prelu = nn.PReLU(8)
        self.depthwise = nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8)
        self.norm = nn.InstanceNorm2d(8, affine=True)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.scale = nn.Parameter(torch.empty(4, 1, 1))
        self.mix = nn.Linear(4, 6)
        self.fc = nn.Linear(6 * 4, 5)

    def forward(self, x):
        x = self.prelu(self.bn(self.conv(x)))
        x = torch.sigmoid(self.norm(self.depthwise(x))) * nn.functional.avg_pool2d(x, 2)
        x = self.up(x) * self.scale
        x = nn.functional.interpolate(x, scale_factor=0.5, mode="bilinear", align_corners=False)
        x = nn.functional.gelu(self.mix(x.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
        x = nn.functional.max_pool2d(nn.functional.pad(x, (1, 1, 1, 1), mode="reflect"), 3)
        return self.fc(torch.flatten(x, 1))


class Lrn(nn.Module):
    """Local response normalisation, which PyTorch exports as pooling in three dimensions and a branch."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.LocalResponseNorm(5, alpha=0.1), nn.Conv2d(8, 4, 3)
        )

    def forward(self, x):
        return self.features(x).mean((2, 3))


def export(model, x, opset, free):
    """The model's graph with its weights taken out. Batch normalisation is kept, nothing is folded."""
    file = io.BytesIO()
    axes = {"input": {0: "batch"}, "output": {0: "batch"}} if free else None
    torch.onnx.export(
        model,
        x,
        file,
        opset_version=opset,
        input_names=["input"],
        output_names=["output"],
        dynamic_axes=axes,
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
    )
    proto = onnx.load_from_string(file.getvalue())
    state = model.state_dict()
    for tensor in proto.graph.initializer:
        if tensor.name not in state:
            continue
        assert list(tensor.dims) == list(state[tensor.name].shape), tensor.name
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="hashed/" + tensor.name)
    return proto.SerializeToString()


def main():
    torch.manual_seed(0)
    entries, blob = [], bytearray()

    def put(data):
        blob.extend(data)
        return [len(blob) - len(data), len(data)]

    floats = lambda tensor: put(np.ascontiguousarray(tensor.detach().numpy()).astype("<f4").tobytes())

    for name, opset, size, free in NETWORKS:
        extra = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        model = Lrn() if name == "lrn" else getattr(torchvision.models, name)(weights=None, **extra)
        hashed.fill(model).eval()
        count = 2 if free else 1
        x = torch.from_numpy(hashed.uniform("input", count * 3 * size[0] * size[1])).reshape(count, 3, *size)
        with torch.no_grad():
            y = model(x)
        entry = {"name": name, "opset": opset, "shape": list(x.shape), "free": free}
        entry["model"], entry["output"] = put(export(model, x[:1], opset, free)), floats(y)
        entry["parameters"] = sum(p.numel() for n, p in model.named_parameters() if not n.lower().startswith("aux"))
        entries.append(entry)
        print(name, float(y.abs().max()), entry["parameters"], len(blob))

    model = hashed.fill(Small())
    x = torch.from_numpy(hashed.uniform("input", 4 * 3 * 8 * 8)).reshape(4, 3, 8, 8)
    entry = {"name": "small", "opset": 13, "shape": list(x.shape), "free": False}
    entry["model"] = put(export(model.eval(), x[:1], 13, False))
    entry["output"] = floats(model(x))
    # In float64: some of the gradients that this PyTorch computes in float32 are not numbers it has computed.
    model = model.double().train()
    loss = nn.functional.cross_entropy(model(x.double()), torch.tensor([0, 1, 2, 3]))
    loss.backward()
    entry["loss"] = float(loss)
    entry["gradients"] = {name: floats(p.grad) for name, p in model.named_parameters()}
    entry["parameters"] = sum(p.numel() for p in model.parameters())
    entries.append(entry)

    packed = zlib.compress(json.dumps(entries).encode() + b"\0" + bytes(blob), 9)
    OUT.write_bytes(packed)
    print(f"{len(blob)} bytes, {len(packed)} packed")


if __name__ == "__main__":
    main()
