"""Training throughput of PyTorch on the standard residual network, for `catsvsdogs benchmark --against pytorch`.

    python3 -m venv peers && peers/bin/pip install torch numpy safetensors
    peers/bin/python Docs/Peers/training_pytorch.py --size 64 --size 96 --size 128 --batch 64

One step is forward, cross-entropy with smoothing, backward and SGD with Nesterov momentum, on images that stand
ready in memory. channels_last, as PyTorch recommends on processors. Every combination is measured in each way
PyTorch offers, and printed as one JSON object a line on standard output:

    {"framework": "pytorch", "version": "2.x", "task": "training",
     "size": 64,                        pixels along each side
     "batch": 64, "threads": 2,
     "precision": "float32"|"bfloat16",
     "variant": "autocast"|"pure"|"plain",   bfloat16 by autocast or with bfloat16 weights; plain is float32
     "compiled": false,                 by torch.compile
     "images_per_second": 1234.5,       from the median step
     "step_seconds": 0.052}

A way that this machine cannot run gives a line with "error" in place of the two figures; read the best line of
each size and precision.
"""

import argparse
import json
import statistics
import sys
import time

import torch
from torch.nn import functional as F

from residual_network import STANDARD, ResidualNetwork


def measure(size, batch, precision, variant, compiled, steps, seconds):
    torch.manual_seed(1)
    dtype = torch.bfloat16 if variant == "pure" else torch.float32
    network = ResidualNetwork(**STANDARD).train().to(memory_format=torch.channels_last).to(dtype)
    model = torch.compile(network) if compiled else network
    images = torch.randn(batch, 3, size, size).to(memory_format=torch.channels_last).to(dtype)
    labels = torch.randint(0, 2, (batch,))
    decayed = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    optimizer = torch.optim.SGD(
        [dict(params=decayed, weight_decay=5e-4), dict(params=others, weight_decay=0)], lr=0.01, momentum=0.9, nesterov=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=variant == "autocast"):
            logits = model(images)
        F.cross_entropy(logits.float(), labels, label_smoothing=0.05).backward()
        optimizer.step()

    for _ in range(max(3, steps // 5) if steps > 3 else 1):
        step()
    times = []
    start = time.perf_counter()
    while len(times) < steps or (len(times) < 1000 and time.perf_counter() - start < seconds):
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description="Training throughput of PyTorch, as JSON lines.")
    parser.add_argument("--size", type=int, action="append", help="pixels along each side; may be repeated (64, 96, 128)")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], action="append", help="may be repeated (both)")
    parser.add_argument("--steps", type=int, default=10, help="timed steps at least (10)")
    parser.add_argument("--seconds", type=float, default=5, help="time for each measurement at least (5)")
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    for size in arguments.size or [64, 96, 128]:
        for precision in arguments.precision or ["float32", "bfloat16"]:
            for variant in ["plain"] if precision == "float32" else ["autocast", "pure"]:
                for compiled in [False] if arguments.no_compile else [False, True]:
                    line = dict(
                        framework="pytorch", version=torch.__version__, task="training", size=size, batch=arguments.batch,
                        threads=arguments.threads, precision=precision, variant=variant, compiled=compiled)
                    try:
                        median = measure(size, arguments.batch, precision, variant, compiled, arguments.steps, arguments.seconds)
                        line |= dict(images_per_second=round(arguments.batch / median, 2), step_seconds=round(median, 6))
                    except Exception as error:  # No C++ compiler for torch.compile, or an operation without a kernel.
                        line |= dict(error=f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}")
                    print(json.dumps(line), flush=True)
                    torch._dynamo.reset() if compiled else None


if __name__ == "__main__":
    sys.exit(main())
