"""Matrix factorization by the `implicit` package, for `recommender benchmark --against implicit`.

    python3 -m venv peers && peers/bin/pip install implicit safetensors
    peers/bin/python Docs/Peers/implicit_peer.py --input matrix.safetensors --output factors.safetensors

The input holds a sparse matrix of users by items: `offsets` (users + 1), `columns` and `values`, the confidence of each
pair in all (what is not there has 1), and `shape`. The output holds the factors, `users` and `items`. One JSON object is
printed on standard output:

    {"version": "0.7.3", "iterations": [0.91, ...],    seconds of each iteration, both sides solved
     "processor": 1.7,                                 processor seconds of an iteration, on all threads together
     "recommend": 3.2, "recommendProcessor": 6.1,      the same of `recommend` for all users, in the fastest batches tried
     "users": 29858}
"""

import argparse
import json
import os
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("--input", required=True)
arguments.add_argument("--output", required=True)
arguments.add_argument("--factors", type=int, default=64)
arguments.add_argument("--iterations", type=int, default=15)
arguments.add_argument("--regularization", type=float, default=0.05)
arguments.add_argument("--steps", type=int, default=3)
arguments.add_argument("--threads", type=int, default=2)
arguments.add_argument("--top", type=int, default=20)
arguments.add_argument("--seed", type=int, default=1)
arguments = arguments.parse_args()

# As the package advises: its own threads, and none of the BLAS within them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import implicit
import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix

data = load_file(arguments.input)
matrix = csr_matrix(
    (data["values"].astype(np.float32), data["columns"].astype(np.int32), data["offsets"].astype(np.int32)),
    shape=tuple(int(n) for n in data["shape"]),
)
model = AlternatingLeastSquares(
    factors=arguments.factors,
    regularization=arguments.regularization,
    alpha=1.0,
    iterations=arguments.iterations,
    use_native=True,
    use_cg=True,
    num_threads=arguments.threads,
    random_state=arguments.seed,
)
model.cg_steps = arguments.steps

iterations, processor = [], []


def iterated(number, seconds, loss):
    iterations.append(seconds)
    processor.append(time.process_time())


model.fit(matrix, show_progress=False, callback=iterated)

users = np.arange(matrix.shape[0])
model.recommend(users[:1000], matrix[users[:1000]], N=arguments.top, filter_already_liked_items=True)
times = []
for batch in (1000, 5000, len(users)):
    start, used = time.perf_counter(), time.process_time()
    for first in range(0, len(users), batch):
        chosen = users[first : first + batch]
        model.recommend(chosen, matrix[chosen], N=arguments.top, filter_already_liked_items=True)
    times.append((time.perf_counter() - start, time.process_time() - used))

save_file(
    {"users": np.ascontiguousarray(model.user_factors), "items": np.ascontiguousarray(model.item_factors)}, arguments.output
)
print(json.dumps({
    "version": implicit.__version__, "iterations": iterations,
    "processor": (processor[-1] - processor[0]) / max(len(processor) - 1, 1), "recommend": min(times)[0],
    "recommendProcessor": min(times)[1], "users": len(users),
}))
