"""What is packed to a thousandth is refused while it is found out how large it is: nothing of it is kept."""

import gzip
import io
import zipfile

import pytest
import zstandard

from benchmarks.hostile import make_zeros, read_apart

#: What unpacking takes itself: a few chunks.
ALLOWED = 64 << 20


def pack_in_zip(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.txt", content)
    return file.getvalue()


@pytest.mark.deep
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("zeros.txt.gz", lambda: make_zeros(1 << 10, gzip.compress)),
        ("zeros.txt.zst", lambda: make_zeros(1 << 10, zstandard.compress)),
        ("zeros.zip", lambda: pack_in_zip(bytes(256 << 20))),
    ],
)
def test_a_gigabyte_of_zeros_takes_little_memory(tmp_path, name, make):
    path = tmp_path / name
    path.write_bytes(make())
    found = read_apart(path)
    assert found["status"] == "refused"
    assert "oversize 1" in found["reasons"]
    assert found["peak"] < ALLOWED
