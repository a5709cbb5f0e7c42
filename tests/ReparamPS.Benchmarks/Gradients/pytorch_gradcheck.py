"""PyTorch's side of the gradcheck benchmark: one request a line on stdin, one answer a line on stdout, both JSON."""
import json
import sys
import time

import torch

FUNCTIONS = {
    "linear": lambda x, w: x.matmul(w).tanh(),
    "chain": lambda x: x.sin().exp().mul(x).tanh(),
    "network": lambda x, w, v: x.matmul(w).tanh().matmul(v).sigmoid(),
    "sum": lambda x, w: x.matmul(w).tanh().sum(),
}
inputs = {}


def measure(request):
    if "inputs" in request:
        inputs[request["title"]] = [
            torch.tensor(value["numbers"], dtype=torch.float64).reshape(value["shape"]).requires_grad_(value["checked"]) for value in request["inputs"]
        ]
    given = inputs[request["title"]]
    start, work = time.perf_counter(), time.process_time()
    assert torch.autograd.gradcheck(FUNCTIONS[request["function"]], given, fast_mode=request["fast"])
    return {"Wall": (time.perf_counter() - start) * 1000, "Processor": (time.process_time() - work) * 1000}


torch.set_num_threads(int(sys.argv[1]))
print(json.dumps(torch.__version__), flush=True)
for line in sys.stdin:
    print(json.dumps(measure(json.loads(line))), flush=True)
