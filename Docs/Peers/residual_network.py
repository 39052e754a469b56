"""The residual network of Sources/Classification/Network/ResidualNetwork.swift in PyTorch.

Modules carry the layer names of our graph, so that `parameters_by_graph_name` yields the names and shapes
of our model files: convolution weights are [channels, in, kernel, kernel] in both.

    python3 -m venv peers && peers/bin/pip install torch numpy safetensors
"""

import torch
from torch import nn
from torch.nn import functional as F

STANDARD = dict(widths=[32, 64, 128, 256], blocks=[1, 1, 2, 2])
SMALL = dict(widths=[16, 32, 64], blocks=[1, 1, 1])


class ConvolutionNorm(nn.Module):
    """Convolution without bias, then batch norm."""

    def __init__(self, inputs, channels, kernel, stride=1):
        super().__init__()
        self.convolution = nn.Conv2d(inputs, channels, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(channels, eps=1e-5, momentum=0.1)

    def forward(self, x):
        return self.norm(self.convolution(x))


class Block(nn.Module):
    """Two 3x3 convolutions and a short cut that is average-pooled before its projection."""

    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.stride = stride
        self.add_module("1", ConvolutionNorm(inputs, channels, 3, stride))
        self.add_module("2", ConvolutionNorm(channels, channels, 3))
        nn.init.zeros_(getattr(self, "2").norm.weight)
        self.shortcut = ConvolutionNorm(inputs, channels, 1) if inputs != channels else None

    def forward(self, x):
        branch = getattr(self, "2")(F.relu(getattr(self, "1")(x)))
        shortcut = F.avg_pool2d(x, self.stride) if self.stride > 1 else x
        if self.shortcut is not None:
            shortcut = self.shortcut(shortcut)
        return F.relu(branch + shortcut)


class ResidualNetwork(nn.Module):
    def __init__(self, widths, blocks, classes=2):
        super().__init__()
        self.stem = ConvolutionNorm(3, widths[0], 3, 2)
        inputs = widths[0]
        for stage, (width, count) in enumerate(zip(widths, blocks)):
            group = nn.Module()
            for block in range(count):
                group.add_module(f"block{block + 1}", Block(inputs, width, 2 if stage > 0 and block == 0 else 1))
                inputs = width
            self.add_module(f"stage{stage + 1}", group)
        self.head = nn.Linear(inputs, classes)

    def forward(self, x):
        x = F.relu(self.stem(x))
        for name, group in self.named_children():
            if name.startswith("stage"):
                for block in group.children():
                    x = block(x)
        return self.head(x.mean(dim=(2, 3)))


NORM_NAMES = {"weight": "scale", "bias": "shift", "running_mean": "mean", "running_var": "variance"}


def parameters_by_graph_name(network):
    """All parameters and running statistics under the names of our graph."""
    result = {}
    for name, tensor in [*network.named_parameters(), *network.named_buffers()]:
        layer, _, kind = name.rpartition(".")
        if kind == "num_batches_tracked":
            continue
        if layer.endswith("norm"):
            kind = NORM_NAMES[kind]
        result[f"{layer}.{kind}"] = tensor
    return result


def load_model_file(network, path):
    """Fills the network from a model file in safetensors, written by `catsvsdogs train`."""
    from safetensors.torch import load_file

    stored = load_file(path)
    with torch.no_grad():
        for name, tensor in parameters_by_graph_name(network).items():
            tensor.copy_(stored[name].to(tensor.dtype))
