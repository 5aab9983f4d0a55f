"""Environments that do what tests ask of them."""
import os
import sys
import time

import numpy as np
import gymnasium
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Text, Tuple

SPACES = {
    "box": lambda: Box(-1, 1, (2, 2)),
    "box64": lambda: Box(-np.inf, np.inf, (3,), np.float64),
    "image": lambda: Box(0, 255, (2, 3, 1), np.uint8),
    "discrete": lambda: Discrete(3),
    "started": lambda: Discrete(4, start=-2),
    "multi": lambda: MultiDiscrete([2, 3], start=[1, 5]),
    "grid": lambda: MultiDiscrete([[2, 3], [4, 5]]),
    "binary": lambda: MultiBinary(3),
    "mixed": lambda: Dict({"hand": Tuple([Box(0, 1, (2,)), Discrete(3, start=1)]), "camera": Box(0, 255, (1, 2), np.uint8)}),
    "boxes": lambda: Dict({"x": Box(-1, 1, (2,)), "deep": Dict({"y": Box(0, 3, (1,))})}),
    "choices": lambda: Tuple([Discrete(2), MultiBinary(2)]),
    "text": lambda: Text(),
}


def value_of(space, number):
    """A value of a space, by a number."""
    if isinstance(space, Box):
        return ((np.arange(int(np.prod(space.shape))) + number) % 2).reshape(space.shape).astype(space.dtype)
    if isinstance(space, Discrete):
        return np.int64(space.start + number % space.n)
    if isinstance(space, MultiDiscrete):
        return space.start + number % space.nvec
    if isinstance(space, MultiBinary):
        return np.full(space.shape, number % 2, np.int8)
    if isinstance(space, Dict):
        return {k: value_of(s, number) for k, s in space.spaces.items()}
    return tuple(value_of(s, number) for s in space.spaces)


class Spaces(gymnasium.Env):
    """Shows a value that follows from the number of steps; says with its infos what action it got."""

    def __init__(self, seen="box", done="discrete"):
        self.observation_space, self.action_space, self.steps = SPACES[seen](), SPACES[done](), 0

    def reset(self, *, seed=None, options=None):
        self.steps = 0
        return value_of(self.observation_space, 0), {"got": "nothing"}

    def step(self, action):
        self.steps += 1
        flat = []

        def gather(a):
            if isinstance(a, dict):
                [gather(v) for v in a.values()]
            elif isinstance(a, tuple):
                [gather(v) for v in a]
            else:
                flat.extend(np.ravel(a).tolist())
        gather(action)
        return value_of(self.observation_space, self.steps), float(sum(x * 10 ** i for i, x in enumerate(flat))), False, False, {
            "got": {"first": flat[0]}, "type": type(action).__name__}


class Counter(gymnasium.Env):
    """Counts steps from 100 times its seed; ends after as many as it is told, by action 1 at once."""

    observation_space, action_space = Box(-np.inf, np.inf, (2,)), Discrete(2)

    def __init__(self, length=3):
        self.length, self.random = length, None

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.random = np.random.default_rng(seed)
        self.steps, self.start = 0, self.random.random()
        return np.array([self.start, 0], np.float32), {"begun": 1}

    def step(self, action):
        self.steps += 1
        done = action == 1 or self.steps >= self.length
        return np.array([self.start, self.steps], np.float32), self.steps / 2, done, False, {"steps": self.steps}


class Continuous(Counter):
    action_space = Box(-2, 2, (1,))

    def step(self, action):
        assert isinstance(action, np.ndarray) and action.shape == (1,) and action.dtype == np.float32
        return super().step(0)


def memory_of_the_worker():
    frame = sys._getframe()
    while "memory" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["memory"].bytes


class Faulty(Counter):
    """Does at its third step what it is told."""

    def __init__(self, fault, **kwargs):
        super().__init__(**kwargs)
        self.fault = fault
        if fault == "make":
            raise ValueError("no such thing")
        print("made on stdout")

    def step(self, action):
        observation, reward, terminated, truncated, info = super().step(action)
        if self.steps == 2:
            if self.fault == "raise":
                raise RuntimeError("the wheel came off")
            if self.fault == "die":
                print("last words", file=sys.stderr)
                os._exit(7)
            if self.fault == "hang":
                self.wait_for_ever()
            if self.fault == "shape":
                observation = np.zeros(5, np.float32)
            if self.fault == "nan":
                observation = observation * np.nan
            if self.fault == "fork":
                shared = memory_of_the_worker()
                before = bytes(shared)
                child = os.fork()  # both go on
                if child:
                    os.waitpid(child, 0)
                    if bytes(shared) != before:
                        raise RuntimeError("a fork wrote into the memory of its worker")
            if self.fault == "noise":
                sys.stdout.write("x" * 3000000 + "\n" + "y\n" * 100000)
            if self.fault == "background" and os.fork() == 0:
                time.sleep(3600)
        return observation, reward, terminated, truncated, info

    def wait_for_ever(self):
        time.sleep(3600)


gymnasium.register("Spaces-v0", Spaces)
gymnasium.register("Counter-v0", Counter, max_episode_steps=5)
gymnasium.register("Continuous-v0", Continuous)
gymnasium.register("Faulty-v0", Faulty)
