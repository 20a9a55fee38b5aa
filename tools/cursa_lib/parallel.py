"""Independent jobs, a few at a time; an interruption does not wait for them."""

import os
import queue
import threading

WORKERS = max(2, os.cpu_count() or 1)


def each(jobs, workers=WORKERS):
    """Call every job in a thread; yield (index, result) as they end. The first error is raised."""
    waiting, ended = queue.SimpleQueue(), queue.SimpleQueue()
    jobs = list(jobs)
    for pair in enumerate(jobs):
        waiting.put(pair)
    for _ in range(min(workers, len(jobs))):
        threading.Thread(target=_work, args=(waiting, ended), daemon=True).start()
    for _ in jobs:
        index, result, error = ended.get()
        if error:
            _empty(waiting)
            raise error
        yield index, result


def _work(waiting, ended):
    while True:
        try:
            index, job = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            ended.put((index, job(), None))
        except BaseException as error:   # raised again where the results are taken
            ended.put((index, None, error))


def _empty(waiting):
    try:
        while True:
            waiting.get_nowait()
    except queue.Empty:
        pass
