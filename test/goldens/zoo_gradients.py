#!/usr/bin/python3
"""Writes test/fixtures/goldens/zoo-gradients.safetensors: gradients of small networks of every family of the zoo.

Run by hand when a family is added, as zoo.py is; given names, it computes these anew and keeps the others:

    /usr/bin/python3 test/goldens/zoo_gradients.py [name ...]

One batch, in training: batch norm takes the statistics of the batch, dropout is 0; the loss is the cross-entropy, plus
`auxiliary` times that of each auxiliary head. PyTorch computes in float64. Of each parameter's gradient its length and its
products with directions of hashed.py are stored: a row [length, product, product] for each, in the order of "parameters".
"""

import copy
import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors_file import read_safetensors, write_safetensors
from torch import nn
from torch.nn import functional as F
from torchvision import models
from torchvision.models import resnet, vgg

import hashed
import papers
import papers_inception as inception
from zoo import fill, skip_initialisation

FILE = Path(__file__).resolve().parent.parent / "fixtures" / "goldens" / "zoo-gradients.safetensors"
CLASSES = 5
DIRECTIONS = 2
# A quarter of the shifts lies this far below 0, the others above: their ReLUs are far from turning.
AWAY = 2.5


def small_vgg(batch_norm):
    net = vgg.VGG(vgg.make_layers([8, "M", 16, 16, "M"], batch_norm), CLASSES, dropout=0)
    net.classifier = nn.Sequential(
        nn.Linear(16 * 7 * 7, 32), nn.ReLU(), nn.Dropout(0), nn.Linear(32, 32), nn.ReLU(), nn.Dropout(0), nn.Linear(32, CLASSES)
    )  # fmt: skip
    return net


def small_alexnet():
    net = models.AlexNet(CLASSES, dropout=0)
    net.classifier[1], net.classifier[4], net.classifier[6] = nn.Linear(9216, 64), nn.Linear(64, 64), nn.Linear(64, CLASSES)
    return net


def deep(make, shape, *norms, gain={}, auxiliary=0, tolerance=1e-3):
    """
    Rounding grows with every batch norm of a small batch, and ReLUs turn: so the shifts of the batch norms before ReLUs, by
    the ends of their names, are moved away from 0, and less is asked.
    """
    scales = {f"{norm}.weight": 0.7 for norm in norms}
    return make, shape, {**scales, **gain}, auxiliary, [f"{norm}.bias" for norm in norms], tolerance


# Name: the module, the shape of the batch, gains (as in zoo.py), the weight of auxiliary heads, shifts that are moved away
# from 0, and how exact it can be.
GRADIENTS = {
    "lenet5": (lambda: papers.lenet5(CLASSES, padding=2), (2, 1, 28, 28)),
    "alexnet": (small_alexnet, (2, 3, 100, 90)),
    "alexnet_2012": (lambda: papers.AlexNet2012(CLASSES, hidden=64, dropout=0), (2, 3, 100, 90)),
    "vgg": (lambda: small_vgg(False), (2, 3, 40, 36)),
    "vgg_bn": (lambda: small_vgg(True), (4, 3, 40, 36)),
    "nin_cifar": (lambda: papers.NetworkInNetwork(CLASSES, dropout=0), (2, 3, 32, 32)),
    "squeezenet1_0": (lambda: models.squeezenet1_0(num_classes=CLASSES, dropout=0), (2, 3, 70, 64)),
    "squeezenet1_1": (lambda: models.squeezenet1_1(num_classes=CLASSES, dropout=0), (2, 3, 70, 64)),
    "resnet": (lambda: resnet.ResNet(resnet.BasicBlock, [2, 1, 1, 1], CLASSES), (4, 3, 80, 72), {"bn2.weight": 0.25}),
    "resnet_bottleneck": (
        lambda: resnet.ResNet(resnet.Bottleneck, [1, 2, 1, 1], CLASSES),
        (4, 3, 80, 72),
        {"bn3.weight": 0.25},
    ),
    "resnext": (
        lambda: resnet.ResNet(resnet.Bottleneck, [1, 1, 1, 1], CLASSES, groups=8, width_per_group=4),
        (4, 3, 80, 72),
        {"bn3.weight": 0.25},
    ),
    "resnet_cifar": (lambda: papers.CifarResNet(14, "A", CLASSES), (4, 3, 32, 32), {"bn2.weight": 0.25}),
    "resnet_cifar_a_centred": (
        lambda: papers.CifarResNet(14, "A-centred", CLASSES),
        (4, 3, 32, 32),
        {"bn2.weight": 0.25},
    ),
    "resnet_cifar_b": (lambda: papers.CifarResNet(14, "B", CLASSES), (4, 3, 32, 32), {"bn2.weight": 0.25}),
    "googlenet": deep(
        lambda: models.GoogLeNet(CLASSES, True, True, init_weights=False, dropout=0, dropout_aux=0),
        (4, 3, 64, 72),
        "bn",
        auxiliary=0.3,
    ),
    # Without batch norm nothing keeps ReLUs and maxima from turning; the auxiliary heads need maps of 14 x 14.
    "googlenet_2014": deep(
        lambda: inception.GoogLeNet2014(CLASSES, True, 0, 0), (1, 3, 224, 224), auxiliary=0.3, tolerance=2e-2
    ),
    "inception_v2": deep(lambda: inception.BNInception(CLASSES), (4, 3, 64, 64), "_bn"),
    # The auxiliary head needs maps of 17 x 17.
    "inception_v3": deep(
        lambda: models.Inception3(CLASSES, True, init_weights=False, dropout=0),
        (3, 3, 299, 299),
        "bn",
        auxiliary=0.4,
        tolerance=5e-3,
    ),
    "mobilenet_v1": deep(lambda: inception.MobileNetV1(0.5, CLASSES), (8, 3, 64, 64), "bn1", "bn2"),
    "mobilenet_v1_same": deep(
        lambda: inception.MobileNetV1(0.25, CLASSES, same=True, eps=1e-3), (8, 3, 64, 64), "bn1", "bn2"
    ),
    "mobilenet_v1_folded": deep(lambda: inception.MobileNetV1(0.25, CLASSES, False, True), (2, 3, 64, 72)),
    "mobilenet_v2": deep(
        lambda: models.MobileNetV2(CLASSES, 0.35, dropout=0), (8, 3, 64, 64), "0.1", "1.1", "features.18.1"
    ),
    "xception": deep(
        lambda: inception.Xception(CLASSES, True, 1e-3),
        (3, 3, 75, 83),
        *(f"bn{i}" for i in (1, 2, 3, 4)),
        *(f"rep.{i}" for i in (1, 2, 5)),
        gain={"rep.8.weight": 0.25},
    ),
}


def backward(module, x, targets, auxiliary):
    """The loss of the network's own scores, and every parameter's gradient of all the losses by name."""
    module.zero_grad()
    output = module(x)
    # With auxiliary heads torchvision gives a tuple, the network's own scores first.
    scores, *heads = output if isinstance(output, tuple) else (output,)
    loss = F.cross_entropy(scores, targets)
    (loss + sum(auxiliary * F.cross_entropy(head, targets) for head in heads)).backward()
    return loss, {key: parameter.grad.numpy().ravel().copy() for key, parameter in module.named_parameters()}


def shaken(module, i):
    """Every weight off by up to two millionths: about what rounding does to what comes out of each layer."""
    other = copy.deepcopy(module)
    with torch.no_grad():
        for key, parameter in other.named_parameters():
            noise = hashed.uniform(f"{key}.shaken.{i}", parameter.numel(), 2e-6)
            parameter.mul_(1 + torch.from_numpy(noise).double().reshape(parameter.shape))
    return other


def smooth_input(module, shape, targets, auxiliary, tolerance):
    """The first picture where no ReLU and no maximum is so near to turning that rounding errors of float32 turn it."""
    near = [shaken(module, i) for i in range(4)]
    limit = tolerance / 2
    for i in range(40):
        x = torch.from_numpy(hashed.picture(f"input.{i}", shape)).double()
        _, gradients = backward(module, x, targets, auxiliary)
        largest = max(np.linalg.norm(gradient) for gradient in gradients.values())

        def turns(other):
            _, others = backward(other, x, targets, auxiliary)
            return any(np.linalg.norm(others[key] - g) > limit * (np.linalg.norm(g) + 1e-3 * largest) for key, g in gradients.items())

        if not any(turns(other) for other in near):
            return f"input.{i}", x
    raise AssertionError("every input is near a corner")


def golden(name):
    make, shape, gain, auxiliary, away, tolerance = (*GRADIENTS[name], *({}, 0, [], 1e-4)[len(GRADIENTS[name]) - 2 :])
    module = make()
    with torch.no_grad():
        module.eval()(torch.zeros(shape))  # Lazy layers learn their sizes.
    fill(module, gain).double().train()
    with torch.no_grad():
        for key, tensor in module.named_parameters():
            if key.endswith(tuple(away)):
                tensor.add_(torch.where(tensor < -0.05, -AWAY, AWAY))
    targets = torch.tensor([(3 * i + 1) % CLASSES for i in range(shape[0])])
    picture, x = smooth_input(module, shape, targets, auxiliary, tolerance)
    loss, gradients = backward(module, x, targets, auxiliary)
    rows = {}
    for key, gradient in gradients.items():
        directions = [hashed.uniform(f"{key}.{i}", gradient.size).astype(np.float64) for i in range(DIRECTIONS)]
        rows[key] = [np.linalg.norm(gradient), *(gradient @ direction for direction in directions)]
    lengths = [row[0] for row in rows.values()]
    print(f"{name:20} {picture}: loss {loss.item():.4f}, {len(rows)} gradients, {min(lengths):.2g} to {max(lengths):.2g} long", flush=True)
    about = dict(shape=shape, picture=picture, targets=targets.tolist(), gain=gain, away=away, tolerance=tolerance)
    about["parameters"] = list(rows)
    return {f"{name}.gradients": torch.tensor(list(rows.values())), f"{name}.loss": loss}, about


def main(names):
    tensors, metadata = read_safetensors(FILE) if names and FILE.exists() else ({}, {})
    networks = json.loads(metadata.get("networks", "{}"))
    skip_initialisation()
    for name in names or GRADIENTS:
        computed, networks[name] = golden(name)
        tensors.update(computed)
    networks = {name: networks[name] for name in GRADIENTS if name in networks}
    write_safetensors(
        FILE,
        {key: tensors[key] for name in networks for key in (f"{name}.loss", f"{name}.gradients")},
        {"torch": torch.__version__, "networks": json.dumps(networks)},
    )


if __name__ == "__main__":
    main(sys.argv[1:])
