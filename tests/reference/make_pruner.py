"""Writes what Optuna's MedianPruner decides at each step of random runs: Data/sweeps/median_pruner.json."""
import json
import math
import pathlib
import random

import optuna
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
DATA = pathlib.Path(__file__).resolve().parents[1] / "ReparamPS.Core.Tests" / "Data" / "sweeps"


def value(rng, nans):
    return math.nan if rng.random() < nans else round(rng.gauss(0, 1), 1)


def case(rng):
    maximize, startup, warmup = rng.random() < 0.5, rng.randint(0, 4), rng.randint(0, 3)
    nans = rng.choice([0, 0, 0.2])
    done = [[value(rng, nans) for _ in range(rng.randint(0, 6))] for _ in range(rng.randint(0, 7))]
    run = [value(rng, nans) for _ in range(6)]
    pruner = optuna.pruners.MedianPruner(n_startup_trials=startup, n_warmup_steps=warmup)
    study = optuna.create_study(direction="maximize" if maximize else "minimize", pruner=pruner)
    for values in done:
        study.add_trial(create_trial(state=TrialState.COMPLETE, value=0.0, intermediate_values=dict(enumerate(values))))
    trial, pruned = study.ask(), []
    for step, v in enumerate(run):
        trial.report(v, step)
        pruned.append(bool(trial.should_prune()))
    return dict(maximize=maximize, startup=startup, warmup=warmup, done=done, run=run, pruned=pruned)


def plain(x):
    if isinstance(x, float) and math.isnan(x):
        return None
    if isinstance(x, list):
        return [plain(y) for y in x]
    return {k: plain(v) for k, v in x.items()} if isinstance(x, dict) else x


if __name__ == "__main__":
    rng = random.Random(20261124)
    lines = [json.dumps(plain(case(rng))) for _ in range(200)]
    DATA.mkdir(exist_ok=True)
    made = f"Optuna {optuna.__version__}, optuna.pruners.MedianPruner, by tests/reference/make_pruner.py; null is NaN"
    (DATA / "median_pruner.json").write_text('{"made": ' + json.dumps(made) + ',\n"cases": [\n' + ",\n".join(lines) + "\n]}\n")
