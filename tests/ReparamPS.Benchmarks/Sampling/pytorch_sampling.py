"""PyTorch's side of the benchmarks of draws and log-densities: one request a line on stdin, one answer a line on stdout, both JSON."""
import json
import sys
import time

import torch
import torch.distributions as D

INTEGERS = {"dim", "total_count"}
COMPOSED = {
    "Independent": lambda leaf: D.Independent(D.Normal(leaf([0.5, -1.0]), leaf([1.5, 0.5])), 1),
    "TransformedDistribution": lambda leaf: D.TransformedDistribution(D.Normal(leaf(0.5), leaf(1.5)), [D.ExpTransform()]),
    "MixtureSameFamily": lambda leaf: D.MixtureSameFamily(D.Categorical(leaf([0.3, 0.7])), D.Normal(leaf([-1.0, 1.5]), leaf([0.5, 1.0]))),
}


def make(request):
    def leaf(value):
        return torch.tensor(value, dtype=getattr(torch, request.get("dtype", "float64")), requires_grad=request["gradient"])

    name = request["name"]
    if name in COMPOSED:
        return COMPOSED[name](leaf)
    values = {key: int(value) if key in INTEGERS and name != "NegativeBinomial" else leaf(value) for key, value in request["parameters"].items()}
    return getattr(D, name)(**values)


def measure(request):
    if not hasattr(D, request["name"]):
        return None
    distribution = make(request)
    if request.get("density"):
        return measure_density(distribution, request)
    if request["gradient"] and not distribution.has_rsample:
        return None
    draw = distribution.rsample if distribution.has_rsample else distribution.sample
    shape = torch.Size([request["count"]])
    start, work = time.perf_counter(), time.process_time()
    result = draw(shape)
    if request["gradient"]:
        result.sum().backward()
    return {"Wall": (time.perf_counter() - start) * 1000, "Processor": (time.process_time() - work) * 1000}


def measure_density(distribution, request):
    draws = distribution.sample(torch.Size([request["count"]]))
    start, work = time.perf_counter(), time.process_time()
    try:
        log = distribution.log_prob(draws)
    except NotImplementedError:
        return None
    if request["gradient"] and log.requires_grad:
        log.sum().backward()
    return {"Wall": (time.perf_counter() - start) * 1000, "Processor": (time.process_time() - work) * 1000}


torch.set_num_threads(int(sys.argv[1]))
print(json.dumps(torch.__version__), flush=True)
for line in sys.stdin:
    print(json.dumps(measure(json.loads(line))), flush=True)
