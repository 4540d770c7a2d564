"""Lyapunov exponents of driven tanh RNNs by batched torch.linalg.qr; one JSON request per line in, one answer per line out."""

import json
import sys
import time

import torch

qr = torch.linalg.qr if hasattr(torch.linalg, "qr") else torch.qr


def numbers(count, seed):
    """The uniform numbers of lyapunov.mjs, variance 1."""
    state, out = seed, []
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        out.append((2 * state / 2**32 - 1) * 3**0.5)
    return torch.tensor(out, dtype=torch.float64)


def problem(row):
    units, batch, steps = row["units"], row["batch"], row["steps"]
    W = (row["gain"] * units**-0.5 * numbers(units * units, 1)).reshape(units, units).float()
    U = numbers(units, 2).float()
    x = numbers(batch * steps, 3).reshape(batch, steps).float()
    return W, U, x


def exponents(W, U, x, steps):
    batch, units = x.shape[0], W.shape[0]
    h = torch.zeros(batch, units)
    Q = torch.eye(units).expand(batch, units, units)
    growth = torch.zeros(batch, units)
    for t in range(steps):
        h = torch.tanh(h @ W.T + x[:, t : t + 1] * U)
        # J = diag(1 - h²) W, without forming it.
        Q, R = qr((1 - h * h).unsqueeze(2) * torch.matmul(W, Q))
        growth += torch.log(torch.abs(torch.diagonal(R, dim1=-2, dim2=-1)))
    return (growth / steps).mean(0)


print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    torch.set_num_threads(request["threads"])
    inputs = problem(request["row"])
    with torch.no_grad():
        exponents(*inputs, 1)
        start = time.perf_counter()
        result = exponents(*inputs, request["steps"])
        ms = 1000 * (time.perf_counter() - start)
    print(json.dumps({"ms": ms, "exponents": result.tolist()}), flush=True)
