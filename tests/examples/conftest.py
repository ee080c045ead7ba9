"""Where an integrator works: an environment of one's own, with OneThread in it and a shell.

Nothing is downloaded. What is installed there is seen there only.
"""

from __future__ import annotations

import pytest

from tests.examples.workplace import Workplace


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """One environment for the whole run: what is installed in it has names of its own."""
    return Workplace.made(tmp_path_factory.mktemp("workplace"))
