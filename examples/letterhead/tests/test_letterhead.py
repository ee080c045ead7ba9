"""The stage keeps what every stage has to keep."""

from onethread_letterhead import SPEC

from gateway.stages.check import check_stage, faults


def test_it_conforms() -> None:
    assert faults(check_stage(SPEC)) == []
