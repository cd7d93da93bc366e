"""Networks that torchvision lacks, in torch by hand, after their papers. Names of layers as in src/zoo."""

import torch
from torch import nn
from torch.nn import functional as F


def lenet5(classes=10, padding=0):
    """The lecture's: for 32 x 32 pixels, or with padding 2 for 28 x 28."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=padding),
        nn.Sigmoid(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.Sigmoid(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.Sigmoid(),
        nn.Linear(120, 84),
        nn.Sigmoid(),
        nn.Linear(84, classes),
    )


class AlexNet2012(nn.Sequential):
    """Krizhevsky, Sutskever, Hinton, 2012, sections 3.3 to 3.5: two groups, normalisation, overlapping pooling."""

    def __init__(self, num_classes=1000, hidden=4096, dropout=0.5):
        def norm():
            # The paper's alpha multiplies the sum of squares; torch's is divided by the number of channels first.
            return nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2)

        super().__init__()
        layers = dict(
            conv1=nn.Conv2d(3, 96, 11, 4), relu1=nn.ReLU(), norm1=norm(), pool1=nn.MaxPool2d(3, 2),
            conv2=nn.Conv2d(96, 256, 5, padding=2, groups=2), relu2=nn.ReLU(), norm2=norm(), pool2=nn.MaxPool2d(3, 2),
            conv3=nn.Conv2d(256, 384, 3, padding=1), relu3=nn.ReLU(),
            conv4=nn.Conv2d(384, 384, 3, padding=1, groups=2), relu4=nn.ReLU(),
            conv5=nn.Conv2d(384, 256, 3, padding=1, groups=2), relu5=nn.ReLU(), pool5=nn.MaxPool2d(3, 2),
            flatten=nn.Flatten(),
            fc6=nn.LazyLinear(hidden), relu6=nn.ReLU(), drop6=nn.Dropout(dropout),
            fc7=nn.Linear(hidden, hidden), relu7=nn.ReLU(), drop7=nn.Dropout(dropout),
            fc8=nn.Linear(hidden, num_classes),
        )  # fmt: skip
        for name, layer in layers.items():
            self.add_module(name, layer)


def nin_block(ins, filters, kernel, padding):
    layers = []
    for i, outs in enumerate(filters):
        layers += [nn.Conv2d(ins, outs, kernel if i == 0 else 1, padding=padding if i == 0 else 0), nn.ReLU()]
        ins = outs
    return nn.Sequential(*layers)


class NetworkInNetwork(nn.Sequential):
    """Lin, Chen, Yan, 2013, for CIFAR-10: sizes and pooling (which rounds up) of the authors' Caffe files."""

    def __init__(self, num_classes=10, dropout=0.5):
        super().__init__()
        layers = dict(
            block1=nin_block(3, [192, 160, 96], 5, 2),
            pool1=nn.MaxPool2d(3, 2, ceil_mode=True),
            drop1=nn.Dropout(dropout),
            block2=nin_block(96, [192, 192, 192], 5, 2),
            pool2=nn.AvgPool2d(3, 2, ceil_mode=True),
            drop2=nn.Dropout(dropout),
            block3=nin_block(192, [192, 192, num_classes], 3, 1),
            pool3=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
        )
        for name, layer in layers.items():
            self.add_module(name, layer)


class CifarBlock(nn.Module):
    """He, Zhang, Ren, Sun, 2015, section 4.2, with shortcut A (identity, zeros after it; "A-centred": on both sides) or B."""

    def __init__(self, ins, outs, stride, shortcut):
        super().__init__()
        self.conv1 = nn.Conv2d(ins, outs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outs)
        self.conv2 = nn.Conv2d(outs, outs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outs)
        first = (outs - ins) // 2 if shortcut == "A-centred" else 0
        self.stride, self.more = stride, (first, outs - ins - first)
        if shortcut == "B" and (stride != 1 or ins != outs):
            self.downsample = nn.Sequential(nn.Conv2d(ins, outs, 1, stride, bias=False), nn.BatchNorm2d(outs))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if hasattr(self, "downsample"):
            side = self.downsample(x)
        else:
            side = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, *self.more))
        return F.relu(y + side)


class CifarResNet(nn.Module):
    """6 n + 2 layers: a convolution, three stages of n blocks with 16, 32 and 64 filters, a linear layer."""

    def __init__(self, depth, shortcut="A", num_classes=10):
        super().__init__()
        n = (depth - 2) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        ins = 16
        for i, outs in enumerate([16, 32, 64]):
            blocks = []
            for j in range(n):
                blocks.append(CifarBlock(ins, outs, 2 if i > 0 and j == 0 else 1, shortcut))
                ins = outs
            self.add_module(f"layer{i + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(64, num_classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))
