#!/usr/bin/python3
"""Writes test/fixtures/goldens/zoo.safetensors: what PyTorch computes for the networks of the zoo at full size.

Run by hand when a network is added, with Debian's python3 and its packages python3-torch (1.13) and python3-torchvision
(0.14); given names, it computes these networks anew and keeps the others:

    /usr/bin/python3 test/goldens/zoo.py [name ...]

Weights and inputs are those of hashed.py, so only the outputs are stored, computed in float64. Of the state_dict, the
number of entries and the SHA-256 of its sorted lines "name shape" are. A network that is deep in sums would grow without
bound on such weights: there, `gain` multiplies the scales that end its branches. Every output is finite, and another
input's differs from it by at least a hundredth of the largest score: the test would see what the input passes through.
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from safetensors_file import read_safetensors, write_safetensors
from torchvision import models

import hashed
import papers
import papers_inception

FILE = Path(__file__).resolve().parent.parent / "fixtures" / "goldens" / "zoo.safetensors"
PHOTO = (1, 3, 224, 224)
LARGE = (1, 3, 299, 299)
CIFAR = (1, 3, 32, 32)


def vision(name, **options):
    return lambda: getattr(models, name)(weights=None, **options)


def cifar_resnet(depth, shortcut):
    return lambda: papers.CifarResNet(depth, shortcut)


def mobilenet_v1(width):
    return lambda: papers_inception.MobileNetV1(width)


# Name in src/zoo: the module, the shape of its input, and the gain by the end of a name.
NETWORKS = {
    "alexnet": (vision("alexnet"), PHOTO),
    "alexnet_2012": (papers.AlexNet2012, (1, 3, 227, 227)),
    **{f"vgg{n}": (vision(f"vgg{n}"), PHOTO) for n in (11, 13, 16, 19)},
    **{f"vgg{n}_bn": (vision(f"vgg{n}_bn"), PHOTO) for n in (11, 13, 16, 19)},
    "nin_cifar": (papers.NetworkInNetwork, CIFAR),
    **{f"squeezenet1_{n}": (vision(f"squeezenet1_{n}"), PHOTO) for n in (0, 1)},
    **{f"resnet{n}": (vision(f"resnet{n}"), PHOTO, {"bn2.weight": 0.25}) for n in (18, 34)},
    **{f"resnet{n}": (vision(f"resnet{n}"), PHOTO, {"bn3.weight": 0.25}) for n in (50, 101, 152)},
    **{f"resnet{n}_cifar": (cifar_resnet(n, "A"), CIFAR, {"bn2.weight": 0.25}) for n in (20, 32, 44, 56, 110)},
    **{f"resnet{n}_cifar_b": (cifar_resnet(n, "B"), CIFAR, {"bn2.weight": 0.25}) for n in (20, 32, 44, 56, 110)},
    "googlenet": (vision("googlenet", aux_logits=False, init_weights=False), PHOTO),
    "googlenet_2014": (papers_inception.GoogLeNet2014, PHOTO),
    "inception_v2": (papers_inception.BNInception, PHOTO),
    "inception_v3": (vision("inception_v3", aux_logits=False, init_weights=False), LARGE),
    "mobilenet_v1": (papers_inception.MobileNetV1, PHOTO),
    **{f"mobilenet_v1_{n}": (mobilenet_v1(int(n) / 100), PHOTO) for n in ("075", "050", "025")},
    "mobilenet_v2": (vision("mobilenet_v2"), PHOTO),
    "xception": (papers_inception.Xception, LARGE, {"rep.5.weight": 0.5, "rep.8.weight": 0.25}),
}


def skip_initialisation():
    """The numbers are replaced anyway, and drawing them takes longer than everything else."""
    for name in ("kaiming_normal_", "kaiming_uniform_", "normal_", "uniform_", "trunc_normal_", "xavier_uniform_"):
        setattr(torch.nn.init, name, lambda tensor, *_, **__: tensor)


def digest(state):
    lines = sorted(f"{name} {'x'.join(map(str, tensor.shape))}\n" for name, tensor in state.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def fill(module, gain):
    hashed.fill(module)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            for ending, factor in gain.items():
                if name.endswith(ending):
                    tensor.mul_(factor)
    return module


def golden(name):
    make, shape, gain = (*NETWORKS[name], {})[:3]
    module = make().eval()
    with torch.no_grad():
        module(torch.zeros(shape))  # Lazy layers learn their sizes.
        fill(module, gain).double()
        output = module(torch.from_numpy(hashed.picture("input", shape)).double())
        other = module(torch.from_numpy(hashed.picture("other", shape)).double())
    largest = output.abs().max().item()
    difference = (output - other).abs().max().item() / largest
    assert 0 < largest < 1e6 and difference > 0.01, (name, largest, difference)
    parameters = sum(tensor.numel() for tensor in module.parameters())
    print(f"{name:20} {parameters:12,} largest {largest:.3g}, another input's differs by {difference:.3f}", flush=True)
    state = module.state_dict()
    return output, {"input": shape, "gain": gain, "parameters": parameters, "entries": len(state), "digest": digest(state)}


def main(names):
    tensors, metadata = read_safetensors(FILE) if names and FILE.exists() else ({}, {})
    networks = json.loads(metadata.get("networks", "{}"))
    skip_initialisation()
    for name in names or NETWORKS:
        tensors[name], networks[name] = golden(name)
    order = [name for name in NETWORKS if name in networks]
    write_safetensors(
        FILE,
        {name: tensors[name] for name in order},
        {"torch": torch.__version__, "networks": json.dumps({name: networks[name] for name in order})},
    )


if __name__ == "__main__":
    main(sys.argv[1:])
