"""PyTorch as a contender, on one thread or as many as are named: answers one JSON request a line."""

import base64
import json
import sys
import time

import numpy as np
import torch
from torch import nn

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


networks = {"lenet5": lenet5}


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
        return {name: encode(value) for name, value in self.model.state_dict().items()}


session = Session()
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(getattr(session, request["do"])(request)), flush=True)
