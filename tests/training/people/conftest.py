"""The body model, loaded once; the first time on a machine it is put together, which takes minutes."""

import pytest


@pytest.fixture(scope="session")
def anatomy():
    pytest.importorskip("anny")
    from training.people.anatomy import Anatomy  # noqa: PLC0415

    return Anatomy()
