"""Computes the scores of a model that `recommender export` wrote, from its two files alone.

    recommender export exported --models models
    python3 score_export.py exported view:85123A rating=4:22423 purchase:71053      (the latest event last)

Needs numpy alone. Docs/Formats.md describes the files.
"""

import json
import sys

import numpy as np

TYPES = {"F32": np.float32, "U32": np.uint32, "I64": np.int64}
STEPS = 10  # of conjugate gradients, as the model itself takes


def tensors(path):
    """The arrays of a safetensors file by name: a length, as many bytes of JSON, and then the numbers."""
    with open(path, "rb") as file:
        data = file.read()
    start = 8 + int.from_bytes(data[:8], "little")
    arrays = {}
    for name, about in json.loads(data[8:start]).items():
        if name != "__metadata__":
            first, end = about["data_offsets"]
            arrays[name] = np.frombuffer(data[start + first : start + end], TYPES[about["dtype"]]).reshape(about["shape"])
    return arrays


class Model:
    def __init__(self, folder):
        with open(f"{folder}/model.json") as file:
            self.about = json.load(file)
        self.arrays = tensors(f"{folder}/model.safetensors")
        self.number = {item: number for number, item in enumerate(self.about["items"])}

    def weight(self, kind, value=None):
        weight = self.about["weights"].get(kind, self.about["otherWeight"])
        if kind != "rating" or value is None:
            return weight
        return weight * max(-1.0, min(1.0, (value - self.about["neutralRating"] + 0.5) / 2.5))

    def event(self, text):
        """The number of the item and the weight, of kind:item or rating=value:item; nothing of an item it does not know."""
        kind, item = text.split(":", 1)
        kind, _, value = kind.partition("=")
        return (self.number[item], self.weight(kind, float(value) if value else None)) if item in self.number else None

    def als(self, history, c):
        factors = self.arrays["als.factors"].astype(np.float64)
        sums = {}
        for item, weight in history:
            sums[item] = sums.get(item, 0) + weight
        items = [item for item, weight in sums.items() if weight > 0]
        if not items:
            return np.zeros(len(factors))
        extra = c["confidence"] * np.array([sums[item] for item in items])
        own = factors[items]
        matrix = factors.T @ factors + c["penalty"] * np.eye(factors.shape[1]) + (own.T * extra) @ own
        user, residual = np.zeros(factors.shape[1]), ((1 + extra)[:, None] * own).sum(0)
        direction, size = residual.copy(), residual @ residual
        for _ in range(STEPS):
            if size <= 1e-20:
                break
            product = matrix @ direction
            length = size / (direction @ product)
            user, residual = user + length * direction, residual - length * product
            size, before = residual @ residual, size
            direction = residual + size / before * direction
        return factors @ user

    def rows(self, name, history, decay, steps):
        starts, items, values = (self.arrays[f"{name}.{part}"] for part in ("starts", "items", "values"))
        scores, share, taken = np.zeros(len(starts) - 1), 1.0, 0
        for item, weight in reversed(history):
            if weight <= 0:
                continue
            row = slice(starts[item], starts[item + 1])
            scores[items[row]] += share * weight * values[row]
            share, taken = share * decay, taken + 1
            if taken == steps:
                break
        return scores

    def graph(self, history, c):
        leading, norms = (self.arrays[f"graph.{part}"].astype(np.float64) for part in ("leading", "norms"))
        scores = self.rows("graph", history, c["decay"], None)
        taste, share = np.zeros(leading.shape[1]), 1.0
        for item, weight in reversed(history):
            if weight > 0:
                taste += share * weight / norms[item] * leading[item]
                share *= c["decay"]
        return np.where(scores > 0, np.maximum(scores - norms * (leading @ taste), 0), 0)

    def member(self, name, history):
        c = next(member["configuration"] for member in self.about["members"] if member["name"] == name)
        if name == "als":
            return self.als(history, c)
        if name == "neighbors":
            return self.rows("neighbors", history, c["decay"], c["steps"])
        if name == "graph":
            return self.graph(history, c)
        if name == "ease":
            return self.rows("ease", history, c["decay"], None)
        return self.arrays["popularity.counts"].astype(np.float64)

    def blend(self, history):
        shares, smoothing = self.arrays["shares"], self.about["smoothing"]
        total, offset = np.zeros(len(shares)), self.about.get("returningOffset")
        known = np.array(sorted({item for item, weight in history if weight > 0}) if offset is not None else [], dtype=int)
        apart = np.full(len(known), offset or 0.0)
        for member in self.about["members"]:
            if member["weight"] == 0 and member.get("returning", 0) == 0:
                continue
            scores = self.member(member["name"], history)
            if member["scale"] == "counts":
                if history:
                    scores[history[-1][0]] *= self.about["repetition"]
                factor = (1 - smoothing) / scores.sum() if scores.sum() > 0 else 0
                scores = np.log(scores * factor + smoothing * shares + 1e-30)
            total += member["weight"] * scores
            apart += member.get("returning", 0) * scores[known]
        if not any(member["weight"] for member in self.about["members"]):
            total = np.log(shares.astype(np.float64))
        total[known] = apart
        return total


if __name__ == "__main__":
    model = Model(sys.argv[1])
    history = [event for event in map(model.event, sys.argv[2:]) if event is not None]
    scores = model.blend(history)
    scores[[item for item, _ in history]] = -np.inf
    for item in np.argsort(-scores, kind="stable")[:10]:
        print(f"{model.about['items'][item]}\t{scores[item]:.5f}")
