"""The example page does what its README says, and its settings and policy fit each other."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adapters.registry import find_spec
from adapters.webchat.config import WebchatConfig
from gateway.settings.model import adapter_config, load_settings
from tests.adapters.webchat.page import EXAMPLE

README = (EXAMPLE / "README.md").read_text(encoding="utf-8")
PAGE = (EXAMPLE / "index.html").read_text(encoding="utf-8")


def block(language: str) -> str:
    """All the code of one language in the README."""
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL))


def test_the_settings_of_the_readme_fit_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [(name, _)] = re.findall(r"export (\w+)=\$\((.*?)\)", block("sh"))
    monkeypatch.setenv(name, "0" * 64)
    file = tmp_path / "webchat.toml"
    file.write_text(block("toml"), encoding="utf-8")
    settings = load_settings(file, adapter_model=lambda kind: find_spec(kind).config)
    config = adapter_config(settings, "webchat", WebchatConfig)
    opened = re.search(r"open <(http[^>]+)>", README)
    assert opened is not None
    assert config.allowed_origins == (opened[1],)
    assert f"http.server {urlsplit(opened[1]).port} --bind 127.0.0.1" in block("sh")
    assert (EXAMPLE.parents[1] / settings.playbook.path / "playbook.toml").exists()

    gateway = f"127.0.0.1:{settings.server.port}"
    assert f'src="http://{gateway}/channels/webchat/widget.js"' in PAGE
    assert f'data-endpoint="ws://{gateway}/channels/webchat/socket"' in PAGE
    assert f"script-src 'self' http://{gateway}; " in PAGE
    assert f"connect-src ws://{gateway} http://{gateway}" in PAGE


def test_the_page_has_nothing_that_its_policy_forbids() -> None:
    assert "default-src 'none'" in PAGE
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script>", PAGE)
