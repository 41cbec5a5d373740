"""A release in the words of two standards: a Frictionless data package and a Croissant data set.

What belongs here: turning files, columns and keys into `datapackage.json` and `croissant.json`. What columns mean is
the dbt yml's (`dictionary`), what is said of the whole the operator's (`imprint`); a test has both files judged by the
standards' own libraries, contents included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .dictionary import TableEntry, find_references
from .imprint import UNKNOWN, Imprint
from .parquet import TableFile

NAME = "paperhouse"
TITLE = "Paperhouse: AI papers, their keywords and trends"
ABOUT = (
    "Papers read from dumps of Daily Papers pages: which entries are one paper, what each is about, what is rising and "
    "falling and how sure that is. One Parquet file per table; the dictionary says what every column means."
)
MEDIA_TYPE = "application/vnd.apache.parquet"


@dataclass(frozen=True)
class Contents:
    """What a release is made of, as descriptions of it need it.

    tables: for each table, DuckDB's types of its columns; files: the Parquet files; marts: the dictionary; imprint: the
    operator's words. made_at is in UTC. has_views says that the database reads the files, and holds no marts itself.
    """

    release_id: str
    made_at: datetime
    tables: Mapping[str, Mapping[str, str]]
    files: Sequence[TableFile]
    marts: Mapping[str, TableEntry]
    imprint: Imprint
    has_views: bool = False

    def parts_of(self, table: str) -> list[TableFile]:
        """The files of a table."""
        return [file for file in self.files if file.table == table]

    @property
    def title(self) -> str:
        """The operator's, else ours."""
        return self.imprint.title or TITLE

    @property
    def description(self) -> str:
        """The operator's, else ours."""
        return self.imprint.description or ABOUT


#: DuckDB's types in the words of Table Schema and of schema.org.
_TABLE_SCHEMA_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
_CROISSANT_TYPES = {
    "VARCHAR": "sc:Text",
    "INTEGER": "sc:Integer",
    "BIGINT": "sc:Integer",
    "DOUBLE": "sc:Float",
    "BOOLEAN": "sc:Boolean",
    "DATE": "sc:Date",
    "TIMESTAMP": "sc:DateTime",
}

#: The context that version 1.0 of Croissant asks every file to carry.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


#: What Frictionless' reader of Parquet shows for a null, by way of pandas. Not for texts: there it would hide a text
#: that is one of these words, and shows nothing for null.
_SHOWN_NULLS = ["", "nan", "NaT", "None", "<NA>"]
_READER = (
    "Nulls of columns that are no text reach Frictionless as `nan` or `NaT`, which is what `missingValues` says; lists "
    "reach it as arrays of numpy, so that their type is `any` and `duckdbType` says what they hold. Its reader of "
    "Parquet counts no bytes and no hash: each file is a resource of its own, too, that is checked by both."
)
_PARTS = "Frictionless reads the first of these files alone; load.sql and verify.sql read all of them."


def describe_package(contents: Contents) -> dict[str, Any]:
    """The release as a Frictionless data package (version 1), whose contents its own reader finds valid."""
    imprint = contents.imprint
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": NAME,
        "id": contents.release_id,
        "title": contents.title,
        "description": contents.description,
        "version": contents.release_id,
        "created": contents.made_at.isoformat(timespec="seconds"),
        "licenses": [_describe_license(imprint)],
        "citation": imprint.citation or UNKNOWN,
    }
    if imprint.url:
        package["homepage"] = imprint.url
    contributors = [{"title": name, "role": "author"} for name in imprint.creators]
    if imprint.contact:
        contributors.append({"title": imprint.contact, "role": "maintainer"})
    if contributors:
        package["contributors"] = contributors
    tables = [_describe_table(contents, table) for table in contents.tables]
    files = [
        {
            "name": f"file-{file.path.removesuffix('.parquet').replace('/', '-')}",
            "type": "file",
            "path": file.path,
            "description": f"The bytes of {file.path}, a file of {file.table}.",
            "mediatype": MEDIA_TYPE,
            "bytes": file.bytes,
            "hash": f"sha256:{file.sha256}",
        }
        for file in contents.files
    ]
    return {**package, "readerNotes": _READER, "resources": tables + files}


def _describe_license(imprint: Imprint) -> dict[str, str]:
    if not imprint.license:
        return {"name": UNKNOWN, "title": "Unknown: nobody has said under which terms this data may be used"}
    said = {"name": imprint.license}
    return {**said, "path": imprint.license_url} if imprint.license_url else said


def _describe_table(contents: Contents, table: str) -> dict[str, Any]:
    """A table of the package as its files. References to one of several files are left out: half is not read."""
    marts = contents.marts
    parts = contents.parts_of(table)
    references = {
        column: owner
        for column, owner in find_references(dict(marts))[table].items()
        if len(contents.parts_of(owner)) == 1
    }
    resource: dict[str, Any] = {
        "name": table,
        "type": "table",
        "path": parts[0].path if len(parts) == 1 else [part.path for part in parts],
        "description": marts[table].description,
        "format": "parquet",
        "mediatype": MEDIA_TYPE,
        "schema": {
            "fields": _describe_columns(contents.tables[table], marts[table]),
            "primaryKey": list(marts[table].key),
            "foreignKeys": [
                {
                    "fields": [column],
                    # An empty name is the table itself, says the standard.
                    "reference": {"resource": "" if owner == table else owner, "fields": list(marts[owner].key)},
                }
                for column, owner in references.items()
            ],
        },
    }
    return resource if len(parts) == 1 else {**resource, "readerNotes": _PARTS}


def _describe_columns(columns: Mapping[str, str], entry: TableEntry) -> list[dict[str, Any]]:
    described = []
    for name, dtype in columns.items():
        field: dict[str, Any] = {"name": name, "type": "any" if dtype.endswith("[]") else _TABLE_SCHEMA_TYPES[dtype]}
        if dtype.endswith("[]"):
            field["duckdbType"] = dtype
        elif dtype != "VARCHAR":
            field["missingValues"] = _SHOWN_NULLS
        described.append({**field, "description": entry.columns[name]})
    return described


def describe_croissant(contents: Contents) -> dict[str, Any]:
    """The release as a Croissant 1.0 data set."""
    marts, imprint = contents.marts, contents.imprint
    references = find_references(dict(marts))
    distribution: list[dict[str, Any]] = []
    records = []
    for table, columns in contents.tables.items():
        described, source = _describe_files(table, contents.parts_of(table))
        distribution += described
        keys = {column: f"{owner}/{marts[owner].key[0]}" for column, owner in references[table].items()}
        records.append(
            {
                "@type": "cr:RecordSet",
                "@id": table,
                "name": table,
                "description": marts[table].description,
                "key": [{"@id": f"{table}/{column}"} for column in marts[table].key],
                "field": _describe_fields(table, columns, marts[table], source, keys),
            }
        )
    said: dict[str, Any] = {"license": locate_license(imprint), "citeAs": imprint.citation or UNKNOWN}
    if imprint.url:
        said["url"] = imprint.url
    if imprint.creators:
        said["creator"] = [{"@type": "sc:Person", "name": name} for name in imprint.creators]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": NAME,
        "alternateName": contents.title,
        "description": contents.description,
        **said,
        "version": _semantic(contents.made_at),
        "identifier": contents.release_id,
        "datePublished": contents.made_at.isoformat(timespec="seconds"),
        "distribution": distribution,
        "recordSet": records,
    }


def locate_license(imprint: Imprint) -> str:
    """Where the terms stand: the operator's address, else that of SPDX, else the name alone."""
    if imprint.license_url or not imprint.license:
        return imprint.license_url or UNKNOWN
    is_own = imprint.license.startswith("LicenseRef-")
    return imprint.license if is_own else f"https://spdx.org/licenses/{imprint.license}.html"


def _describe_files(table: str, parts: Sequence[TableFile]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The files of a table, where it is cut into parts the set of them, too; and where its records say they are."""
    files = [
        {
            "@type": "cr:FileObject",
            "@id": part.path,
            "name": part.path,
            "contentUrl": part.path,
            "contentSize": f"{part.bytes} B",
            "encodingFormat": "application/x-parquet",
            "sha256": part.sha256,
        }
        for part in parts
    ]
    if parts[0].path == f"{table}.parquet":
        return files, {"fileObject": {"@id": parts[0].path}}
    whole = {
        "@type": "cr:FileSet",
        "@id": f"{table}-parts",
        "name": f"{table}-parts",
        "encodingFormat": "application/x-parquet",
        "includes": f"{table}/*.parquet",
    }
    return [*files, whole], {"fileSet": {"@id": whole["@id"]}}


def _describe_fields(
    table: str, columns: Mapping[str, str], entry: TableEntry, source: Mapping[str, Any], keys: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The columns of a table; keys: the field of another table, for each column that refers to one."""
    fields = []
    for name, dtype in columns.items():
        field: dict[str, Any] = {
            "@type": "cr:Field",
            "@id": f"{table}/{name}",
            "name": name,
            "description": entry.columns[name],
            **_describe_type(f"{table}/{name}", dtype.removesuffix("[]"), {**source, "extract": {"column": name}}),
        }
        if dtype.endswith("[]"):
            field["repeated"] = True
        if name in keys:
            field["references"] = {"field": {"@id": keys[name]}}
        fields.append(field)
    return fields


def _describe_type(field: str, dtype: str, source: Mapping[str, Any]) -> dict[str, Any]:
    """What a column holds, and where that is; of a struct each part."""
    if not dtype.startswith("STRUCT("):
        return {"dataType": _CROISSANT_TYPES[dtype], "source": source}
    parts = [part.rsplit(" ", 1) for part in dtype.removeprefix("STRUCT(").removesuffix(")").split(", ")]
    return {
        "source": source,
        "subField": [
            {
                "@type": "cr:Field",
                "@id": f"{field}/{name}",
                "name": name,
                "dataType": _CROISSANT_TYPES[kind],
                "source": {**source, "transform": {"jsonPath": f"$.{name}"}},
            }
            for name, kind in ((part.strip('"'), kind) for part, kind in parts)
        ],
    }


def _semantic(made_at: datetime) -> str:
    """A release's time as the three numbers that Croissant wants for a version: the day, the time, nothing."""
    return f"{made_at:%Y%m%d}.{int(f'{made_at:%H%M%S}')}.0"
