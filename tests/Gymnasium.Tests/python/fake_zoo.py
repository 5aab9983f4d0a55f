"""An environment by PettingZoo's parallel API: agent "b" leaves after one step, the others end after three."""
import numpy as np
from gymnasium.spaces import Box, Discrete


class parallel_env:
    possible_agents = ["a", "b", "c"]

    def __init__(self, length=3):
        self.length = length

    def observation_space(self, agent):
        return Box(0, 100, (1,)) if agent != "c" else Discrete(5)

    def action_space(self, agent):
        return Discrete(3, start=1) if agent != "c" else Box(-1, 1, (2,))

    def show(self):
        return {a: np.array([self.steps], np.float32) if a != "c" else self.steps for a in self.agents}

    def reset(self, seed=None, options=None):
        self.agents, self.steps = ["a", "b", "c"], 0
        return self.show(), {a: {} for a in self.agents}

    def step(self, actions):
        assert sorted(actions) == sorted(self.agents), (actions, self.agents)
        self.steps += 1
        over = self.steps >= self.length
        seen = self.show()
        rewards = {a: float(np.sum(actions[a])) for a in self.agents}
        terminated = {a: a == "b" for a in self.agents}
        truncated = {a: over for a in self.agents}
        self.agents = [a for a in self.agents if not terminated[a] and not truncated[a]]
        return seen, rewards, terminated, truncated, {a: {} for a in seen}

