"""Writes test/fixtures/wasm/stream.lzma: bytes that test/wasm/lzma.test.ts makes as well, packed by liblzma.

    /usr/bin/python3 test/goldens/lzma_stream.py
"""

import lzma
from pathlib import Path

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures/wasm/stream.lzma"
SETTINGS = {"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "lc": 3, "lp": 0, "pb": 2}


def sample():
    """200 runs of a few new bytes, each followed by a copy from near, far or one of the places used before."""
    state = 1

    def below(limit):
        nonlocal state
        state = (state * 75 + 74) % 65537
        return state % limit

    out = bytearray()
    ways = [1, 2, 3, 4]
    for run in range(200):
        out += bytes(below(256) for _ in range(1 + below(5)))
        if below(2) == 0:
            ways = [1 + below(min(len(out), 4 ** (1 + below(8)))), *ways[:3]]
        way = min(ways[below(4)], len(out))
        for _ in range(1 + below([3, 20, 400][run % 3])):
            out.append(out[-way])
    return bytes(out)


if __name__ == "__main__":
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_bytes(lzma.compress(sample(), format=lzma.FORMAT_RAW, filters=[SETTINGS]))
    print(f"{FIXTURE.name}: {len(sample())} bytes in {FIXTURE.stat().st_size}")
