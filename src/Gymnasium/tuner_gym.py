"""Steps environments of Gymnasium or PettingZoo for Tuner. One file, numpy only, Python 3.8 and newer; Tuner starts it, nobody else.

It is called with a directory that holds setup.json, the pipes "go" and "done". It makes the copies, writes spaces.json, lays
out the memory, and rings "done" with one byte. Then each byte from "go" asks for what the commands in the memory say: nothing, a step, a reset, or a reset
with a seed. Where an episode ends with a step the copy is reset at once; its first observation stands beside the last one, apart.
"""
import faulthandler
import importlib
import json
import mmap
import os
import signal
import sys
import tempfile
import traceback

import numpy as np

ERROR_AT, ERROR_SIZE = 64, 16320
STEP, RESET, SEED = 1, 2, 3
TERMINATED, TRUNCATED, BEGUN = 1, 2, 4
PRESENT, OBSERVED = 4, 8
MAX_CHOICES = 1 << 24


class Refused(Exception):
    """What a user can mend: the message says all, the traceback nothing."""


def kind_of(space):
    """The name of the class of Gymnasium (or the older Gym) that a space is of."""
    for cls in type(space).__mro__:
        if cls.__module__.split(".")[0] in ("gymnasium", "gym") and cls.__name__ in (
                "Box", "Discrete", "MultiDiscrete", "MultiBinary", "Dict", "Tuple"):
            return cls.__name__
    return type(space).__name__


class Leaf:
    """One part of a space that is flattened: its name, where its numbers stand, how a value becomes numbers and numbers become a value."""

    def __init__(self, name, space, path):
        self.name, self.space, self.path, self.kind = name, space, path, kind_of(space)
        self.shape = tuple(getattr(space, "shape", None) or ())
        if self.kind == "Box":
            self.choices = None
            self.low = np.broadcast_to(np.asarray(space.low, np.float64), self.shape).ravel()
            self.high = np.broadcast_to(np.asarray(space.high, np.float64), self.shape).ravel()
        elif self.kind == "Discrete":
            self.choices, self.start, self.shape = [int(space.n)], np.asarray(int(getattr(space, "start", 0))), ()
        elif self.kind == "MultiDiscrete":
            start = getattr(space, "start", None)
            self.choices = [int(n) for n in np.ravel(space.nvec)]
            self.start = np.zeros(self.shape, np.int64) if start is None else np.asarray(start, np.int64)
        elif self.kind == "MultiBinary":
            self.choices = [2] * int(np.prod(self.shape))
            self.start = np.zeros(self.shape, np.int64)
        else:
            raise Refused("the space %s at '%s' is of the kind %s; understood are Box, Discrete, MultiDiscrete, MultiBinary, Dict and Tuple. Wrap the "
                          "environment so that it gives one of them." % (space, name or "/", self.kind))
        if self.choices is not None and max(self.choices) > MAX_CHOICES:
            raise Refused("the space %s has more than %d choices" % (space, MAX_CHOICES))
        self.image = self.kind == "Box" and space.dtype == np.uint8
        self.size = len(self.choices) if self.choices is not None else int(np.prod(self.shape))
        if self.size == 0:
            raise Refused("the space %s at '%s' has no numbers" % (space, name or "/"))

    def take(self, value):
        for key in self.path:
            value = value[key]
        return value

    def choices_of(self, value):
        """Choices counted from 0, as a flat array."""
        value = np.asarray(value)
        if value.shape != self.shape or (value.dtype.kind not in "iub" and not np.array_equal(value, np.floor(value))):
            self.refuse(value)
        value = (value - self.start).ravel()
        if not ((value >= 0) & (value < self.choices)).all():
            self.refuse(value)
        return value

    def refuse(self, value):
        raise Refused("the observation%s has the shape %s and the type %s, and does not belong to its space %s: %s" % (
            " at '%s'" % self.name if self.name else "", np.shape(value), getattr(value, "dtype", type(value).__name__), self.space,
            np.array2string(np.asarray(value), threshold=20)[:300]))


def leaves_of(space, name="", path=()):
    kind = kind_of(space)
    if kind == "Dict":
        parts = [(str(k), s, k) for k, s in space.spaces.items()]
    elif kind == "Tuple":
        parts = [(str(i), s, i) for i, s in enumerate(space.spaces)]
    else:
        return [Leaf(name, space, path)]
    if not parts:
        raise Refused("the space %s is empty" % (space,))
    return [leaf for label, s, key in parts for leaf in leaves_of(s, name + "/" + label if name else label, path + (key,))]


class Layout:
    """A space as a row of numbers. Choices alone stay choices, numbers alone stay numbers; together, choices are written one-hot."""

    def __init__(self, space, acts):
        self.space, self.leaves = space, leaves_of(space)
        choices = [leaf.choices is not None for leaf in self.leaves]
        self.discrete = all(choices)
        if acts and any(choices) and not self.discrete:
            raise Refused("the action space %s has choices and numbers side by side; actions are all choices or all numbers. Wrap the environment." % space)
        self.dtype = np.dtype(np.uint8 if all(leaf.image for leaf in self.leaves) else np.float32)
        self.parts, at = [], 0
        for leaf in self.leaves:
            size = leaf.size if self.discrete or leaf.choices is None else sum(leaf.choices)
            self.parts.append((leaf, at, size))
            at += size
        self.size = at
        self.single = self.leaves[0] if len(self.leaves) == 1 and not self.leaves[0].path else None

    def describe(self):
        parts = [{"name": leaf.name, "start": at, "length": size, "shape": list(leaf.shape), "one_hot": leaf.choices is not None and not self.discrete}
                 for leaf, at, size in self.parts]
        if self.discrete:
            return {"kind": "discrete" if self.single and self.single.kind == "Discrete" else "multi_discrete", "size": self.size, "image": False,
                    "n": [n for leaf in self.leaves for n in leaf.choices], "low": [], "high": [], "shape": [], "parts": parts}
        low, high = [], []
        for leaf, _, size in self.parts:
            low.append(np.zeros(size) if leaf.choices is not None else leaf.low)
            high.append(np.ones(size) if leaf.choices is not None else leaf.high)
        with np.errstate(over="ignore"):
            low, high = (np.concatenate(x).astype(np.float32) for x in (low, high))
        return {"kind": "box", "size": self.size, "image": self.dtype == np.uint8, "n": [], "low": [numeral(x) for x in low], "high": [numeral(x) for x in high],
                "shape": list(self.single.shape) if self.single and self.single.shape else [self.size], "parts": parts}

    def writer(self, row):
        """A function that writes a value into a row of the memory."""
        def choices(leaf, target, one_hot):
            offsets = np.cumsum([0] + leaf.choices[:-1])

            def write(value):
                found = leaf.choices_of(leaf.take(value))
                if one_hot:
                    target[:] = 0
                    target[offsets + found] = 1
                else:
                    target[:] = found
            return write

        def numbers(leaf, target):
            target, shape, path, array = target.reshape(leaf.shape), leaf.shape, leaf.path, np.ndarray
            kinds = "u" if leaf.image else "fiub"

            def write(value):
                for key in path:
                    value = value[key]
                if value.__class__ is not array or value.shape != shape or value.dtype.kind not in kinds:
                    checked = np.asarray(value)
                    if checked.shape != shape or checked.dtype.kind not in "fiub" or (leaf.image and not np.array_equal(checked, checked.astype(np.uint8))):
                        leaf.refuse(value)
                    value = checked
                target[...] = value
            return write

        writers = [choices(leaf, row[at:at + size], not self.discrete) if leaf.choices is not None else numbers(leaf, row[at:at + size])
                   for leaf, at, size in self.parts]
        if len(writers) == 1:
            return writers[0]

        def write_all(value):
            for write in writers:
                write(value)
        return write_all

    def reader(self):
        """A function that makes an action of a row of numbers."""
        def value_of(leaf, row):
            if leaf.kind == "Discrete":
                return int(row[0]) + int(leaf.start)
            if leaf.choices is not None:
                return (row.astype(np.int64).reshape(leaf.shape) + leaf.start).astype(leaf.space.dtype)
            return row.reshape(leaf.shape).astype(leaf.space.dtype)

        if self.single:
            return lambda row: value_of(self.single, row)

        def build(space, row, at):
            kind = kind_of(space)
            if kind in ("Dict", "Tuple"):
                keys = space.spaces.items() if kind == "Dict" else enumerate(space.spaces)
                built = []
                for key, s in keys:
                    value, at = build(s, row, at)
                    built.append((key, value))
                return (dict(built) if kind == "Dict" else tuple(v for _, v in built)), at
            leaf, start, size = self.parts[at]
            return value_of(leaf, row[start:start + size]), at + 1
        return lambda row: build(self.space, row, 0)[0]


def numeral(x):
    return "Infinity" if x == np.inf else "-Infinity" if x == -np.inf else "NaN" if x != x else float(x)


class Memory:
    """Arrays one after the other, each at a multiple of 64 bytes."""

    def __init__(self):
        self.wanted, self.end = [], ERROR_AT + ERROR_SIZE

    def add(self, name, dtype, *shape):
        self.wanted.append((name, np.dtype(dtype), shape, self.end))
        self.end += -(-max(1, int(np.prod(shape)) * np.dtype(dtype).itemsize) // 64) * 64

    def open(self, path):
        try:
            self.map(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), path)
        except OSError:
            # /dev/shm of a container is small.
            os.unlink(path)
            self.map(*tempfile.mkstemp(prefix="tuner-gym-memory-"))

    def map(self, descriptor, path):
        # All of it now: a page that cannot be had later would end both processes.
        try:
            os.posix_fallocate(descriptor, 0, self.end)
            self.bytes, self.path = mmap.mmap(descriptor, self.end), path
            if hasattr(mmap, "MADV_DONTFORK"):
                # A fork that runs on into the worker's code writes nothing here: it has no such memory, and ends.
                self.bytes.madvise(mmap.MADV_DONTFORK)
        finally:
            os.close(descriptor)

    def bind(self):
        for name, dtype, shape, at in self.wanted:
            setattr(self, name, np.frombuffer(self.bytes, dtype, int(np.prod(shape)), at).reshape(shape))

    def offsets(self):
        return {name: at for name, _, _, at in self.wanted}

    def fail(self, text):
        data = text.encode("utf-8", "replace")[-(ERROR_SIZE - 4):]
        self.bytes[ERROR_AT:ERROR_AT + 4] = len(data).to_bytes(4, "little")
        self.bytes[ERROR_AT + 4:ERROR_AT + 4 + len(data)] = data


def number_of(info, path):
    """A number of an info dictionary; NaN where it has none of that name."""
    for key in path:
        if not isinstance(info, dict) or key not in info:
            return np.nan
        info = info[key]
    try:
        return float(info)
    except (TypeError, ValueError):
        return np.nan


class Gym:
    """Copies with one agent each."""

    def __init__(self, setup):
        try:
            import gymnasium
        except ImportError as e:
            raise Refused("Gymnasium cannot be imported by %s (%s). Install it there (pip install gymnasium), or name another interpreter with python: in "
                          "env_config or with TUNER_PYTHON." % (sys.executable, e))
        arguments = dict(setup["arguments"])
        for module in setup["modules"]:
            importlib.import_module(module)
        self.envs = [gymnasium.make(setup["name"], **arguments) for _ in range(setup["count"])]
        first = self.envs[0]
        self.seen, self.done = Layout(first.observation_space, False), Layout(first.action_space, True)
        self.agents = [{"name": "", "observation": self.seen.describe(), "action": self.done.describe()}]
        self.infos = [tuple(name.split("/")) for name in setup["infos"]]

    def lay_out(self, memory):
        n = len(self.envs)
        memory.add("command", np.uint8, n)
        memory.add("seed", np.int64, n)
        memory.add("flags", np.uint8, n)
        memory.add("reward", np.float64, n)
        memory.add("infos", np.float64, 2, n, len(self.infos))
        memory.add("action", np.int32 if self.done.discrete else np.float32, n, self.done.size)
        memory.add("observation", self.seen.dtype, n, self.seen.size)
        memory.add("first", self.seen.dtype, n, self.seen.size)

    def bind(self, memory):
        self.memory, self.act = memory, self.done.reader()
        self.write = [self.seen.writer(row) for row in memory.observation]
        self.begin = [self.seen.writer(row) for row in memory.first]
        self.steps = [env.step for env in self.envs]
        self.plain = self.done.single is not None and self.done.single.kind == "Discrete"

    def note(self, which, i, info):
        row = self.memory.infos[which, i]
        for k, path in enumerate(self.infos):
            row[k] = number_of(info, path)

    def reset(self, i, seed=None):
        observation, info = self.envs[i].reset(seed=seed)
        self.begin[i](observation)
        if self.infos:
            self.note(1, i, info)

    def run(self):
        memory, at, what = self.memory, -1, "step"
        try:
            commands = memory.command.tolist()
            if self.plain:
                actions = (memory.action[:, 0] + self.done.single.start).tolist()
            else:
                actions = memory.action
            flags, rewards, infos, write = memory.flags, memory.reward, self.infos, self.write
            for at, command in enumerate(commands):
                if command == STEP:
                    what = "step"
                    action = actions[at] if self.plain else self.act(actions[at].copy())
                    observation, reward, terminated, truncated, info = self.steps[at](action)
                    write[at](observation)
                    rewards[at] = reward
                    if infos:
                        self.note(0, at, info)
                    if terminated or truncated:
                        what = "reset"
                        self.reset(at)
                        flags[at] = BEGUN | (TERMINATED if terminated else 0) | (TRUNCATED if truncated else 0)
                    else:
                        flags[at] = 0
                elif command:
                    what = "reset"
                    self.reset(at, int(memory.seed[at]) if command == SEED else None)
        except Exception as e:
            e.where = "copy %d, in %s" % (at, what)
            raise


class PettingZoo:
    """Copies with several agents each, by PettingZoo's parallel API."""

    def __init__(self, setup):
        for module in setup["modules"]:
            importlib.import_module(module)
        make = self.find(setup["name"])
        self.envs = [make(**setup["arguments"]) for _ in range(setup["count"])]
        self.names = list(self.envs[0].possible_agents)
        self.number = {name: i for i, name in enumerate(self.names)}
        env = self.envs[0]
        self.seen = [Layout(env.observation_space(name), False) for name in self.names]
        self.done = [Layout(env.action_space(name), True) for name in self.names]
        self.agents = [{"name": str(name), "observation": s.describe(), "action": a.describe()} for name, s, a in zip(self.names, self.seen, self.done)]

    @staticmethod
    def find(name):
        missing = []
        for module in ("pettingzoo." + name, name):
            try:
                found = importlib.import_module(module)
            except ModuleNotFoundError as e:
                # What the module itself lacks is another fault than that there is no such module.
                if not (module + ".").startswith((e.name or "") + "."):
                    raise
                missing.append("%s: %s" % (module, e))
                continue
            if not hasattr(found, "parallel_env"):
                raise Refused("the module %s has no parallel_env; only environments of PettingZoo's parallel API are understood" % module)
            return found.parallel_env
        raise Refused("there is no module of this name (%s). Is PettingZoo installed for %s? Names are those of modules: pettingzoo:butterfly.pistonball_v6, "
                      "pettingzoo:my_package.my_env; python: in env_config or TUNER_PYTHON chooses the interpreter." % ("; ".join(missing), sys.executable))

    def lay_out(self, memory):
        n, a = len(self.envs), len(self.names)
        memory.add("command", np.uint8, n)
        memory.add("seed", np.int64, n)
        memory.add("flags", np.uint8, n, a)
        memory.add("starts", np.uint8, n, a)
        memory.add("over", np.uint8, n)
        memory.add("acts", np.uint8, n, a)
        memory.add("reward", np.float64, n, a)
        for i, (seen, done) in enumerate(zip(self.seen, self.done)):
            memory.add("action%d" % i, np.int32 if done.discrete else np.float32, n, done.size)
            memory.add("observation%d" % i, seen.dtype, n, seen.size)
            memory.add("first%d" % i, seen.dtype, n, seen.size)

    def bind(self, memory):
        self.memory = memory
        self.act = [done.reader() for done in self.done]
        rows = lambda name, i: getattr(memory, name + str(i))  # noqa: E731
        self.actions = [rows("action", i) for i in range(len(self.names))]
        self.write = [[s.writer(row) for row in rows("observation", i)] for i, s in enumerate(self.seen)]
        self.begin = [[s.writer(row) for row in rows("first", i)] for i, s in enumerate(self.seen)]

    def reset(self, at, seed=None):
        observations, _ = self.envs[at].reset(seed=seed)
        self.memory.starts[at] = 0
        for name, observation in observations.items():
            self.begin[self.index(name)][at](observation)
            self.memory.starts[at, self.index(name)] = 1
        if not observations:
            raise Refused("reset gave no agent an observation")

    def index(self, name):
        if name not in self.number:
            raise Refused("the agent '%s' is none of possible_agents: %s" % (name, ", ".join(map(str, self.names))))
        return self.number[name]

    def step(self, at):
        memory, env = self.memory, self.envs[at]
        actions = {self.names[i]: self.act[i](self.actions[i][at].copy()) for i in np.flatnonzero(memory.acts[at])}
        observations, rewards, terminated, truncated, _ = env.step(actions)
        memory.reward[at] = 0
        memory.flags[at] = 0
        for name, reward in rewards.items():
            memory.reward[at, self.index(name)] = reward
            memory.flags[at, self.index(name)] |= PRESENT
        for name, observation in observations.items():
            self.write[self.index(name)][at](observation)
            memory.flags[at, self.index(name)] |= OBSERVED
        for which, flag in ((terminated, TERMINATED), (truncated, TRUNCATED)):
            for name, value in which.items():
                if value:
                    memory.flags[at, self.index(name)] |= flag
        memory.over[at] = 0
        if not env.agents:
            ends = [terminated.get(name, False) for name in (terminated or truncated)]
            over = TERMINATED if ends and all(ends) else TRUNCATED
            self.reset(at)
            memory.over[at] = over | BEGUN

    def run(self):
        at, what = -1, "step"
        try:
            for at, command in enumerate(self.memory.command.tolist()):
                what = "step" if command == STEP else "reset"
                if command == STEP:
                    self.step(at)
                elif command:
                    self.reset(at, int(self.memory.seed[at]) if command == SEED else None)
        except Exception as e:
            e.where = "copy %d, in %s" % (at, what)
            raise


def describe(error):
    """An error as its reader needs it: the last lines of its traceback, or the sentence of one that is told to the user."""
    where = getattr(error, "where", None)
    if isinstance(error, Refused):
        return str(error) + (" (%s)" % where if where else "")
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next  # how this file got there is nobody's business
    lines = "".join(traceback.format_exception(type(error), error, trace)).rstrip().split("\n")
    return (where + ":\n" if where else "") + "\n".join(lines[-20:])


def main(directory):
    faulthandler.register(signal.SIGTERM, all_threads=True, chain=False)
    join = os.path.join
    go, done = os.open(join(directory, "go"), os.O_RDONLY), os.open(join(directory, "done"), os.O_WRONLY)
    own = os.getpid()
    if hasattr(os, "register_at_fork"):
        # A fork of an environment has no part in this: it keeps neither pipe open.
        os.register_at_fork(after_in_child=lambda: (os.close(go), os.close(done)))
    memory = Memory()
    try:
        with open(join(directory, "setup.json"), encoding="utf-8") as file:
            setup = json.load(file)
        sys.path[:1] = setup["path"]
        if setup["count"] < 1:
            raise Refused("%d copies" % setup["count"])
        copies = (PettingZoo if setup["several"] else Gym)(setup)
        copies.lay_out(memory)
        memory.open(join(directory, "memory"))
        memory.bind()
        copies.bind(memory)
        answer = {"agents": copies.agents, "offsets": memory.offsets(), "size": memory.end, "memory": memory.path}
    except BaseException as e:  # noqa: B902 - whatever it is, somebody waits for the answer
        answer = {"error": describe(e)}
    with open(join(directory, "spaces.json"), "w", encoding="utf-8") as file:
        json.dump(answer, file)
    os.write(done, b"!" if "error" in answer else b"+")
    while "error" not in answer and os.read(go, 1):
        try:
            copies.run()
            ring = b"+"
        except BaseException as e:  # noqa: B902
            ring = b"!"
            if os.getpid() == own:
                memory.fail(describe(e))
        if os.getpid() != own:
            os._exit(1)
        os.write(done, ring)


if __name__ == "__main__":
    main(sys.argv[1])
