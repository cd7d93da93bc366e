#!/usr/bin/python3
"""Writes test/fixtures/goldens/explain.safetensors: saliency, integrated gradients and Grad-CAM of a small ResNet by PyTorch.

Run by hand, with Debian's python3 and its packages python3-torch (1.13) and python3-torchvision (0.14):

    /usr/bin/python3 test/goldens/explain.py

Weights and input are those of hashed.py, in float64. Derivatives come from autograd, Grad-CAM from a forward and a backward
hook, the rule of Gauss and Legendre from NumPy.
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors_file import write_safetensors
from torch.nn import functional as F
from torchvision.models import resnet

import hashed
from zoo import fill

FILE = Path(__file__).resolve().parent.parent / "fixtures" / "goldens" / "explain.safetensors"
SHAPE = (1, 3, 48, 40)
CLASS = 1
STEPS = 20
GAIN = {"bn2.weight": 0.25}


def gradient(net, x):
    x = x.clone().requires_grad_()
    net(x)[:, CLASS].sum().backward()
    return x.grad


def integrated(net, x):
    places, weights = np.polynomial.legendre.leggauss(STEPS)
    # From [-1, 1] to [0, 1]; the baseline is 0.
    points = torch.cat([x * (place + 1) / 2 for place in places])
    return (gradient(net, points) * torch.from_numpy(weights / 2)[:, None, None, None]).sum(0, keepdim=True) * x


def grad_cam(net, layer, x):
    seen = {}
    hooks = [
        layer.register_forward_hook(lambda _, __, y: seen.update(maps=y.detach())),
        layer.register_full_backward_hook(lambda _, __, dy: seen.update(gradient=dy[0])),
    ]
    net(x.clone().requires_grad_())[0, CLASS].backward()
    for hook in hooks:
        hook.remove()
    weights = seen["gradient"].mean((2, 3), keepdim=True)
    coarse = (weights * seen["maps"]).sum(1, keepdim=True).relu()
    return coarse[0, 0], F.interpolate(coarse, SHAPE[2:], mode="bilinear", align_corners=False)[0, 0]


def main():
    net = fill(resnet.ResNet(resnet.BasicBlock, [1, 1, 1, 1], 5), GAIN).double().eval()
    x = torch.from_numpy(hashed.picture("explained", SHAPE)).double()
    tensors = {
        "scores": net(x),
        "saliency": gradient(net, x).abs().amax(1)[0],
        "signed": (gradient(net, x) * x).sum(1)[0],
        "integrated": integrated(net, x),
    }
    for name in ("layer2", "layer4"):
        tensors[f"{name}.coarse"], tensors[f"{name}.map"] = grad_cam(net, getattr(net, name), x)
    about = {"shape": SHAPE, "class": CLASS, "steps": STEPS, "gain": GAIN}
    write_safetensors(FILE, tensors, {"torch": torch.__version__, "about": json.dumps(about)})
    for name, tensor in tensors.items():
        print(name, tuple(tensor.shape), tensor.abs().max().item(), (tensor > 0).double().mean().item())


if __name__ == "__main__":
    main()
