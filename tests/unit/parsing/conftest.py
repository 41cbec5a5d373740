"""One way from contents to parsed tables, shared by the parser's tests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from parsed_tables import Tables, parse_paths


@pytest.fixture
def parse(tmp_path: Path) -> Callable[..., Tables]:
    """Parse contents given as text or bytes, by file name; one content alone is called page.txt."""

    def parse_contents(content: str | bytes | dict[str, str | bytes]) -> Tables:
        contents = content if isinstance(content, dict) else {"page.txt": content}
        for name, data in contents.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        return parse_paths(tmp_path)

    return parse_contents
