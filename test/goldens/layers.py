#!/usr/bin/python3
"""Writes test/fixtures/goldens/layers.safetensors: what PyTorch computes for layers that change the shape of images.

Run by hand when a case is added, with Debian's python3 and its package python3-torch (1.13):

    /usr/bin/python3 test/goldens/layers.py

Inputs are float32 numbers; PyTorch computes in float64, and the results are rounded to float32. Each case is an entry of
the metadata's JSON list "cases", {"name", "layer", "arguments"}; its tensors are "<name>.x", "<name>.y" and the state by
torch's names.
"""

import json
from pathlib import Path

import torch
from torch import nn

from safetensors_file import write_safetensors

torch.manual_seed(5)
FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "goldens"
cases, tensors = [], {}


def case(layer, arguments, module, shape):
    name = str(len(cases))
    cases.append({"name": name, "layer": layer, "arguments": arguments})
    module = module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape).double())
        x = torch.randn(*shape).double()
        tensors[f"{name}.x"], tensors[f"{name}.y"] = x, module(x)
    tensors.update({f"{name}.{key}": value for key, value in module.state_dict().items()})


case("convTranspose2d", [4, 3], nn.ConvTranspose2d(3, 4, 3), (2, 3, 4, 5))
case(
    "convTranspose2d",
    [6, [3, 4], dict(stride=[2, 3], padding=[1, 2], outputPadding=[1, 0], groups=2, bias=False)],
    nn.ConvTranspose2d(4, 6, (3, 4), (2, 3), (1, 2), (1, 0), groups=2, bias=False),
    (1, 4, 3, 5),
)
case(
    "convTranspose2d",
    [2, 2, dict(dilation=3, outputPadding=2)],
    nn.ConvTranspose2d(3, 2, 2, dilation=3, output_padding=2),
    (1, 3, 3, 3),
)
case(
    "convTranspose1d",
    [5, 4, dict(stride=2, padding=1, outputPadding=1)],
    nn.ConvTranspose1d(3, 5, 4, 2, 1, 1),
    (2, 3, 6),
)
case("instanceNorm2d", [], nn.InstanceNorm2d(9), (2, 9, 4, 3))
case("instanceNorm2d", [dict(affine=True, eps=0.1)], nn.InstanceNorm2d(3, eps=0.1, affine=True), (1, 3, 4, 3))
case("adaptiveMaxPool2d", [[2, 3]], nn.AdaptiveMaxPool2d((2, 3)), (2, 3, 4, 6))
case("adaptiveMaxPool2d", [[3, 7]], nn.AdaptiveMaxPool2d((3, 7)), (2, 3, 8, 5))
case("globalMaxPool2d", [], nn.AdaptiveMaxPool2d(1), (2, 3, 5, 7))
case("pixelShuffle", [3], nn.PixelShuffle(3), (1, 18, 2, 3))
case("pixelUnshuffle", [2], nn.PixelUnshuffle(2), (2, 3, 4, 6))
case("upsample", [dict(scale=2)], nn.Upsample(scale_factor=2), (1, 3, 4, 5))
case("upsample", [dict(size=[7, 3])], nn.Upsample(size=(7, 3)), (1, 9, 4, 5))
case("upsample", [dict(scale=[1.5, 2.3])], nn.Upsample(scale_factor=(1.5, 2.3)), (1, 2, 5, 7))
bilinear = dict(mode="bilinear")
case("upsample", [dict(scale=2, **bilinear)], nn.Upsample(scale_factor=2, **bilinear), (2, 3, 3, 4))
case("upsample", [dict(size=[2, 9], **bilinear)], nn.Upsample(size=(2, 9), **bilinear), (1, 3, 5, 4))
case("upsample", [dict(scale=[1.7, 0.6], **bilinear)], nn.Upsample(scale_factor=(1.7, 0.6), **bilinear), (1, 3, 5, 7))
case(
    "upsample",
    [dict(size=[7, 1], alignCorners=True, **bilinear)],
    nn.Upsample(size=(7, 1), align_corners=True, **bilinear),
    (1, 9, 4, 5),
)

write_safetensors(FOLDER / "layers.safetensors", tensors, {"cases": json.dumps(cases)})
