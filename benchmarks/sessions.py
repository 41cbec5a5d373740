"""What processes of a few sessions take, those that they have started among them: by /proc, so on Linux alone."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

#: Places in a line of /proc/PID/stat behind the name, which may hold spaces: proc(5) counts from one, the name is 2.
_SESSION, _CPU, _PAGES = 6 - 3, slice(14 - 3, 18 - 3), 24 - 3


def read_sessions(leaders: Iterable[int]) -> tuple[float, int]:
    """CPU seconds and resident bytes of all processes of the sessions that some lead.

    CPU seconds of processes that have ended count where their parent lives and has heard of it. A page that two
    processes share counts for both.
    """
    wanted = {str(leader) for leader in leaders}
    ticks = pages = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError):  # it has ended meanwhile
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if fields[_SESSION] in wanted:
                ticks += sum(map(int, fields[_CPU]))
                pages += int(fields[_PAGES])
    return ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE")
