"""What a Python program needs to be a trial of Tuner. One file, no packages, Python 3.8 and newer.

    import tuner

    config = tuner.config()
    for epoch in range(10):
        ...
        tuner.report(loss=loss)

Started by hand, outside of Tuner, the same program runs as well: config() is empty, and reports are printed.
"""
import contextlib
import json
import os
import shutil
import socket
import sys
import tempfile

__all__ = ["Stopped", "checkpoint", "config", "report", "saving", "trial_dir", "trial_id"]

_connection = None
_saved = None


class Stopped(SystemExit):
    """The trial is to end here. Not caught, it ends the program, and all is well."""

    def __init__(self, reason):
        super().__init__(0)
        self.reason = reason


def config():
    """The parameters of this trial, as a dictionary."""
    path = os.environ.get("TUNER_CONFIG")
    if path is None:
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def trial_dir():
    """The directory of this trial; the current one outside of Tuner."""
    return os.environ.get("TUNER_TRIAL_DIR", os.getcwd())


def trial_id():
    """The number of this trial, such as 00007; None outside of Tuner."""
    return os.environ.get("TUNER_TRIAL_ID")


def checkpoint():
    """The directory with the state to continue from, as saving() wrote it; None to begin from nothing."""
    return os.environ.get("TUNER_CHECKPOINT")


@contextlib.contextmanager
def saving():
    """A directory for the state of the program, which the next report() hands over:

        with tuner.saving() as directory:
            torch.save(model.state_dict(), os.path.join(directory, "model.pt"))
        tuner.report(loss=loss)
    """
    global _saved
    directory = tempfile.mkdtemp(prefix="checkpoint-", dir=os.path.dirname(os.environ.get("TUNER_SOCKET", "")) or None)
    try:
        yield directory
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    if _saved is not None:
        shutil.rmtree(_saved, ignore_errors=True)
    _saved = directory


def report(metrics=None, *, checkpoint=None, save=None, **more):
    """Reports metrics, and waits until the trial may go on.

    metrics, more: numbers, flags and texts by name; nested dictionaries become paths, a/b.
    checkpoint: a directory with the state of the program; by default what saving() wrote.
    save: called with a directory to write the state into, only when a checkpoint is due.
    Raises Stopped when the trial is to end.
    """
    global _saved
    values = {**(metrics or {}), **more}
    made, _saved = _saved, None
    try:
        _report(values, checkpoint if checkpoint is not None else made, save)
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


def _report(values, directory, save):
    global _connection
    path = os.environ.get("TUNER_SOCKET")
    if path is None:
        print(json.dumps(values, default=float), flush=True)
        return
    if _connection is None:
        _connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        _connection.connect(path)
    message = {"report": values}
    if directory is not None:
        message["checkpoint"] = os.path.abspath(os.fspath(directory))
    if save is not None:
        message["saves"] = True
    answer = _ask(message)
    while answer["answer"] == "save":
        save(answer["directory"])
        answer = _ask({"saved": True})
    if answer["answer"] != "continue":
        raise Stopped(answer.get("reason"))


def _ask(message):
    # Numbers of numpy and torch are floats, too.
    _connection.sendall(json.dumps(message, default=float).encode() + b"\n")
    line = b""
    while not line.endswith(b"\n"):
        part = _connection.recv(65536)
        if not part:
            print("tuner: the connection to the tuner is closed", file=sys.stderr)
            raise Stopped("the tuner is gone")
        line += part
    return json.loads(line)
