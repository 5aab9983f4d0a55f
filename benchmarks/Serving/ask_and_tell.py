"""Asks and tells as fast as it can: of a study that is served, or of Optuna's on a storage. Waits for a line before it begins, prints how many it told."""
import sys

kind, sampler, where, trials, seed = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
names = ["x%d" % i for i in range(5)]

if kind == "served":
    import tuner

    study = tuner.Study()

    def once():
        trial = study.ask()
        trial.tell(sum(trial[name] ** 2 for name in names))
else:
    import warnings

    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    storage = optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(where)) if kind == "journal" else "sqlite:///" + where
    samplers = {"random": lambda: optuna.samplers.RandomSampler(seed=seed), "tpe": lambda: optuna.samplers.TPESampler(seed=seed)}
    study = optuna.create_study(storage=storage, study_name="speed", load_if_exists=True, sampler=samplers[sampler]())
    space = {name: optuna.distributions.FloatDistribution(-5, 5) for name in names}

    def once():
        trial = study.ask(space)
        study.tell(trial, sum(trial.params[name] ** 2 for name in names))

print("ready", flush=True)
sys.stdin.readline()
for _ in range(trials):
    once()
print("done", trials, flush=True)
sys.stdin.readline()
