"""Gradient descent on a bent valley, in plain Python."""
import json
import os

import tuner

config = tuner.config()
x, y, start = -1.5, 1.5, 0
if tuner.checkpoint():
    with open(os.path.join(tuner.checkpoint(), "state.json"), encoding="utf-8") as file:
        x, y, start = json.load(file)

vx = vy = 0.0
for step in range(start, 200):
    gx, gy = -2 * (1 - x) - 8 * x * (y - x * x), 4 * (y - x * x)
    vx, vy = config["momentum"] * vx - config["lr"] * gx, config["momentum"] * vy - config["lr"] * gy
    x, y = max(-5.0, min(5.0, x + vx)), max(-5.0, min(5.0, y + vy))
    if step % 10 == 9:
        with tuner.saving() as directory:
            with open(os.path.join(directory, "state.json"), "w", encoding="utf-8") as file:
                json.dump([x, y, step + 1], file)
        tuner.report(loss=(1 - x) ** 2 + 2 * (y - x * x) ** 2)
