"""What the drivers of the Python clients share: requests as lines of JSON, and consumers that poll on their own threads.

A request is {"op": NAME, ...}; the answer is {"result": ...}, or {"error": CODE, "message": TEXT} with the error code of the
protocol, or null if the error is the client's own.
"""
import json
import queue
import sys
import threading
import time

BUFFERED_MAX = 100_000


class ProtocolError(Exception):
    """An error that a broker answered with."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def serve(operations, code_of):
    """Answers requests until standard input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": operations[request.pop("op")](**request)}
        except Exception as failure:  # every failure belongs to the test that made the request
            answer = {"error": code_of(failure), "message": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(answer), flush=True)


class Member:
    """A consumer that polls on a thread of its own, as an application does. Only that thread uses the client."""

    def __init__(self, opened, poll, closed):
        self._poll = poll
        self._closed = closed
        self._tasks = queue.Queue(maxsize=10)
        self._records = []
        self._failures = []
        self._arrived = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, args=(opened,), daemon=True)
        self._thread.start()

    def _run(self, opened):
        try:
            client = opened()
            while not self._stopping:
                while not self._tasks.empty():
                    self._tasks.get()(client)
                self._add(self._poll(client))
            self._closed(client)
        except Exception as failure:
            self._fail(failure)

    def _add(self, records):
        with self._arrived:
            self._records.extend(records)
            if len(self._records) > BUFFERED_MAX:
                raise OverflowError(f"more than {BUFFERED_MAX} records were not read")
            if records:
                self._arrived.notify_all()

    def _fail(self, failure):
        with self._arrived:
            self._failures.append(failure)
            self._arrived.notify_all()

    def read(self, count, seconds):
        """Waits for this many records, at most this long; returns all that have come since the last call."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while len(self._records) < count and not self._failures and time.monotonic() < deadline:
                self._arrived.wait(deadline - time.monotonic())
            if self._failures:
                raise self._failures.pop()
            records, self._records = self._records, []
            return records

    def call(self, task):
        """Runs a task with the client between two polls; returns its result."""
        done = queue.Queue(maxsize=1)

        def run(client):
            try:
                done.put((task(client), None))
            except Exception as failure:
                done.put((None, failure))

        self._tasks.put(run, timeout=30)
        result, failure = done.get(timeout=60)
        if failure:
            raise failure
        return result

    def close(self):
        self._stopping = True
        self._thread.join(60)
        if self._thread.is_alive():
            raise TimeoutError("the consumer did not close within 60 s")
        if self._failures:
            raise self._failures.pop()


def encoded(text):
    return None if text is None else text.encode()


def decoded(data):
    return None if data is None else data.decode()
