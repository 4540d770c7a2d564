"""Training steps of the table's problems in eager PyTorch; one JSON request per line in, one answer per line out."""

import ctypes
import json
import re
import sys
import time

import torch


def openblas():
    """The OpenBLAS library that this process has loaded, or None."""
    torch.rand(64, 64) @ torch.rand(64, 64)
    try:
        with open("/proc/self/maps") as maps:
            paths = [line.split()[-1] for line in maps if "libopenblas" in line]
    except OSError:
        return None
    return ctypes.CDLL(paths[0]) if paths else None


blas = openblas()


def set_threads(count):
    torch.set_num_threads(count)
    # OpenBLAS built on pthreads counts its own.
    if blas:
        blas.openblas_set_num_threads(count)


def hello():
    config = torch.__config__.show()
    instructions = re.search(r"CPU capability usage: (\S+)", config)
    if blas:
        blas.openblas_get_config.restype = blas.openblas_get_corename.restype = ctypes.c_char_p
        version = " ".join(blas.openblas_get_config().decode().split()[:2])
        products = f"{version} for {blas.openblas_get_corename().decode()}"
    else:
        named = re.search(r"Math Kernel Library Version [\d.]+", config) or re.search(r"BLAS_INFO=(\w+)", config)
        products = named.group(0) if named else "an unnamed library"
    return {
        "version": torch.__version__,
        "blas": products,
        "instructions": instructions.group(1) if instructions else "unknown instructions",
    }


def training(row):
    kind, units, batch = row["kind"], row["units"], row["batch"]
    steps, input_dim = row["time"], row["inputDim"]
    tokens = row.get("tokens", False)
    scale = units**-0.5
    cotangent = torch.rand(batch, units)
    if tokens:
        x = torch.nn.functional.one_hot(torch.randint(input_dim, (batch, steps)), input_dim).float()
    else:
        x = torch.rand(batch, steps, input_dim) * 2 - 1
    if kind == "lstm":
        lstm = torch.nn.LSTM(input_dim, units, batch_first=True)

        def run():
            lstm.zero_grad()
            out, _ = lstm(x)
            (out[:, -1] * cotangent).sum().backward()

        return run

    def leaf(*shape, size):
        return ((torch.rand(*shape) * 2 - 1) * size).requires_grad_()

    kernel, bias, w = leaf(input_dim, units, size=0.1), leaf(units, size=0.1), leaf(units, units, size=scale)
    a = leaf(units, units, size=scale / 2)
    gate_kernel, gate_bias = leaf(input_dim, units, size=0.1), leaf(units, size=0.1)
    leaves = [kernel, bias, w, a, gate_kernel, gate_bias]
    eps = 0.03

    def slope(h, z, zg):
        wh = h @ w.T
        if kind == "antisymmetric":
            return torch.sigmoid(wh + zg) * torch.tanh(wh + z)
        return h @ a.T + torch.tanh(wh + z)

    def run():
        for p in leaves:
            p.grad = None
        # unbind, not indexing: the gradient of each z[:, t] would be a zero tensor of the whole sequence
        z = (x @ kernel + bias).unbind(1)
        zg = (x @ gate_kernel + gate_bias).unbind(1) if kind == "antisymmetric" else z
        h = torch.zeros(batch, units)
        for t in range(steps):
            k = slope(h, z[t], zg[t])
            if kind == "lipschitzRK2":
                k = slope(h + 0.5 * eps * k, z[t], zg[t])
            h = h + eps * k
        (h * cotangent).sum().backward()

    return run


runs = {}
print(json.dumps(hello()), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    set_threads(request["threads"])
    key = json.dumps(request["row"])
    if key not in runs:
        runs = {key: training(request["row"])}
        runs[key]()
    start = time.perf_counter()
    runs[key]()
    print(json.dumps({"ms": (time.perf_counter() - start) * 1000}), flush=True)
