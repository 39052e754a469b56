"""Trains small networks in PyTorch and stores what the engine's tests must reproduce (ParityTests.swift).

    python3 -m venv peers && peers/bin/pip install torch numpy safetensors
    peers/bin/python Docs/Peers/parity.py Tests/TrainingTests/Fixtures

Initial weights and batches are not stored: both sides draw them from SplitMix64 with the same seeds, whose
numbers are exact in float32. PyTorch computes in float64, so that what a test sees is the engine's own
rounding: two float32 runs part by more, since a ReLU input near zero may fall on either side. Stored for
each case, all float32:

    losses            [steps] mean loss of each step, before its update
    rates             [steps] learning rates
    gradient.S/NAME   gradient of the mean loss at step S (from 0), for steps 0, 9 and 19
    final/NAME        parameters and running statistics after the last step

Tensors of more than `limit` elements are stored as every k-th element of the flat tensor, from the first,
with k the smallest odd number that leaves at most `limit`; the sum of squares of the whole tensor follows as
`norm:...`. The metadata holds the case's constants.
"""

import sys

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.nn import functional as F

from residual_network import SMALL, STANDARD, ResidualNetwork, parameters_by_graph_name

STEPS = 20
RECORDED = (0, 9, 19)
GAMMA = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def uniform(seed, count):
    """`count` numbers in [0, 1), as `RandomSource(seed:).uniform()` draws them."""
    z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GAMMA)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float32) * np.float32(2**-24)


def seed_of(name):
    """FNV-1a of the name."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def initial(name, shape):
    """Weights are uniform with the variance 2 / fan-in, scales in [0.5, 1.5), shifts and biases in [-0.1, 0.1).

    The last norm of a residual block, which training starts at zero, gets a fifth of that: every gradient is
    then alive, and the network is not so chaotic that rounding decides its course within 20 steps.
    """
    numbers = uniform(seed_of(name), int(np.prod(shape))).reshape(shape)
    kind = name.rpartition(".")[2]
    if kind == "mean":
        return np.zeros(shape, np.float32)
    if kind == "variance":
        return np.ones(shape, np.float32)
    if name.endswith(".2.norm.scale"):
        return (numbers + np.float32(0.5)) * np.float32(0.2)
    if kind == "scale":
        return numbers + np.float32(0.5)
    if kind in ("shift", "bias"):
        return (numbers - np.float32(0.5)) * np.float32(0.2)
    bound = np.float32(np.sqrt(np.float32(6) / np.float32(np.prod(shape[1:]))))
    return (numbers * np.float32(2) - np.float32(1)) * bound


def labels(step, batch, classes):
    return (uniform(1000 + step, batch) * classes).astype(np.int64)


def images(step, batch, size, classes):
    """NHWC: bytes brought to about ±2, brighter for higher classes."""
    numbers = np.floor(uniform(2000 + step, batch * size * size * 3) * np.float32(256))
    pictures = ((numbers - np.float32(127.5)) / np.float32(64)).reshape(batch, size, size, 3)
    return pictures + (labels(step, batch, classes).astype(np.float32) / 2).reshape(batch, 1, 1, 1)


class Recording:
    def __init__(self, limit):
        self.limit = limit
        self.tensors = {}

    def store(self, name, tensor):
        flat = tensor.detach().contiguous().flatten().numpy()
        stride = 1
        while -(-flat.size // stride) > self.limit:
            stride += 2
        self.tensors[name] = flat[::stride].astype(np.float32)
        if stride > 1:
            self.tensors["norm:" + name] = np.array([np.sum(flat**2)], np.float32)


def run(path, limit, tensors, optimizer, loss_of_step, rates, clipping=None, metadata=None):
    """`tensors`: graph name to tensor; those that require gradients are recorded."""
    recording = Recording(limit)
    losses = []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rates[step]
        optimizer.zero_grad()
        loss = loss_of_step(step)
        loss.backward()
        if step in RECORDED:
            for name, tensor in tensors.items():
                if tensor.requires_grad:
                    recording.store(f"gradient.{step}/{name}", tensor.grad)
        if clipping is not None:
            nn.utils.clip_grad_norm_([t for t in tensors.values() if t.requires_grad], clipping)
        optimizer.step()
        losses.append(loss.item())
    for name, tensor in tensors.items():
        recording.store(f"final/{name}", tensor)
    recording.tensors["losses"] = np.array(losses, np.float32)
    recording.tensors["rates"] = np.array(rates, np.float32)
    save_file(recording.tensors, path, {"torch": torch.__version__, "limit": str(limit), **(metadata or {})})
    print(path, [round(x, 4) for x in losses])


def fill(tensors):
    with torch.no_grad():
        for name, tensor in tensors.items():
            tensor.copy_(torch.from_numpy(initial(name, tuple(tensor.shape))))


def groups(tensors, decay):
    """Weights with decay; biases, norms and position tables without."""
    learned = {n: t for n, t in tensors.items() if t.requires_grad}
    decays = {n: n.endswith(".weight") and not n.startswith("positions") for n in learned}
    weights = [t for n, t in learned.items() if decays[n]]
    gains = [t for n, t in learned.items() if not decays[n]]
    return [dict(params=weights, weight_decay=decay), dict(params=gains, weight_decay=0)]


def residual(path, shape, size, batch, limit, peak):
    network = ResidualNetwork(**shape).double().train()
    tensors = parameters_by_graph_name(network)
    fill(tensors)

    def loss(step):
        x = torch.from_numpy(images(step, batch, size, 2)).double().permute(0, 3, 1, 2)
        return F.cross_entropy(network(x), torch.from_numpy(labels(step, batch, 2)), label_smoothing=0.05)

    optimizer = torch.optim.SGD(groups(tensors, 5e-4), lr=peak, momentum=0.9, nesterov=True)
    rates = [peak * min(1, (step + 1) / 5) for step in range(STEPS)]
    run(path, limit, tensors, optimizer, loss, rates)


def perceptron(path, limit):
    """Dense layers with AdamW, strong smoothing, and gradients clipped to a norm of 0.5."""
    first, second = nn.Linear(12, 16).double(), nn.Linear(16, 5).double()
    tensors = {
        "first.weight": first.weight, "first.bias": first.bias, "second.weight": second.weight, "second.bias": second.bias,
    }
    fill(tensors)

    def loss(step):
        x = torch.from_numpy(images(step, 8, 2, 5).reshape(8, 12)).double()
        return F.cross_entropy(second(torch.tanh(first(x))), torch.from_numpy(labels(step, 8, 5)), label_smoothing=0.2)

    optimizer = torch.optim.AdamW(groups(tensors, 0.1), lr=0.02, betas=(0.9, 0.99), eps=1e-8)
    run(path, limit, tensors, optimizer, loss, [0.02] * STEPS, clipping=0.5)


def transformer(path, limit, vocabulary=29, length=8, width=16, heads=2, blocks=2, batch=4):
    """A causal transformer that predicts a token at each place, with normalization before each branch and the output
    tied to the embedding."""
    items = nn.Parameter(torch.zeros(vocabulary, width, dtype=torch.float64))
    positions = nn.Parameter(torch.zeros(length, width, dtype=torch.float64))
    tensors = {"items.weight": items, "positions.weight": positions}
    layers = {}

    def add(name, layer):
        layers[name] = layer.double()
        norm = isinstance(layer, nn.LayerNorm)
        tensors[f"{name}.{'scale' if norm else 'weight'}"] = layer.weight
        tensors[f"{name}.{'shift' if norm else 'bias'}"] = layer.bias

    for block in range(1, blocks + 1):
        name = f"block{block}"
        add(f"{name}.norm1", nn.LayerNorm(width, eps=1e-5))
        for part in ("query", "key", "value", "projection"):
            add(f"{name}.{part}", nn.Linear(width, width))
        add(f"{name}.norm2", nn.LayerNorm(width, eps=1e-5))
        add(f"{name}.expand", nn.Linear(width, 4 * width))
        add(f"{name}.contract", nn.Linear(4 * width, width))
    add("norm", nn.LayerNorm(width, eps=1e-5))
    fill(tensors)

    def split(x):
        return x.view(batch, length, heads, width // heads).transpose(1, 2)

    def loss(step):
        x = items[torch.from_numpy(labels(5000 + step, batch * length, vocabulary))].view(batch, length, width) + positions
        for block in range(1, blocks + 1):
            layer = lambda part: layers[f"block{block}.{part}"]
            normed = layer("norm1")(x)
            mixed = F.scaled_dot_product_attention(
                *(split(layer(part)(normed)) for part in ("query", "key", "value")), is_causal=True)
            x = x + layer("projection")(mixed.transpose(1, 2).reshape(batch, length, width))
            x = x + layer("contract")(F.gelu(layer("expand")(layer("norm2")(x))))
        logits = layers["norm"](x).view(-1, width) @ items.T
        # Every fifth place does not count.
        targets = torch.from_numpy(labels(6000 + step, batch * length, vocabulary))
        targets[::5] = -1
        return F.cross_entropy(logits, targets, ignore_index=-1)

    optimizer = torch.optim.AdamW(groups(tensors, 0.1), lr=0.003, betas=(0.9, 0.98), eps=1e-6)
    run(path, limit, tensors, optimizer, loss, [0.003] * STEPS)


def main():
    folder = sys.argv[1]
    torch.manual_seed(0)
    torch.set_num_threads(1)
    residual(f"{folder}/residual-small.safetensors", SMALL, 24, 8, 4096, 0.02)
    residual(f"{folder}/residual-standard.safetensors", STANDARD, 48, 16, 1024, 0.005)
    perceptron(f"{folder}/perceptron-adamw.safetensors", 4096)
    transformer(f"{folder}/transformer-adamw.safetensors", 4096)


if __name__ == "__main__":
    main()
