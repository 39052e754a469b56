"""Inference times of PyTorch, ONNX Runtime and OpenVINO on the standard residual network, for
`catsvsdogs benchmark --against pytorch|onnxruntime|openvino`.

    python3 -m venv peers && peers/bin/pip install torch numpy safetensors onnx onnxscript onnxruntime openvino
    peers/bin/python Docs/Peers/inference_peers.py --framework openvino --size 64 --batch 1 --model model.safetensors

The network is given a batch of float32 images that stand ready in memory and answers with logits. Without --model
the weights are random; times do not depend on them. Each way of running it is printed as one JSON object a line
on standard output:

    {"framework": "pytorch"|"onnxruntime"|"openvino", "version": "...", "task": "inference",
     "size": 64, "batch": 1, "threads": 2,
     "precision": "float32"|"bfloat16",
     "variant": "eager"|"compiled"|"default"|"latency"|"throughput",
     "seconds": 0.00123,                one batch, the median of many runs
     "images_per_second": 813.0}        batch / seconds, or all images over all time for "throughput"

"throughput" keeps several requests in flight at once, so its "seconds" is time over batches, not an answer's
latency. A way that this machine cannot run gives a line with "error" in place of the two figures.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
import warnings

import numpy as np
import torch

from residual_network import STANDARD, ResidualNetwork, load_model_file


def median_seconds(run, runs, seconds):
    for _ in range(max(1, runs // 10)):
        run()
    times = []
    start = time.perf_counter()
    while len(times) < runs or (len(times) < 20000 and time.perf_counter() - start < seconds):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def folded(path):
    network = ResidualNetwork(**STANDARD)
    if path:
        load_model_file(network, path)
    else:
        torch.manual_seed(1)
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                torch.nn.init.uniform_(module.weight, 0.5, 1.5)
    return network.eval()


def onnx_file(network, size, batch, folder):
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    path = f"{folder}/network-{size}-{batch}.onnx"
    torch.onnx.export(network, (torch.zeros(batch, 3, size, size),), path, input_names=["image"], output_names=["logits"], dynamo=False)
    return path


def pytorch_ways(network, images, arguments):
    """Yields (precision, variant, function that measures)."""

    def way(dtype, compiled):
        def measure():
            model = network.to(memory_format=torch.channels_last).to(dtype)
            x = torch.from_numpy(images).to(memory_format=torch.channels_last).to(dtype)
            if compiled:
                torch._dynamo.reset()
                model = torch.compile(model)
            with torch.inference_mode():
                result = median_seconds(lambda: model(x), arguments.runs, arguments.seconds)
            network.to(torch.float32)
            return result

        return measure

    for dtype, precision in ((torch.float32, "float32"), (torch.bfloat16, "bfloat16")):
        yield precision, "eager", way(dtype, False)
        if not arguments.no_compile:
            yield precision, "compiled", way(dtype, True)


def onnxruntime_ways(network, images, arguments, folder):
    import onnxruntime

    def measure():
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = arguments.threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        path = onnx_file(network, images.shape[2], images.shape[0], folder)
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return median_seconds(lambda: session.run(None, {"image": images}), arguments.runs, arguments.seconds)

    yield "float32", "default", measure


def openvino_ways(network, images, arguments, folder):
    import openvino

    def way(precision, hint):
        def measure():
            core = openvino.Core()
            model = core.read_model(onnx_file(network, images.shape[2], images.shape[0], folder))
            compiled = core.compile_model(model, "CPU", {
                "PERFORMANCE_HINT": hint.upper(), "INFERENCE_NUM_THREADS": arguments.threads,
                "INFERENCE_PRECISION_HINT": {"float32": "f32", "bfloat16": "bf16"}[precision],
            })
            if hint == "latency":
                request = compiled.create_infer_request()
                request.set_input_tensor(openvino.Tensor(images, shared_memory=True))
                return median_seconds(request.infer, arguments.runs, arguments.seconds)
            queue = openvino.AsyncInferQueue(compiled, compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
            for phase in (max(1, arguments.runs // 10), arguments.runs):
                start, count = time.perf_counter(), 0
                while count < phase or (phase == arguments.runs and time.perf_counter() - start < arguments.seconds):
                    queue.start_async({0: images})
                    count += 1
                queue.wait_all()
                elapsed = time.perf_counter() - start
            return elapsed / count

        return measure

    for precision in ("float32", "bfloat16"):
        for hint in ("latency", "throughput"):
            yield precision, hint, way(precision, hint)


def version(framework):
    if framework == "pytorch":
        return torch.__version__
    module = __import__(framework)
    return module.__version__


def main():
    parser = argparse.ArgumentParser(description="Inference times of other frameworks, as JSON lines.")
    parser.add_argument("--framework", choices=["pytorch", "onnxruntime", "openvino"], action="append", help="may be repeated (all)")
    parser.add_argument("--size", type=int, action="append", help="pixels along each side; may be repeated (64, 96, 128)")
    parser.add_argument("--batch", type=int, action="append", help="may be repeated (1, 64)")
    parser.add_argument("--model", help="model file in safetensors whose weights to run")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=50, help="timed runs at least (50)")
    parser.add_argument("--seconds", type=float, default=3, help="time for each measurement at least (3)")
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    network = folded(arguments.model)

    with tempfile.TemporaryDirectory() as folder:
        for framework in arguments.framework or ["pytorch", "onnxruntime", "openvino"]:
            for size in arguments.size or [64, 96, 128]:
                for batch in arguments.batch or [1, 64]:
                    images = np.random.default_rng(1).standard_normal((batch, 3, size, size), dtype=np.float32)
                    ways = {
                        "pytorch": lambda: pytorch_ways(network, images, arguments),
                        "onnxruntime": lambda: onnxruntime_ways(network, images, arguments, folder),
                        "openvino": lambda: openvino_ways(network, images, arguments, folder),
                    }[framework]()
                    for precision, variant, measure in ways:
                        line = dict(
                            framework=framework, version=version(framework), task="inference", size=size, batch=batch,
                            threads=arguments.threads, precision=precision, variant=variant)
                        try:
                            seconds = measure()
                            line |= dict(seconds=round(seconds, 7), images_per_second=round(batch / seconds, 2))
                        except Exception as error:
                            text = str(error).strip()
                            line |= dict(error=f"{type(error).__name__}: {text.splitlines()[0] if text else ''}")
                            network.to(torch.float32)
                        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.exit(main())
