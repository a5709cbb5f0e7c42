"""Where PyTorch's optimizers and step-size schedules go along fixed gradients: Data/optimizers.json.

Eight parameters in float64 from sin(i), twelve steps, gradients cos(3 i + step) · 10^(i mod 3 − 1), step sizes of a schedule.
"""
import json
import math
from pathlib import Path

import torch

COUNT, STEPS, RATE = 8, 12, 0.01
SETTINGS = {
    "adam": [(torch.optim.Adam, {}), (torch.optim.Adam, {"weight_decay": 0.1})],
    "adamw": [(torch.optim.AdamW, {"weight_decay": 0.0}), (torch.optim.AdamW, {"weight_decay": 0.1})],
    "adagrad": [(torch.optim.Adagrad, {}), (torch.optim.Adagrad, {"weight_decay": 0.1})],
    "rmsprop": [(torch.optim.RMSprop, {}), (torch.optim.RMSprop, {"weight_decay": 0.1})],
    "sgd": [(torch.optim.SGD, {"momentum": 0.0}), (torch.optim.SGD, {"momentum": 0.9, "weight_decay": 0.1})],
}
# Over STEPS steps, to a tenth; step by step, as PyTorch's schedulers are used with one step() a training step.
SCHEDULES = {
    "constant": None,
    "linear": lambda optimizer: torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1.0, end_factor=0.1, total_iters=STEPS - 1),
    "cosine": lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS - 1, eta_min=0.1 * RATE),
    "exponential": lambda optimizer: torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.1 ** (1 / (STEPS - 1))),
}


def run(kind, settings, schedule):
    values = torch.nn.Parameter(torch.tensor([math.sin(i) for i in range(COUNT)], dtype=torch.float64))
    optimizer = kind([values], lr=RATE, **settings)
    scheduler = schedule and schedule(optimizer)
    path, rates = [], []
    for step in range(STEPS):
        values.grad = torch.tensor([math.cos(3 * i + step) * 10.0 ** (i % 3 - 1) for i in range(COUNT)], dtype=torch.float64)
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if scheduler:
            scheduler.step()
        path.append(values.detach().tolist())
    return {"momentum": settings.get("momentum", 0.0), "weightDecay": settings.get("weight_decay", 0.0), "rates": rates, "path": path}


rows = [
    {"optimizer": name, "schedule": schedule, **run(kind, settings, SCHEDULES[schedule])}
    for name, variants in SETTINGS.items()
    for (kind, settings), schedule in [(variant, schedule) for variant in variants for schedule in SCHEDULES]
]
target = Path(__file__).parent.parent / "ReparamPS.Core.Tests/Data/optimizers.json"
target.write_text(json.dumps({"madeBy": f"make_optimizers.py with PyTorch {torch.__version__}", "rate": RATE, "rows": rows}, indent=None, separators=(",", ":")).replace('{"optimizer"', '\n{"optimizer"') + "\n")
