"""What the bridge needs of Gymnasium, so that its tests run where Gymnasium is not installed: make, register, spaces, a time limit."""
import importlib

from . import spaces  # noqa: F401

registry = {}


class Env:
    def reset(self, *, seed=None, options=None):
        raise NotImplementedError

    def step(self, action):
        raise NotImplementedError


class TimeLimit:
    def __init__(self, env, limit):
        self.env, self.limit, self.elapsed = env, limit, 0
        self.observation_space, self.action_space = env.observation_space, env.action_space

    def reset(self, *, seed=None, options=None):
        self.elapsed = 0
        return self.env.reset(seed=seed, options=options)

    def step(self, action):
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.elapsed += 1
        return observation, reward, terminated, truncated or self.elapsed >= self.limit, info


def register(id, entry_point, max_episode_steps=None):
    registry[id] = (entry_point, max_episode_steps)


def make(id, **kwargs):
    if ":" in id:
        module, id = id.split(":")
        importlib.import_module(module)
    if id not in registry:
        raise KeyError("Environment `%s` doesn't exist." % id)
    entry_point, limit = registry[id]
    env = entry_point(**kwargs)
    return env if limit is None else TimeLimit(env, limit)
