import numpy as np


class Box:
    def __init__(self, low, high, shape=None, dtype=np.float32):
        self.dtype, self.shape = np.dtype(dtype), tuple(np.shape(low) if shape is None else shape)
        self.low, self.high = (np.full(self.shape, x, dtype) if np.ndim(x) == 0 else np.asarray(x, dtype) for x in (low, high))

    def __repr__(self):
        return "Box(%s)" % (self.shape,)


class Discrete:
    def __init__(self, n, start=0):
        self.n, self.start, self.dtype, self.shape = n, start, np.dtype(np.int64), ()


class MultiDiscrete:
    def __init__(self, nvec, start=None):
        self.nvec = np.asarray(nvec)
        self.dtype, self.shape = np.dtype(np.int64), self.nvec.shape
        self.start = np.zeros(self.shape, np.int64) if start is None else np.asarray(start)


class MultiBinary:
    def __init__(self, n):
        self.dtype, self.shape = np.dtype(np.int8), (n,) if isinstance(n, int) else tuple(n)


class Dict:
    shape = dtype = None

    def __init__(self, spaces):
        self.spaces = dict(spaces)


class Tuple:
    shape = dtype = None

    def __init__(self, spaces):
        self.spaces = tuple(spaces)


class Text:
    shape = dtype = None
