"""PyTorch as a contender, on one thread or as many as are named: answers one JSON request a line."""

import base64
import json
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from inference import network

torch.set_num_threads(int(sys.argv[1]))


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120), nn.Sigmoid(),
        nn.Linear(120, 84), nn.Sigmoid(),
        nn.Linear(84, 10),
    )  # fmt: skip


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, projects):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.more = stride, outputs - inputs
        if projects and stride > 1:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )  # fmt: skip
        else:
            self.downsample = self.shortcut

    def shortcut(self, x):
        if self.stride == 1:
            return x
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.downsample(x))


class ResNet(nn.Module):
    def __init__(self, width, blocks, large):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7 if large else 3, 2 if large else 1, 3 if large else 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.pool = nn.MaxPool2d(3, 2, 1) if large else nn.Identity()
        inputs = width
        for stage, count in enumerate(blocks):
            outputs = width << stage
            layers = []
            for i in range(count):
                layers.append(BasicBlock(inputs, outputs, 2 if stage and not i else 1, large))
                inputs = outputs
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.stages = len(blocks)
        self.fc = nn.Linear(inputs, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.bn1(self.conv1(x))))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(x.mean((2, 3)))


networks = {
    "lenet5": lenet5,
    "resnet20": lambda: ResNet(16, [3, 3, 3], False),
    "resnet18": lambda: ResNet(64, [2, 2, 2, 2], True),
}


def decode(array):
    data = np.frombuffer(base64.b64decode(array["data"]), dtype=array["dtype"])
    return torch.from_numpy(data.reshape(array["shape"]).copy())


def encode(tensor):
    data = tensor.detach().contiguous().numpy()
    return {"shape": list(data.shape), "dtype": str(data.dtype), "data": base64.b64encode(data.tobytes()).decode()}


class Session:
    """One network, its optimiser and the batches it takes in turn."""

    def version(self, _):
        return {"version": torch.__version__}

    def start(self, request):
        self.model = networks[request["network"]]()
        self.model.load_state_dict({name: decode(array) for name, array in request["weights"].items()})
        self.batches = [(decode(batch["inputs"]), decode(batch["targets"]).long()) for batch in request["batches"]]
        self.loss = nn.CrossEntropyLoss()
        self.steps = 0
        if "lr" in request:
            parameters = self.model.parameters()
            self.optimizer = torch.optim.SGD(parameters, lr=request["lr"], momentum=request["momentum"])
        return {}

    def train(self, request):
        ms, losses = [], []
        for _ in range(request["times"]):
            inputs, targets = self.batches[self.steps % len(self.batches)]
            started = time.perf_counter()
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(self.model(inputs), targets)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
            ms.append((time.perf_counter() - started) * 1000)
            self.steps += 1
        return {"ms": ms, "losses": losses}

    def predict(self, request):
        ms = []
        inputs = self.batches[request["batch"]][0]
        with torch.no_grad():
            for _ in range(request["times"]):
                started = time.perf_counter()
                outputs = self.model(inputs)
                ms.append((time.perf_counter() - started) * 1000)
        return {"ms": ms, "outputs": encode(outputs)}

    def open(self, request):
        self.model, self.picture = network.read(request["folder"])
        if request["traced"]:
            with torch.no_grad():
                traced = torch.jit.freeze(torch.jit.trace(self.model, self.picture))
                self.model = torch.jit.optimize_for_inference(traced)
        return {}

    def infer(self, request):
        ms = []
        with torch.no_grad():
            for _ in range(request["times"]):
                started = time.perf_counter()
                output = self.model(self.picture)
                ms.append((time.perf_counter() - started) * 1000)
        return {"ms": ms, "output": encode(output)}

    def weights(self, _):
        return {name: encode(value.float()) for name, value in self.model.state_dict().items()}


session = Session()
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(getattr(session, request["do"])(request)), flush=True)
