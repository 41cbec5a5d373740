"""Fetches the hours of the gate."""

import json
import sys
from urllib.request import urlopen

URL = "https://gate.example.org/hours"


def fetch(day: str) -> dict:
    """The hours of one day."""
    with urlopen(f"{URL}?day={day}") as answer:
        return json.load(answer)


if __name__ == "__main__":
    for day in sys.argv[1:]:
        print(day, fetch(day))
