"""Inception and mobile networks that torchvision lacks, in torch by hand, after their papers. Names of layers as in src/zoo."""

import torch
from torch import nn
from torch.nn import functional as F


class ConvReLU(nn.Module):
    def __init__(self, ins, outs, kernel, stride=1, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(ins, outs, kernel, stride, padding)

    def forward(self, x):
        return F.relu(self.conv(x))


class Inception(nn.Module):
    """Szegedy et al., 2014, figure 2b."""

    def __init__(self, ins, ones, threes_reduced, threes, fives_reduced, fives, pooled):
        super().__init__()
        self.branch1 = ConvReLU(ins, ones, 1)
        self.branch2 = nn.Sequential(ConvReLU(ins, threes_reduced, 1), ConvReLU(threes_reduced, threes, 3, 1, 1))
        self.branch3 = nn.Sequential(ConvReLU(ins, fives_reduced, 1), ConvReLU(fives_reduced, fives, 5, 1, 2))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), ConvReLU(ins, pooled, 1))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class InceptionAux(nn.Module):
    """Section 5: 5 x 5 average pooling with stride 3, 128 1 x 1 kernels, 1024 units, dropout of 0.7."""

    def __init__(self, ins, num_classes, dropout=0.7):
        super().__init__()
        self.conv = ConvReLU(ins, 128, 1)
        self.fc1 = nn.Linear(2048, 1024)
        self.fc2 = nn.Linear(1024, num_classes)
        self.dropout = dropout

    def forward(self, x):
        x = torch.flatten(self.conv(F.avg_pool2d(x, 5, 3)), 1)
        return self.fc2(F.dropout(F.relu(self.fc1(x)), self.dropout, self.training))


class GoogLeNet2014(nn.Module):
    """Table 1. Sizes of pooling round up, as in the authors' Caffe files."""

    def __init__(self, num_classes=1000, aux_logits=False, dropout=0.4, dropout_aux=0.7):
        super().__init__()
        self.conv1 = ConvReLU(3, 64, 7, 2, 3)
        self.conv2 = ConvReLU(64, 64, 1)
        self.conv3 = ConvReLU(64, 192, 3, 1, 1)
        self.inception3a = Inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b = Inception(256, 128, 128, 192, 32, 96, 64)
        self.inception4a = Inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b = Inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c = Inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d = Inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e = Inception(528, 256, 160, 320, 32, 128, 128)
        self.inception5a = Inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b = Inception(832, 384, 192, 384, 48, 128, 128)
        if aux_logits:
            self.aux1 = InceptionAux(512, num_classes, dropout_aux)
            self.aux2 = InceptionAux(528, num_classes, dropout_aux)
        self.aux_logits = aux_logits
        self.dropout = dropout
        self.fc = nn.Linear(1024, num_classes)

    def forward(self, x):
        def pool(x):
            return F.max_pool2d(x, 3, 2, ceil_mode=True)

        def norm(x):
            return F.local_response_norm(x, 5, alpha=1e-4, beta=0.75, k=1)

        heads = self.aux_logits and self.training
        x = norm(pool(self.conv1(x)))
        x = pool(norm(self.conv3(self.conv2(x))))
        x = pool(self.inception3b(self.inception3a(x)))
        x = self.inception4a(x)
        first = self.aux1(x) if heads else None
        x = self.inception4d(self.inception4c(self.inception4b(x)))
        second = self.aux2(x) if heads else None
        x = pool(self.inception4e(x))
        x = self.inception5b(self.inception5a(x))
        x = torch.flatten(F.adaptive_avg_pool2d(x, 1), 1)
        x = self.fc(F.dropout(x, self.dropout, self.training))
        return (x, second, first) if heads else x


class BNInception(nn.Module):
    """
    Ioffe and Szegedy, 2015, figure 5, with the sizes, the biases and the flat names of pretrained-models.pytorch, where the
    pooling of the last module is by maximum.
    """

    def __init__(self, num_classes=1000):
        super().__init__()
        self.conv("conv1_7x7_s2", 3, 64, 7, 2, 3)
        self.conv("conv2_3x3_reduce", 64, 64, 1)
        self.conv("conv2_3x3", 64, 192, 3, 1, 1)
        # 1x1, 3x3 reduce, 3x3, double 3x3 reduce, double 3x3, pool projection; 0 where there is none.
        self.table = {
            "3a": (64, 64, 64, 64, 96, 32),
            "3b": (64, 64, 96, 64, 96, 64),
            "3c": (0, 128, 160, 64, 96, 0),
            "4a": (224, 64, 96, 96, 128, 128),
            "4b": (192, 96, 128, 96, 128, 128),
            "4c": (160, 128, 160, 128, 160, 128),
            "4d": (96, 128, 192, 160, 192, 128),
            "4e": (0, 128, 192, 192, 256, 0),
            "5a": (352, 192, 320, 160, 224, 128),
            "5b": (352, 192, 320, 192, 224, 128),
        }
        ins = 192
        for name, (ones, reduced, threes, double_reduced, double, pooled) in self.table.items():
            name = f"inception_{name}"
            stride = 1 if ones else 2
            if ones:
                self.conv(f"{name}_1x1", ins, ones, 1)
            self.conv(f"{name}_3x3_reduce", ins, reduced, 1)
            self.conv(f"{name}_3x3", reduced, threes, 3, stride, 1)
            self.conv(f"{name}_double_3x3_reduce", ins, double_reduced, 1)
            self.conv(f"{name}_double_3x3_1", double_reduced, double, 3, 1, 1)
            self.conv(f"{name}_double_3x3_2", double, double, 3, stride, 1)
            if ones:
                self.conv(f"{name}_pool_proj", ins, pooled, 1)
            ins = ones + threes + double + (pooled if ones else ins)
        self.last_linear = nn.Linear(ins, num_classes)

    def conv(self, name, ins, outs, kernel, stride=1, padding=0):
        self.add_module(name, nn.Conv2d(ins, outs, kernel, stride, padding))
        self.add_module(f"{name}_bn", nn.BatchNorm2d(outs))

    def apply_convs(self, x, *names):
        for name in names:
            x = F.relu(getattr(self, f"{name}_bn")(getattr(self, name)(x)))
        return x

    def forward(self, x):
        x = F.max_pool2d(self.apply_convs(x, "conv1_7x7_s2"), 3, 2, ceil_mode=True)
        x = F.max_pool2d(self.apply_convs(x, "conv2_3x3_reduce", "conv2_3x3"), 3, 2, ceil_mode=True)
        for row, (ones, *_) in self.table.items():
            name = f"inception_{row}"
            threes = self.apply_convs(x, f"{name}_3x3_reduce", f"{name}_3x3")
            double = self.apply_convs(x, f"{name}_double_3x3_reduce", f"{name}_double_3x3_1", f"{name}_double_3x3_2")
            if ones:
                pooled = F.max_pool2d(x, 3, 1, 1) if row == "5b" else F.avg_pool2d(x, 3, 1, 1)
                pooled = self.apply_convs(pooled, f"{name}_pool_proj")
                x = torch.cat([self.apply_convs(x, f"{name}_1x1"), threes, double, pooled], 1)
            else:
                x = torch.cat([threes, double, F.max_pool2d(x, 3, 2, ceil_mode=True)], 1)
        return self.last_linear(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


def pad_as_tensorflow(x, kernel, stride):
    """SAME: as many outputs as strides fit into the input, the odd pixel of padding after."""
    sides = []
    for size in (x.shape[3], x.shape[2]):
        total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
        sides += [total // 2, total - total // 2]
    return F.pad(x, sides)


class MobileConv(nn.Conv2d):
    """A convolution padded as torch users do it, or as TensorFlow does."""

    def __init__(self, ins, outs, kernel, stride=1, groups=1, bias=False, same=False):
        super().__init__(ins, outs, kernel, stride, 0 if same else kernel // 2, groups=groups, bias=bias)
        self.same = same

    def forward(self, x):
        return super().forward(pad_as_tensorflow(x, self.kernel_size[0], self.stride[0]) if self.same else x)


class DepthwiseSeparable(nn.Module):
    """Howard et al., 2017, figure 3, with the names of timm; ReLU6 as in TensorFlow and timm."""

    def __init__(self, ins, outs, stride, batch_norm, same, eps):
        super().__init__()
        self.conv_dw = MobileConv(ins, ins, 3, stride, ins, bias=not batch_norm, same=same)
        self.conv_pw = MobileConv(ins, outs, 1, bias=not batch_norm, same=same)
        self.bn1 = nn.BatchNorm2d(ins, eps) if batch_norm else nn.Identity()
        self.bn2 = nn.BatchNorm2d(outs, eps) if batch_norm else nn.Identity()

    def forward(self, x):
        return F.relu6(self.bn2(self.conv_pw(F.relu6(self.bn1(self.conv_dw(x))))))


class MobileNetV1(nn.Module):
    """Howard et al., 2017, table 1. All its widths are multiples of 8."""

    def __init__(self, width=1.0, num_classes=1000, batch_norm=True, same=False, eps=1e-5):
        super().__init__()
        ins = int(32 * width)
        self.conv_stem = MobileConv(3, ins, 3, 2, bias=not batch_norm, same=same)
        self.bn1 = nn.BatchNorm2d(ins, eps) if batch_norm else nn.Identity()
        stages = []
        for channels, count in ((64, 1), (128, 2), (256, 2), (512, 6), (1024, 2)):
            outs = int(channels * width)
            stage = []
            for i in range(count):
                stride = 2 if i == 0 and channels > 64 else 1
                stage.append(DepthwiseSeparable(ins, outs, stride, batch_norm, same, eps))
                ins = outs
            stages.append(nn.Sequential(*stage))
        self.blocks = nn.Sequential(*stages)
        self.classifier = nn.Linear(ins, num_classes)

    def forward(self, x):
        x = self.blocks(F.relu6(self.bn1(self.conv_stem(x))))
        return self.classifier(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class SeparableConv(nn.Module):
    def __init__(self, ins, outs):
        super().__init__()
        self.conv1 = nn.Conv2d(ins, ins, 3, padding=1, groups=ins, bias=False)
        self.pointwise = nn.Conv2d(ins, outs, 1, bias=False)

    def forward(self, x):
        return self.pointwise(self.conv1(x))


class XceptionBlock(nn.Module):
    """Chollet, 2016, figure 5, with the names of timm."""

    def __init__(self, ins, filters, stride, first_relu, same, eps):
        super().__init__()
        self.stride, self.same = stride, same
        outs = filters[-1]
        self.project = outs != ins or stride != 1
        if self.project:
            self.skip = nn.Conv2d(ins, outs, 1, stride, bias=False)
            self.skipbn = nn.BatchNorm2d(outs, eps)
        layers = []
        for channels in filters:
            if layers or first_relu:
                layers.append(nn.ReLU())
            layers += [SeparableConv(ins, channels), nn.BatchNorm2d(channels, eps)]
            ins = channels
        self.rep = nn.Sequential(*layers)

    def pool(self, x):
        if not self.same:
            return F.max_pool2d(x, 3, self.stride, 1)
        h, w = x.shape[2:]
        # Behind padding of minus infinity on the right and below, windows that begin where TensorFlow's do.
        total = [max(0, (-(-size // 2) - 1) * 2 + 3 - size) for size in (w, h)]
        x = F.pad(x, [total[0] // 2, total[0] - total[0] // 2, total[1] // 2, total[1] - total[1] // 2], value=-1e30)
        return F.max_pool2d(x, 3, self.stride)

    def forward(self, x):
        y = self.rep(x)
        if self.stride != 1:
            y = self.pool(y)
        return y + (self.skipbn(self.skip(x)) if self.project else x)


class Xception(nn.Module):
    def __init__(self, num_classes=1000, same=False, eps=1e-5):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, 2, bias=False)
        self.bn1 = nn.BatchNorm2d(32, eps)
        self.conv2 = nn.Conv2d(32, 64, 3, bias=False)
        self.bn2 = nn.BatchNorm2d(64, eps)
        self.block1 = XceptionBlock(64, [128, 128], 2, False, same, eps)
        self.block2 = XceptionBlock(128, [256, 256], 2, True, same, eps)
        self.block3 = XceptionBlock(256, [728, 728], 2, True, same, eps)
        for i in range(4, 12):
            self.add_module(f"block{i}", XceptionBlock(728, [728] * 3, 1, True, same, eps))
        self.block12 = XceptionBlock(728, [728, 1024], 2, True, same, eps)
        self.conv3 = SeparableConv(1024, 1536)
        self.bn3 = nn.BatchNorm2d(1536, eps)
        self.conv4 = SeparableConv(1536, 2048)
        self.bn4 = nn.BatchNorm2d(2048, eps)
        self.fc = nn.Linear(2048, num_classes)

    def forward(self, x):
        x = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        for i in range(1, 13):
            x = getattr(self, f"block{i}")(x)
        x = F.relu(self.bn4(self.conv4(F.relu(self.bn3(self.conv3(x))))))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))
