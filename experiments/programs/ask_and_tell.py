"""Asks a study for trials and tells what came of them: start as many of these as you like, and stop them as you like."""
import tuner

study = tuner.Study()                             # where TUNER_URL says, as serve printed it
for trial in study:
    with trial:                                   # an exception in here is the trial's failure
        for step in range(1, 11):
            loss = (trial["x"] - 1) ** 2 + (trial["y"] + 2) ** 2 + 10 / step
            if trial.report(loss) == "stop":
                break
print(study.reason, study.best())
