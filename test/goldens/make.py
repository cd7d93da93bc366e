#!/usr/bin/python3
"""Writes test/fixtures/goldens/: what PyTorch computes for single ops, optimisers and LeNet-5.

Run by hand when a case is added, with Debian's python3 and its package python3-torch (1.13):

    /usr/bin/python3 test/goldens/make.py

Inputs are float32 numbers; PyTorch computes in float64, and the results are rounded to float32. The same version of
PyTorch writes the same bytes. Each case is an entry of the metadata's JSON list "cases", {"name", "op", ...attributes};
its tensors are called "<name>.<tensor>". Gradients begin with "d"; "dy" is the gradient the backward pass starts from.
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from safetensors_file import write_safetensors

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "goldens"


def normal(*shape, mean=0.0, deviation=1.0):
    """Float32 numbers, as float64."""
    return (torch.randn(*shape) * deviation + mean).double()


cases, tensors = [], {}


def record(op, attributes, values):
    name = f"{op}.{sum(case['op'] == op for case in cases)}"
    cases.append({"name": name, "op": op, **attributes})
    tensors.update({f"{name}.{key}": value for key, value in values.items() if value is not None})


def differentiable(op, attributes, inputs, forward, others=None):
    """One application of an op and its gradients along a random dy."""
    leaves = {key: value.clone().requires_grad_() for key, value in inputs.items()}
    y = forward(**leaves)
    # A loss is a single number, whose own gradient is 1.
    dy = normal(*y.shape) if y.dim() > 0 else None
    y.backward(dy)
    grads = {f"d{key}": leaf.grad for key, leaf in leaves.items()}
    record(op, attributes, {**inputs, **(others or {}), "y": y, "dy": dy, **grads})


def conv2d(n, c, h, w, k, kernel, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1, mode="zeros"):
    torch_mode = "constant" if mode == "zeros" else mode
    pad = (padding[1], padding[1], padding[0], padding[0])
    differentiable(
        "conv2d",
        dict(stride=stride, padding=padding, dilation=dilation, groups=groups, mode=mode),
        dict(x=normal(n, c, h, w), w=normal(k, c // groups, *kernel), b=normal(k)),
        lambda x, w, b: F.conv2d(F.pad(x, pad, mode=torch_mode), w, b, stride, 0, dilation, groups),
    )


def batch_norm_train(shape, eps=1e-5, momentum=0.1, steps=3):
    c = shape[1]
    layer = nn.BatchNorm2d(c, eps=eps, momentum=momentum).double()
    with torch.no_grad():
        layer.weight.copy_(normal(c))
        layer.bias.copy_(normal(c))
    values = {"weight": layer.weight.clone(), "bias": layer.bias.clone()}
    for step in range(steps):
        layer.zero_grad()
        x = normal(*shape, mean=step, deviation=2.0).requires_grad_()
        y = layer(x)
        dy = normal(*shape)
        y.backward(dy)
        values[f"x{step}"] = x
        values[f"running_mean{step}"] = layer.running_mean.clone()
        values[f"running_var{step}"] = layer.running_var.clone()
    # The last step in full.
    values |= dict(y=y, dy=dy, dx=x.grad, dweight=layer.weight.grad, dbias=layer.bias.grad)
    record("batchNormTrain", dict(eps=eps, momentum=momentum, steps=steps), values)


def batch_norm(shape, eps=1e-5):
    c = shape[1]
    mean, var = normal(c), (torch.rand(c) + 0.1).double()
    differentiable(
        "batchNorm",
        dict(eps=eps),
        dict(x=normal(*shape), weight=normal(c), bias=normal(c)),
        lambda x, weight, bias: F.batch_norm(x, mean, var, weight, bias, False, 0.1, eps),
        dict(mean=mean, var=var),
    )


def local_response_norm(shape, **attributes):
    differentiable(
        "localResponseNorm",
        attributes,
        dict(x=normal(*shape)),
        lambda x: F.local_response_norm(x, **attributes),
    )


def cross_entropy(n, k, label_smoothing):
    targets = torch.randint(k, (n,))
    differentiable(
        "crossEntropy",
        dict(labelSmoothing=label_smoothing),
        dict(x=normal(n, k, deviation=3.0)),
        lambda x: F.cross_entropy(x, targets, label_smoothing=label_smoothing),
        dict(targets=targets),
    )


def mse(*shape):
    differentiable("mse", {}, dict(x=normal(*shape), target=normal(*shape)), lambda x, target: F.mse_loss(x, target))


def max_pool(shape, kernel, stride, padding=(0, 0), dilation=(1, 1), ceil=False):
    differentiable(
        "maxPool2d",
        dict(kernel=kernel, stride=stride, padding=padding, dilation=dilation, ceil=ceil),
        dict(x=normal(*shape)),
        lambda x: F.max_pool2d(x, kernel, stride, padding, dilation, ceil),
    )


def avg_pool(shape, kernel, stride, padding=(0, 0), ceil=False, include=True):
    differentiable(
        "avgPool2d",
        dict(kernel=kernel, stride=stride, padding=padding, ceil=ceil, countIncludePad=include),
        dict(x=normal(*shape)),
        lambda x: F.avg_pool2d(x, kernel, stride, padding, ceil, include),
    )


def adaptive_avg_pool(shape, size):
    differentiable(
        "adaptiveAvgPool2d",
        dict(size=size),
        dict(x=normal(*shape)),
        lambda x: F.adaptive_avg_pool2d(x, size),
    )


def optimizer(op, make, attributes, count=19, steps=5):
    w = nn.Parameter(normal(count))
    rule = make([w])
    values = {"w": w.clone()}
    for step in range(steps):
        w.grad = normal(count)
        values[f"gradient{step}"] = w.grad.clone()
        rule.step()
        values[f"w{step}"] = w.clone()
    record(op, dict(attributes, steps=steps), values)


def activation(name, forward, **attributes):
    """Away from 0 and the bounds, where slopes are not defined."""
    differentiable(name, attributes, dict(x=normal(2, 9, 3, 2, deviation=2.0)), forward)


def activations():
    activation("elu", lambda x: F.elu(x, 0.7), alpha=0.7)
    activation("selu", lambda x: F.selu(x))
    activation("gelu", F.gelu, approximate="none")
    activation("gelu", lambda x: F.gelu(x, approximate="tanh"), approximate="tanh")
    activation("silu", lambda x: F.silu(x))
    activation("hardSwish", lambda x: F.hardswish(x))
    activation("hardSigmoid", lambda x: F.hardsigmoid(x))
    activation("clip", lambda x: F.hardtanh(x, -0.8, 1.7), min=-0.8, max=1.7)
    activation("softplus", lambda x: F.softplus(x, beta=1.5), beta=1.5)
    activation("erf", lambda x: torch.erf(x))
    activation("powered", lambda x: x**3, exponent=3)
    for slopes in (1, 9):
        differentiable("prelu", {}, dict(x=normal(2, 9, 3, 2), weight=normal(slopes)), lambda x, weight: F.prelu(x, weight))
    pair = lambda: dict(x=normal(3, 5), z=normal(3, 5))  # noqa: E731
    differentiable("maximum", {}, pair(), lambda x, z: torch.maximum(x, z))
    differentiable("minimum", {}, pair(), lambda x, z: torch.minimum(x, z))
    differentiable("divide", {}, pair(), lambda x, z: x / z)
    positive = dict(x=normal(3, 5).abs(), z=normal(3, 5))
    differentiable("power", {}, positive, lambda x, z: x**z)


def clipping(count, limit):
    w = nn.Parameter(torch.zeros(count).double())
    w.grad = normal(count)
    values = dict(gradients=w.grad.clone())
    values["norm"] = torch.nn.utils.clip_grad_norm_([w], limit)
    record("gradientScale", dict(limit=limit), {**values, "clipped": w.grad})


def write_ops():
    torch.manual_seed(1)
    conv2d(2, 3, 7, 6, 5, (3, 3))
    conv2d(1, 10, 9, 8, 9, (3, 2), stride=(2, 3), padding=(2, 1))
    conv2d(2, 6, 8, 7, 9, (3, 3), padding=(2, 2), dilation=(2, 1), groups=3)
    conv2d(1, 9, 6, 6, 9, (5, 5), padding=(2, 2), groups=9)
    for mode in ("reflect", "replicate", "circular"):
        conv2d(1, 3, 5, 6, 4, (3, 3), padding=(1, 2), mode=mode)

    batch_norm_train((3, 5, 4, 3))
    batch_norm_train((2, 8, 2, 2), eps=1e-3, momentum=0.3)
    batch_norm((2, 11, 3, 4))

    local_response_norm((2, 7, 3, 2), size=5, alpha=1e-4, beta=0.75, k=2.0)
    local_response_norm((1, 11, 2, 3), size=4, alpha=0.9, beta=0.6, k=1.0)
    local_response_norm((1, 9, 2, 2), size=3, alpha=0.9, beta=0.75, k=0.0)

    cross_entropy(4, 10, 0.0)
    cross_entropy(5, 13, 0.1)
    mse(3, 5, 2)

    max_pool((2, 3, 7, 8), (3, 3), (2, 2), ceil=True)
    max_pool((1, 9, 8, 7), (3, 2), (2, 3), padding=(1, 1), ceil=True)
    max_pool((1, 4, 9, 9), (2, 3), (2, 2), dilation=(3, 2))
    avg_pool((2, 3, 7, 8), (3, 3), (2, 2), ceil=True)
    avg_pool((1, 9, 8, 7), (3, 2), (2, 3), padding=(1, 1), ceil=True)
    avg_pool((1, 9, 8, 7), (3, 2), (2, 3), padding=(1, 1), ceil=True, include=False)
    adaptive_avg_pool((1, 5, 7, 9), (3, 4))

    sgd = dict(lr=0.1, momentum=0.9, weight_decay=0.05, dampening=0.0, nesterov=True)
    optimizer("sgd", lambda p: torch.optim.SGD(p, **sgd), sgd)
    sgd = dict(lr=0.1, momentum=0.7, weight_decay=0.0, dampening=0.4, nesterov=False)
    optimizer("sgd", lambda p: torch.optim.SGD(p, **sgd), sgd)
    adam = dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)
    optimizer("adam", lambda p: torch.optim.Adam(p, **adam), dict(adam, decoupled=False))
    optimizer("adam", lambda p: torch.optim.AdamW(p, **adam), dict(adam, decoupled=True))
    clipping(100, 3.0)
    clipping(10, 30.0)
    activations()
    write_safetensors(FOLDER / "ops.safetensors", tensors, {"torch": torch.__version__, "cases": json.dumps(cases)})


def write_lenet():
    """LeNet-5 as in the lecture, by torch's default initialisation: 61,706 parameters named as in nn.Sequential."""
    torch.manual_seed(5)
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10),
    )  # fmt: skip
    assert sum(p.numel() for p in net.parameters()) == 61_706
    net.double()
    x = normal(4, 1, 32, 32)
    targets = torch.tensor([3, 0, 9, 3])
    output = net(x)
    loss = F.cross_entropy(output, targets)
    loss.backward()
    values = dict(net.state_dict()) | dict(input=x, targets=targets, output=output, loss=loss)
    values |= {f"grad.{name}": p.grad for name, p in net.named_parameters()}
    write_safetensors(FOLDER / "lenet5.safetensors", values, {"torch": torch.__version__})


FOLDER.mkdir(parents=True, exist_ok=True)
write_ops()
write_lenet()
