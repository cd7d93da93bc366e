"""Writes test/fixtures/goldens/timm.json: networks in the form that timm gives them, written by hand in PyTorch from its
names and shapes; weights and inputs are those of hashed.py. timm itself is not needed.

    /usr/bin/python3 test/goldens/timm.py
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

import hashed

FILE = Path(__file__).resolve().parent.parent / "fixtures/goldens/timm.json"


class VggHead(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        return self.fc(x.mean((2, 3)))


class VggHidden(nn.Module):
    """The hidden layers as convolutions: over 7 x 7 pixels, then over one."""

    def __init__(self, channels, hidden):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, hidden, 7)
        self.fc2 = nn.Conv2d(hidden, hidden, 1)

    def forward(self, x):
        if min(x.shape[2:]) < 7:
            x = F.adaptive_avg_pool2d(x, [max(7, size) for size in x.shape[2:]])
        return self.fc2(self.fc1(x).relu()).relu()


class Vgg(nn.Module):
    def __init__(self, blocks, hidden, classes, batch_norm):
        super().__init__()
        layers, channels = [], 3
        for count, filters in blocks:
            for _ in range(count):
                layers.append(nn.Conv2d(channels, filters, 3, padding=1))
                layers += [nn.BatchNorm2d(filters), nn.ReLU()] if batch_norm else [nn.ReLU()]
                channels = filters
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.pre_logits = VggHidden(channels, hidden)
        self.head = VggHead(hidden, classes)

    def forward(self, x):
        return self.head(self.pre_logits(self.features(x)))


class DepthwiseSeparable(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv_dw = nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv_pw = nn.Conv2d(channels, out, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.skip = stride == 1 and channels == out

    def forward(self, x):
        y = self.bn2(self.conv_pw(F.relu6(self.bn1(self.conv_dw(x)))))
        return x + y if self.skip else y


class InvertedResidual(nn.Module):
    def __init__(self, channels, out, stride, expand):
        super().__init__()
        wide = channels * expand
        self.conv_pw = nn.Conv2d(channels, wide, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(wide)
        self.conv_dw = nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False)
        self.bn2 = nn.BatchNorm2d(wide)
        self.conv_pwl = nn.Conv2d(wide, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.skip = stride == 1 and channels == out

    def forward(self, x):
        y = F.relu6(self.bn1(self.conv_pw(x)))
        y = self.bn3(self.conv_pwl(F.relu6(self.bn2(self.conv_dw(y)))))
        return x + y if self.skip else y


class MobileNetV2(nn.Module):
    """Rows of the paper's table: expansion, channels, blocks, stride."""

    def __init__(self, rows, stem, head, classes):
        super().__init__()
        self.conv_stem = nn.Conv2d(3, stem, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(stem)
        stages, channels = [], stem
        for expand, out, count, stride in rows:
            blocks = []
            for i in range(count):
                step = stride if i == 0 else 1
                if expand == 1:
                    blocks.append(DepthwiseSeparable(channels, out, step))
                else:
                    blocks.append(InvertedResidual(channels, out, step, expand))
                channels = out
            stages.append(nn.Sequential(*blocks))
        self.blocks = nn.Sequential(*stages)
        self.conv_head = nn.Conv2d(channels, head, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(head)
        self.classifier = nn.Linear(head, classes)

    def forward(self, x):
        x = self.blocks(F.relu6(self.bn1(self.conv_stem(x))))
        return self.classifier(F.relu6(self.bn2(self.conv_head(x))).mean((2, 3)))


BLOCKS = [(1, 8), (2, 12)]
# Of the paper's width 0.125, with all its rows: eleven blocks or more have two digits.
ROWS = [(1, 8, 1, 1), (6, 8, 2, 2), (6, 8, 3, 2), (6, 8, 4, 2), (6, 16, 3, 1), (6, 24, 3, 2), (6, 40, 1, 1)]
NETWORKS = {
    "vgg": (Vgg(BLOCKS, 10, 5, False), (2, 3, 28, 28)),
    "vgg_bn": (Vgg(BLOCKS, 10, 5, True), (2, 3, 28, 28)),
    "mobilenet_v2": (MobileNetV2(ROWS, 8, 1280, 5), (2, 3, 64, 64)),
}


def main():
    golden = {}
    for name, (module, shape) in NETWORKS.items():
        hashed.fill(module).double().eval()
        x = torch.from_numpy(hashed.uniform("input", torch.Size(shape).numel())).reshape(shape).double()
        with torch.no_grad():
            y = module(x)
        golden[name] = {
            "state": {key: list(value.shape) for key, value in module.state_dict().items()},
            "input": list(shape),
            "output": y.tolist(),
        }
    FILE.write_text(json.dumps(golden))


main()
