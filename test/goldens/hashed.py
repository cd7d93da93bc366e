"""Random weights that need no file: the same float32 numbers here and in test/harness/hashed.ts, from a name and an index."""

import math

import numpy as np


def uniform(name, count, bound=1.0):
    """`count` float32 numbers in [-bound, bound): murmur3's finaliser of the index and the FNV-1a hash of the name."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    unit = (x >> np.uint32(8)).astype(np.float64) / 2**23 - 1
    return (unit * bound).astype(np.float32)


def weight(name, shape):
    """A tensor of a state_dict: He's bound where there is a fan-in, statistics and scales around 1, the rest small."""
    shape = tuple(shape)
    count = math.prod(shape)
    last = name.rsplit(".", 1)[-1]
    if last == "num_batches_tracked":
        return np.zeros(shape, np.int64)
    if len(shape) >= 2:
        values = uniform(name, count, math.sqrt(6 / (count / shape[0])))
    elif last in ("running_var", "weight"):
        values = (uniform(name, count, 0.25).astype(np.float64) + 1).astype(np.float32)
    else:
        values = uniform(name, count, 0.1)
    return values.reshape(shape)


def picture(name, shape):
    """[n, c, h, w] with something in it: patches of 16 x 16 pixels, and noise, so that the means of maps tell inputs apart."""
    n, c, h, w = shape
    rows, columns = -(-h // 16), -(-w // 16)
    patches = uniform(f"{name}.patches", n * c * rows * columns, 1.5).reshape(n, c, rows, columns)
    patches = patches.repeat(16, 2).repeat(16, 3)[:, :, :h, :w]
    return patches + uniform(f"{name}.noise", n * c * h * w, 0.5).reshape(shape)


def fill(module):
    """Gives every parameter and buffer of a torch module its numbers."""
    import torch

    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            tensor.copy_(torch.from_numpy(weight(name, tensor.shape)))
    return module
