"""Files that are whole or not there, whoever else writes them."""

from concurrent.futures import ThreadPoolExecutor

from paperhouse.files import write_whole


def test_a_file_that_many_write_at_once_is_one_of_theirs_whole_and_nothing_is_left(tmp_path):
    """Webserver and daemon begin at once on a new warehouse: one moved the other's half of `dagster.yaml` away."""
    path = tmp_path / "settings.yaml"
    texts = [bytes([number]) * (number * 1000 + 1) for number in range(64)]
    with ThreadPoolExecutor(16) as threads:
        for _ in range(20):
            list(threads.map(lambda text: write_whole(path, text), texts))
            assert path.read_bytes() in texts
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_half_written_is_no_part_of_the_next_file(tmp_path):
    (tmp_path / ".note.txt.new").write_bytes(b"half of a long file that was never finished")
    write_whole(tmp_path / "note.txt", b"short", is_durable=True)
    assert (tmp_path / "note.txt").read_bytes() == b"short"
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]
