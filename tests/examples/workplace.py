"""An environment of an integrator's: a virtual one that sees ours, and the shell commands in it.

`pip` works there without the network: it builds with what is installed here.
"""

from __future__ import annotations

import os
import subprocess
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from tests.structure.files import ROOT

SECONDS = 120
_COMMANDS = {"onethread": "gateway.cli", "pip": "pip._internal.cli.main"}
_OFFLINE = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_DEPS": "1",
    "PIP_NO_INDEX": "1",
    # pip reads the option's value, not its name: this is what switches isolation off.
    "PIP_NO_BUILD_ISOLATION": "0",
    "PIP_ROOT_USER_ACTION": "ignore",
    "COLUMNS": "400",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True, slots=True)
class Workplace:
    """The environment's folder."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Workplace:
        """A new environment, with the commands that a shell finds there."""
        venv.EnvBuilder(symlinks=True).create(folder)
        here = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
        ours = sysconfig.get_path("purelib")
        # This checkout first: the environment may have been made for another one.
        lines = f"{ROOT}\nimport site; site.addsitedir({ours!r})\n"
        (here / "onethread_of_the_checkout.pth").write_text(lines, encoding="utf-8")
        for name, module in _COMMANDS.items():
            command = folder / "bin" / name
            script = (
                f"#!{folder}/bin/python\nimport sys\nfrom {module} import main\nsys.exit(main())\n"
            )
            command.write_text(script, encoding="utf-8")
            command.chmod(0o755)
        return cls(folder)

    def run(self, script: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """What came of a piece of shell, which ends at the first command that fails."""
        paths = f"{self.folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        environment = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        return subprocess.run(
            ["/bin/sh", "-euc", script],
            cwd=cwd,
            env={**environment, **_OFFLINE, "PATH": paths},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def told(self, script: str, cwd: Path) -> str:
        """What a piece of shell that has to succeed printed."""
        done = self.run(script, cwd)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout
