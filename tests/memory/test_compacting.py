"""The write-ahead log is emptied although somebody else is moving it just then."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from memory.compacting import compact
from tests.layouts import laid_out

# The lock that a checkpoint takes: byte 121 of the shared memory (sqlite.org/walformat.html).
HOLD = """
import fcntl, sys
with open(sys.argv[1], "r+b") as shared:
    fcntl.lockf(shared, fcntl.LOCK_EX, 1, 121)
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_checkpoint_by_somebody_else_is_waited_for(tmp_path: Path) -> None:
    url = laid_out(tmp_path / "onethread.db")
    beside = create_engine(url)
    with beside.connect() as connection:
        connection.exec_driver_sql("pragma journal_mode=wal")
        connection.exec_driver_sql("select count(*) from message")
        connection.rollback()
        command = [sys.executable, "-c", HOLD, str(tmp_path / "onethread.db-shm")]
        with (
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder,
            ThreadPoolExecutor(1) as pool,
        ):
            assert holder.stdin is not None and holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            done = pool.submit(compact, url)
            with pytest.raises(TimeoutError):
                done.result(timeout=0.5)
            holder.stdin.close()
            assert done.result().log_emptied
    beside.dispose()
