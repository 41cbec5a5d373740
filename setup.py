"""Which folder is which package: one package `paperhouse`, whatever folders are called. All else is in pyproject.toml.

Two top-level packages called `pipelines` and `expectations` would be anybody's; the rooms of `pipelines/` are packages
right below `paperhouse`, and so are `expectations/` and `dbt_project/`, which is no package in a clone: dbt reads it as
files. Beside them a wheel has the versions of the lock, as constraints for pip.
"""

from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

CONSTRAINTS = "constraints.txt"
INNER = ("expectations", "dbt_project")


def read_constraints(lock):
    """The lines of a lock that pin a version: without hashes, which pip would then ask of the wheel itself, too."""
    return [line.removesuffix("\\").rstrip() for line in lock.splitlines() if line[:1].isalnum()]


class BuildWithConstraints(build_py):
    """Copies the packages, and writes the constraints beside them. An editable install has the lock itself."""

    def run(self):
        """Copy, then write."""
        super().run()
        if not self.editable_mode:
            lines = read_constraints(Path("requirements.lock").read_text(encoding="utf-8"))
            target = Path(self.build_lib, "paperhouse", CONSTRAINTS)
            target.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def get_outputs(self, include_bytecode=True):
        """What is written, for the records of the wheel."""
        return [*super().get_outputs(include_bytecode), str(Path(self.build_lib, "paperhouse", CONSTRAINTS))]


setup(
    cmdclass={"build_py": BuildWithConstraints},
    package_dir={"paperhouse": "pipelines", **{f"paperhouse.{folder}": folder for folder in INNER}},
    packages=[
        "paperhouse",
        *(f"paperhouse.{room}" for room in find_packages("pipelines")),
        *(f"paperhouse.{folder}" for folder in INNER),
    ],
)
