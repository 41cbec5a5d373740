"""Which folder is which package: one package `paperhouse`, whatever folders are called. All else is in pyproject.toml.

Two top-level packages called `pipelines` and `expectations` would be anybody's; the rooms of `pipelines/` are packages
right below `paperhouse`, and so is `expectations/`.
"""

from setuptools import find_packages, setup

setup(
    package_dir={"paperhouse": "pipelines", "paperhouse.expectations": "expectations"},
    packages=["paperhouse", *(f"paperhouse.{room}" for room in find_packages("pipelines")), "paperhouse.expectations"],
)
