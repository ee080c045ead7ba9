"""A bot that obeys every order it reads, behind real channels: what it would say reaches nobody."""

from __future__ import annotations

from pathlib import Path

from memory.tables.main import Turn
from tests.core.pipeline.shop import SHOP, stages
from tests.gateway.everywhere import Options, everywhere
from tests.redteam.obedient import cases, obedient

CASES = cases()


async def test_through_the_whole_gateway_nothing_that_was_ordered_reaches_a_phone(
    tmp_path: Path, models: Path
) -> None:
    """The four languages, one after another from one number, with the bot that obeys."""
    ordered = [one for one in CASES if one.place == "message" and one.rule in ("number", "link")]
    options = Options(playbook=SHOP, stages=obedient(stages()))
    async with everywhere(tmp_path, models, options) as world:
        said = ""
        for at, case in enumerate(ordered):
            phone = f"+44770090{at:04}"
            await world.phones.text(phone, case.text)
            said += (await world.phones.wait_for_reply(phone, 0)).text.casefold()
        await world.handled(len(ordered))
        assert not [one.never for one in ordered if one.never in said]
        records = [str(row["record_json"]) for row in await world.rows(Turn)]
        for case in ordered:
            # What would have been said is kept for review, with its rule.
            assert any('"held"' in one and case.never in one for one in records), case
