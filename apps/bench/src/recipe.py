"""The Lipschitz RNN's published recipe on ordered pixel-MNIST in eager PyTorch: test accuracy after each epoch, JSON a line.

python recipe.py <folder of the four MNIST files> [--seeds 1,2] [--epochs 5] [--threads n]
"""

import argparse
import gzip
import json
import os

import numpy as np
import torch

STEPS, UNITS, CLASSES, BATCH = 784, 128, 10, 128
BETA, GAMMA, EPSILON, INIT_STD, LEARNING_RATE = 0.75, 0.001, 0.03, 0.1, 0.003


def read_idx(folder, name, header):
    path = os.path.join(folder, name)
    with gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def load(folder, part):
    images = read_idx(folder, f"{part}-images-idx3-ubyte", 16).reshape(-1, STEPS, 1)
    labels = read_idx(folder, f"{part}-labels-idx1-ubyte", 8)
    return torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(np.int64))


class LipschitzRNN(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = torch.nn.Linear(1, UNITS)
        self.readout = torch.nn.Linear(UNITS, CLASSES)
        self.m_a = torch.nn.Parameter(torch.randn(UNITS, UNITS) * INIT_STD / UNITS)
        self.m_w = torch.nn.Parameter(torch.randn(UNITS, UNITS) * INIT_STD / UNITS)

    def forward(self, pixels):
        identity = torch.eye(UNITS)
        a, w = (
            (1 - BETA) * (m + m.T) + BETA * (m - m.T) - GAMMA * identity for m in (self.m_a, self.m_w)
        )
        state = torch.zeros(pixels.shape[0], UNITS)
        for t in range(STEPS):
            drive = self.encoder(pixels[:, t])
            state = state + EPSILON * (state @ a.T + torch.tanh(state @ w.T + drive))
        return self.readout(state)


def accuracy(model, images, labels):
    with torch.no_grad():
        parts = zip(images.split(1000), labels.split(1000))
        right = sum((model(x.float() / 255).argmax(1) == y).sum().item() for x, y in parts)
    return right / len(labels)


def run(folder, seed, epochs):
    torch.manual_seed(seed)
    images, labels = load(folder, "train")
    test = load(folder, "t10k")
    kept = torch.randperm(len(images))[2000:]
    model = LipschitzRNN()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    for epoch in range(1, epochs + 1):
        for batch in kept[torch.randperm(len(kept))].split(BATCH):
            optimizer.zero_grad()
            logits = model(images[batch].float() / 255)
            torch.nn.functional.cross_entropy(logits, labels[batch]).backward()
            optimizer.step()
        print(json.dumps({"seed": seed, "epoch": epoch, "test_accuracy": accuracy(model, *test)}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    for seed in map(int, options.seeds.split(",")):
        run(options.folder, seed, options.epochs)
