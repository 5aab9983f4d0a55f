"""What a Python program needs to be a trial of Tuner, or to ask a study for trials. One file, no packages, Python 3.8 and newer.

    import tuner

    config = tuner.config()
    for epoch in range(10):
        ...
        tuner.report(loss=loss)

Started by hand, outside of Tuner, the same program runs as well: config() is empty, and reports are printed.
A program that keeps its own loop asks a study that is served (`tuner serve file.yaml`) for trials: see Study.
"""
import contextlib
import json
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
import weakref

__all__ = ["Stopped", "Study", "Trial", "TunerError", "checkpoint", "config", "report", "saving", "trial_dir", "trial_id"]

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


class TunerError(Exception):
    """The server refused a request; the text is its sentence. status: of HTTP, None where it did not answer; code: what it is, such as trial-ended."""

    def __init__(self, detail, status=None, code=None):
        super().__init__(detail)
        self.status = status
        self.code = code


class Study:
    """A study that `tuner serve` hands out: asked for trials, told what came of them.

        study = tuner.Study("http://127.0.0.1:8421", token="...")     # by default what TUNER_URL and TUNER_TOKEN say
        for trial in study:
            with trial:                                               # an exception in here is told as the trial's failure
                trial.tell((trial["x"] - 2) ** 2)

    Requests that were not answered are sent again for retry_s seconds, so that the server may be restarted meanwhile; nothing counts twice.
    Safe on any thread, and in processes that were forked.
    """

    def __init__(self, url=None, token=None, *, retry_s=60, client=None):
        import http.client                        # here, so that trials do not wait for it
        import urllib.parse
        self._http = http.client
        self.url = (url or os.environ.get("TUNER_URL") or "http://127.0.0.1:8421").rstrip("/")
        self.token = token or os.environ.get("TUNER_TOKEN")
        self.client = client or "%s:%d" % (socket.gethostname(), os.getpid())
        self.retry_s = retry_s
        self.reason = None                        # why there are no more trials
        self._local = threading.local()
        self._heart = _Heart(self)
        self._parts = parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in ("http", "unix") or (parts.scheme == "http" and parts.path):
            raise ValueError("the url is %r; it must be such as http://127.0.0.1:8421 or unix:/path/of/socket" % self.url)

    def ask(self, *, lease_s=60):
        """The next trial; None when there are no more, and `reason` says why.

        lease_s: a trial that the server has not heard of for so long goes to another, where the study tries failed ones again. This object
        sends a sign of life by itself while the process lives; None for never.
        """
        trials = self.ask_many(1, lease_s=lease_s)
        return trials[0] if trials else None

    def ask_many(self, count, *, lease_s=60):
        """Up to so many trials at once; none when there are no more."""
        question = {"request": os.urandom(16).hex(), "count": count, "client": self.client}
        if lease_s is not None:
            question["lease_s"] = lease_s
        while True:
            answer = self._post("/ask", question)
            if answer["trials"] or not answer["more"]:
                self.reason = answer.get("reason")
                trials = [Trial(self, given) for given in answer["trials"]]
                if lease_s is not None:
                    self._heart.add(trials, lease_s)
                return trials
            time.sleep(answer.get("retry_after_s", 0))

    def tell(self, trial, value=None, *, failed=None):
        """How a trial ended: see Trial.tell."""
        trial.tell(value, failed=failed)

    def report(self, trial, value, step=None):
        """A value on the way: see Trial.report."""
        return trial.report(value, step)

    def best(self):
        """The best trial so far, as a dictionary; None before there is one."""
        return self._get("/best")["best"]

    def front(self):
        """Of several objectives the trials that none other beats, as dictionaries."""
        return self._get("/best").get("front", [])

    def trials(self, status=None):
        """All trials so far, as dictionaries, oldest first."""
        after = -1
        while after is not None:
            page = self._get("/trials?after=%d%s" % (after, "&status=" + status if status else ""))
            yield from page["trials"]
            after = page.get("next")

    def __iter__(self):
        trial = self.ask()
        while trial is not None:
            yield trial
            trial = self.ask()

    def _get(self, path):
        return self._request("GET", path, None)

    def _post(self, path, message):
        # Numbers of numpy and torch are floats, too.
        return self._request("POST", path, json.dumps(message, default=float).encode())

    def _request(self, method, path, body, retry_s=None):
        until = time.monotonic() + (self.retry_s if retry_s is None else retry_s)
        pause = 0.05
        while True:
            try:
                status, answer = self._send(method, path, body)
            except (OSError, self._http.HTTPException) as error:
                self._close()
                if time.monotonic() + pause > until:
                    raise TunerError("%s does not answer: %s" % (self.url, error or type(error).__name__)) from error
            else:
                if status < 400:
                    return json.loads(answer)
                refused = TunerError("%s answered with status %d" % (self.url, status), status)
                try:
                    problem = json.loads(answer)
                    refused = TunerError(problem["detail"], status, problem["type"].rsplit(":", 1)[-1])
                except (ValueError, KeyError, TypeError):
                    pass                          # another server than ours
                if status != 503 or time.monotonic() + pause > until:
                    raise refused
            time.sleep(pause)
            pause = min(2, pause * 2)

    def _send(self, method, path, body):
        connection = getattr(self._local, "connection", None)
        if connection is None or self._local.process != os.getpid():
            connection = self._connect()
            self._local.connection, self._local.process = connection, os.getpid()
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()

    def _connect(self):
        if self._parts.scheme == "http":
            return self._http.HTTPConnection(self._parts.netloc, timeout=120)
        connection = self._http.HTTPConnection("localhost", timeout=120)
        connection.auto_open = 0                  # once it is closed, a new one is made here
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(connection.timeout)
        connection.sock.connect(self._parts.path)
        return connection

    def _close(self):
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None


class Trial:
    """A trial that was asked for: config (a dictionary), number, attempt. As a context it tells its end by itself."""

    def __init__(self, study, given):
        self.study = study
        self.number = given["trial"]
        self.attempt = given["attempt"]
        self.config = given["config"]
        self.stopped = False                      # whether it was told to stop at a report
        self.reason = given.get("reason")         # how its parameters came about; once it is stopped, why
        self.step = 0
        self.ended = False

    def __getitem__(self, name):
        return self.config[name]

    def report(self, value, step=None):
        """A value on the way: a number, a list of all objectives, or a dictionary of metrics. Answers "continue" or "stop".

        step: grows from report to report; by default one more than before.
        """
        step = self.step + 1 if step is None else step
        answer = self.study._post("/report", self._message(value, {"step": step}))
        self.step = step
        if answer["answer"] == "stop":
            self.stopped = self.ended = True
            self.reason = answer.get("reason")
        return answer["answer"]

    def tell(self, value=None, *, failed=None):
        """The end: a number, a list of all objectives, a dictionary of metrics; without any the trial came to what it reported last.
        failed: why it failed, in place of a value. After a stop it changes nothing."""
        self.study._post("/tell", self._message(value, {} if failed is None else {"failed": str(failed)[:2000] or "failed"}))
        self.ended = True

    def _message(self, value, message):
        message.update(trial=self.number, attempt=self.attempt)
        if isinstance(value, dict):
            message["metrics"] = value
        elif isinstance(value, (list, tuple)):
            message["values"] = [float(v) for v in value]
        elif value is not None:
            message["value"] = float(value)
        return message

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if self.ended:
            return
        if kind is None:
            self.tell()
            return
        try:
            self.tell(failed="%s: %s" % (kind.__name__, error))
        except TunerError as refused:
            print("tuner: the failure of trial %d could not be told: %s" % (self.number, refused), file=sys.stderr)

    def __repr__(self):
        return "Trial(%d, %r)" % (self.number, self.config)


class _Heart:
    """Sends signs of life for trials that somebody still holds."""

    def __init__(self, study):
        self._study = weakref.ref(study)
        self._trials = weakref.WeakSet()
        self._lock = threading.Lock()
        self._process = None
        self._pause = 0

    def add(self, trials, lease_s):
        with self._lock:
            if self._process != os.getpid():      # threads do not come with a fork
                self._process, self._trials, self._pause = os.getpid(), weakref.WeakSet(), lease_s / 3
                threading.Thread(target=self._beat, name="tuner heartbeat", daemon=True).start()
            self._pause = min(self._pause, lease_s / 3)
            self._trials.update(trials)

    def _beat(self):
        while True:
            time.sleep(self._pause)
            study = self._study()
            if study is None:
                return
            with self._lock:
                alive = [trial for trial in self._trials if not trial.ended]
                self._trials = weakref.WeakSet(alive)
            for trial in alive:
                try:
                    study._request("POST", "/heartbeat", json.dumps({"trial": trial.number, "attempt": trial.attempt}).encode(), retry_s=0)
                except TunerError:
                    pass                          # what is lost is said at the next report or at the end
            study = alive = trial = None
