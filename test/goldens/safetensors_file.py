"""https://github.com/huggingface/safetensors: a length, a JSON header, the data. Debian has no package of it."""

import json
import struct

import numpy as np
import torch

DTYPES = {torch.float32: "F32", torch.int64: "I64"}
NUMPY = {"F32": np.float32, "I64": np.int64}


def write_safetensors(path, tensors, metadata):
    """Doubles are rounded to float32."""
    header, data, offset = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        tensor = tensor.detach()
        if tensor.dtype == torch.float64:
            tensor = tensor.float()
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(raw)],
        }
        data.append(raw)
        offset += len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))
    print(path, path.stat().st_size, "bytes")


def read_safetensors(path):
    """Tensors by name, and the metadata."""
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = np.frombuffer(raw[begin:end], NUMPY[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors, metadata
