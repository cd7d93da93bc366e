"""Writes test/fixtures/weights/pth/*: small files of torch.save in many forms, and expected.json with what they hold.

    /usr/bin/python3 test/goldens/pth.py

Run with PyTorch 1.13. Files whose name begins with "bad-" must be refused.
"""

import argparse
import collections
import io
import json
import os
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from hashed import weight

FOLDER = Path(__file__).resolve().parent.parent / "fixtures/weights/pth"


def tensor(name, *shape):
    return torch.from_numpy(weight(name, shape).copy())


def layer():
    """A convolution and batch normalisation, as their state_dict has it."""
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.BatchNorm2d(2))
    with torch.no_grad():
        for name, value in module.state_dict().items():
            value.copy_(torch.from_numpy(weight(name, value.shape)))
    return module


def strided():
    """Tensors that are views: turned, cut out, spread, repeated, of one storage."""
    base = tensor("base", 4, 6)
    return {
        "whole": base,
        "turned": base.t(),
        "cut": base[1:3, 2:5],
        "every_second": base[:, ::2],
        "permuted": tensor("permuted", 2, 3, 4).permute(2, 0, 1),
        "channels_last": tensor("last", 2, 3, 2, 2).to(memory_format=torch.channels_last),
        "repeated": tensor("row", 1, 3).expand(4, 3),
        "scalar": tensor("scalar", 1)[0],
        "empty": torch.zeros(0, 3),
        "empty_view": base[:, 6:],
    }


def dtypes():
    values = torch.tensor([0, 1, 2, 100])
    floats = torch.tensor([0.1, -2.5, 3e-5, float("inf")])
    whole = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool]
    return {
        **{str(dtype)[6:]: values.to(dtype) for dtype in whole},
        **{str(dtype)[6:]: floats.to(dtype) for dtype in [torch.float16, torch.bfloat16, torch.float64]},
        "float16_turned": tensor("half", 2, 3).half().t(),
        "float64_turned": tensor("double", 2, 3).double().t(),
        "uint8_turned": torch.arange(6, dtype=torch.uint8).reshape(2, 3).t(),
    }


def checkpoint(model):
    """What training scripts save: weights, an optimiser, an accuracy, options."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model(tensor("x", 2, 3, 5, 5)).sum().backward()
    optimizer.step()
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [30, 60])
    return {
        "epoch": 90,
        "arch": "tiny",
        "best_acc1": torch.tensor(71.5),
        "best_acc5": np.float64(90.25),
        "state_dict": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "lr_scheduler": schedule.state_dict(),
        "args": argparse.Namespace(lr=0.1, data="images"),
        "device": torch.device("cuda", 0),
        "dtype": torch.float32,
        "size": torch.Size([2, 3]),
        "set": {1, 2},
        "bytes": b"\x00\xff",
        "log": collections.defaultdict(dict, {"a": {"b": 1}}),
        "big": 2**70,
        "negative": -(2**40),
        "none": None,
    }


class Tiny(torch.nn.Module):
    """The older form carries the source of each class; this one's is short."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(tensor("tiny", 2))


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function, *args):
        self.call = (function, args)

    def __reduce__(self):
        return self.call


def save(name, value, expected=None, **options):
    torch.save(value, FOLDER / name, **options)
    if expected is not None:
        EXPECTED[name] = {
            key: {"shape": list(value.shape), "values": numbers(value)} for key, value in expected.items()
        }


def save_third_version():
    """As PyTorch 2.3 and later save types that have no storages of their own: raw bytes, and the type beside them."""

    def _rebuild_tensor_v3(*_):
        raise NotImplementedError

    _rebuild_tensor_v3.__module__ = "torch._utils"
    _rebuild_tensor_v3.__qualname__ = "_rebuild_tensor_v3"
    torch._utils._rebuild_tensor_v3 = _rebuild_tensor_v3
    values = torch.arange(6, dtype=torch.int16).reshape(2, 3)
    storage = values.storage()._untyped() if hasattr(values.storage(), "_untyped") else values.storage().untyped()
    args = (storage, 1, (2, 2), (3, 1), False, collections.OrderedDict(), torch.int16)
    save("third-version.pth", {"x": Calls(_rebuild_tensor_v3, *args)})
    EXPECTED["third-version.pth"] = {"x": {"shape": [2, 2], "values": [1, 2, 4, 5]}}


def numbers(value):
    """As float32; JSON has no infinities."""
    flat = value.detach().to(torch.float64).to(torch.float32).contiguous().flatten().tolist()
    return [x if np.isfinite(x) else "Infinity" if x > 0 else "-Infinity" for x in flat]


def repack(source, target, change):
    """Writes a zip file again, each entry as `change` gives it: bytes, None to leave it out; and the compression."""
    with zipfile.ZipFile(FOLDER / source) as old, zipfile.ZipFile(FOLDER / target, "w") as new:
        for info in old.infolist():
            data, method = change(info.filename, old.read(info))
            if data is not None:
                new.writestr(zipfile.ZipInfo(info.filename), data, method)


EXPECTED = {}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    state = layer().state_dict()
    for protocol in range(1, 6):
        save(f"zip-{protocol}.pth", state, state, pickle_protocol=protocol)
        save(f"legacy-{protocol}.pth", state, state, pickle_protocol=protocol, _use_new_zipfile_serialization=False)
    for form, new in [("zip", True), ("legacy", False)]:
        options = {"_use_new_zipfile_serialization": new}
        save(f"{form}-strided.pth", strided(), strided(), **options)
        save(f"{form}-dtypes.pth", dtypes(), dtypes(), **options)
        parameters = dict(layer().named_parameters())
        save(f"{form}-parameters.pth", parameters, parameters, **options)
        model = layer()
        saved = checkpoint(model)
        save(f"{form}-checkpoint.pth", saved, saved["state_dict"], **options)
    attribute = torch.nn.Parameter(tensor("attribute", 2))
    attribute.no_decay = True
    save("attribute.pth", {"attribute": attribute}, {"attribute": attribute})
    save_third_version()
    save("inner.pth", {"model": {"state_dict": state}, "epoch": 3}, state)
    save("ema.pth", {"state_dict": state, "state_dict_ema": {k: v * 2 for k, v in state.items()}})
    save("single.pth", tensor("single", 3))
    save("list.pth", [tensor("single", 3)])
    save("numbers.pth", {"epoch": 3})
    save("large-integer.pth", {"steps": torch.tensor([2**24 + 1])})
    repack("zip-2.pth", "stored-by-zip.pth", lambda name, data: (data, zipfile.ZIP_STORED))
    EXPECTED["stored-by-zip.pth"] = EXPECTED["zip-2.pth"]

    save("bad-module.pth", layer())
    save("bad-module-legacy.pth", Tiny(), _use_new_zipfile_serialization=False)
    save("bad-system.pth", {"w": tensor("w", 2), "x": Calls(os.system, "touch /tmp/featuremap-was-here")})
    save(
        "bad-system-legacy.pth",
        Calls(os.system, "touch /tmp/featuremap-was-here"),
        _use_new_zipfile_serialization=False,
    )
    save("bad-eval.pth", {"x": Calls(eval, "1 + 1")}, pickle_protocol=4)
    save("bad-getattr.pth", {"x": Calls(getattr, "a", "upper")})
    save("bad-array.pth", {"x": np.zeros(3)})
    save("bad-complex.pth", {"x": torch.zeros(2, dtype=torch.complex64)})
    save("bad-quantised.pth", {"x": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)})
    save("bad-sparse.pth", {"x": torch.eye(2).to_sparse()})
    torch.jit.save(torch.jit.script(layer()), FOLDER / "bad-script.pt")
    with tarfile.open(FOLDER / "bad-tar.pth", "w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("sys_info"), io.BytesIO(b""))
    save("many.pth", {"x": tensor("one", 1).expand(2**40)})
    (FOLDER / "many.pth").rename(FOLDER / "bad-repeated.pth")
    repack("zip-2.pth", "bad-deflated.pth", lambda name, data: (data, zipfile.ZIP_DEFLATED))
    repack(
        "zip-2.pth",
        "bad-missing.pth",
        lambda name, data: (None if name.endswith("data/1") else data, zipfile.ZIP_STORED),
    )
    repack(
        "zip-2.pth",
        "bad-short.pth",
        lambda name, data: (data[:-4] if name.endswith("data/1") else data, zipfile.ZIP_STORED),
    )
    with zipfile.ZipFile(FOLDER / "bad-big-endian.pth", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}, 2))
        archive.writestr("archive/byteorder", "big")
    legacy = (FOLDER / "legacy-2.pth").read_bytes()
    little, big = (pickle.dumps("little_endian", 2)[2:-3] + byte for byte in (b"q\x02\x88", b"q\x02\x89"))
    assert little in legacy
    (FOLDER / "bad-big-endian-legacy.pth").write_bytes(legacy.replace(little, big))
    (FOLDER / "bad-longer-legacy.pth").write_bytes(legacy + struct.pack("<q", 1))
    (FOLDER / "expected.json").write_text(json.dumps(EXPECTED, indent=1))


main()
