"""Optuna beside our samplers: a line of JSON in, a line of JSON out."""
import json
import sys
import warnings

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)


def sampler(kind, seed):
    if kind == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    together = kind == "tpe"
    return optuna.samplers.TPESampler(seed=seed, multivariate=together, constant_liar=together)


def distribution(d):
    if "choices" in d:
        return optuna.distributions.CategoricalDistribution(d["choices"])
    if d["whole"]:
        return optuna.distributions.IntDistribution(d["low"], d["high"], log=d["log"], step=1 if d["log"] else d["step"])
    return optuna.distributions.FloatDistribution(d["low"], d["high"], log=d["log"], step=None if d["log"] else d["step"])


def main():
    start = json.loads(sys.stdin.readline())
    study = optuna.create_study(sampler=sampler(start["kind"], start["seed"]))
    space = {name: distribution(d) for name, d in start["space"].items()}
    trials = {}
    for line in sys.stdin:
        question = json.loads(line)
        for number, value in question["told"]:
            study.tell(trials.pop(number), value)
        trials[question["ask"]] = trial = study.ask(space)
        print(json.dumps(trial.params), flush=True)


main()
