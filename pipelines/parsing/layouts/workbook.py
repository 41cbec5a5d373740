"""Workbooks (xlsx, xls, ods): the cells of their sheets as texts, read by calamine.

What belongs here: telling a workbook from other Office files, and its sheets as rows. Which rows are papers is for
`records`. An Office file is a zip, but no archive of dumps: `archives` leaves it closed.
"""

import io
import zipfile
from collections.abc import Iterator

import fastexcel

from ..compression import find_limit

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What holds the cells in a zip of an Office file.
_CELLS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
#: Sheets of a workbook without a list of them.
_SHEETS = 1_000
_SPREADSHEET = b"opendocument.spreadsheet"


class DamagedWorkbookError(ValueError):
    """A workbook that cannot be read; the message says why."""


def is_office(data: bytes) -> bool:
    """Whether a content begins as an Office file does."""
    return data.startswith((b"PK\x03\x04", _OLD_OFFICE))


def find_kind(data: bytes, path: str | None = None) -> str | None:
    """xlsx, xls or ods for a workbook; None for another Office file and for a damaged one."""
    if data.startswith(_OLD_OFFICE):
        return "xls" if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data else None
    try:
        with zipfile.ZipFile(path or io.BytesIO(data)) as packed:
            names = set(packed.namelist())
            if "mimetype" in names:
                return "ods" if _SPREADSHEET in packed.open("mimetype").read(200) and _CELLS[2] in names else None
            return "xlsx" if not names.isdisjoint(_CELLS[:2]) else None
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, KeyError):
        return None


def read_sheets(data: bytes, path: str | None = None) -> Iterator[tuple[str, list[list[str]]]]:
    """Name and rows of each sheet, cells as texts ('' where there is none).

    Raises DamagedWorkbookError for a workbook that cannot be read or unpacks to more than it may.
    """
    _check_size(data, path)
    try:
        try:
            book = fastexcel.read_excel(path or data)
        except fastexcel.FastExcelError:
            mended = _add_relations(data, path)
            if mended is None:
                raise
            book = fastexcel.read_excel(mended)
        for name in book.sheet_names:
            try:
                sheet = book.load_sheet(name, header_row=None, dtypes="string", skip_whitespace_tail_rows=True)
            except fastexcel.FastExcelError as error:
                if "no data" in str(error).lower() or "empty" in str(error).lower():
                    yield name, []
                    continue
                raise
            columns = [column.to_pylist() for column in sheet.to_arrow().columns]
            yield name, [["" if cell is None else str(cell) for cell in row] for row in zip(*columns, strict=True)]
    except fastexcel.FastExcelError as error:
        raise DamagedWorkbookError(str(error).splitlines()[0][:200]) from error


def _add_relations(data: bytes, path: str | None) -> bytes | None:
    """A workbook with the list of its sheets that a sloppy program left out; None where nothing of it is missing."""
    relations = "xl/_rels/workbook.xml.rels"
    mended = io.BytesIO()
    try:
        with zipfile.ZipFile(path or io.BytesIO(data)) as packed, zipfile.ZipFile(mended, "w") as written:
            sheets = sorted(
                (name for name in packed.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")),
                key=lambda name: (len(name), name),
            )
            names = set(packed.namelist())
            if {relations, "_rels/.rels"} <= names or not sheets or len(sheets) > _SHEETS:
                return None
            for name in names - {"xl/workbook.xml", relations, "_rels/.rels"}:
                written.writestr(name, packed.read(name))
            main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
            package = "http://schemas.openxmlformats.org/package/2006/relationships"
            listed = "".join(
                f'<sheet name="Sheet{number}" sheetId="{number}" r:id="rId{number}"/>'
                for number in range(1, len(sheets) + 1)
            )
            links = "".join(
                f'<Relationship Id="rId{number}" Type="{office}/worksheet" Target="{name.removeprefix("xl/")}"/>'
                for number, name in enumerate(sheets, start=1)
            )
            book = f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
            written.writestr("xl/workbook.xml", book)
            root = f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
            written.writestr("_rels/.rels", f'<Relationships xmlns="{package}">{root}</Relationships>')
            written.writestr(relations, f'<Relationships xmlns="{package}">{links}</Relationships>')
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, KeyError):
        return None
    return mended.getvalue()


def _check_size(data: bytes, path: str | None) -> None:
    if data.startswith(_OLD_OFFICE):
        return
    try:
        with zipfile.ZipFile(path or io.BytesIO(data)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
            limit = find_limit(max(sum(item.compress_size for item in packed.infolist()), 1))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DamagedWorkbookError(str(error)[:200]) from error
    if unpacked > limit:
        raise DamagedWorkbookError(f"unpacks to {unpacked:,} bytes, more than {limit:,}")
