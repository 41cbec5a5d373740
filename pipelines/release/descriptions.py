"""A release in the words of two standards: a Frictionless data package and a Croissant data set.

What belongs here: turning files, columns and keys into `datapackage.json` and `croissant.json`. What columns mean is
the dbt yml's (`dictionary`); a test has both files judged by the standards' own libraries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .dictionary import TableEntry, find_references
from .parquet import TableFile

NAME = "paperhouse"
TITLE = "Paperhouse: AI papers, their keywords and trends"
ABOUT = (
    "Papers read from dumps of Daily Papers pages: which entries are one paper, what each is about, what is rising and "
    "falling and how sure that is. One Parquet file per table; the dictionary says what every column means."
)
MEDIA_TYPE = "application/vnd.apache.parquet"

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


def describe_package(
    release_id: str,
    made_at: datetime,
    tables: Mapping[str, Mapping[str, str]],
    files: Sequence[TableFile],
    marts: Mapping[str, TableEntry],
) -> dict[str, Any]:
    """The release as a Frictionless data package (version 1).

    Args:
        release_id: of the release.
        made_at: when it was made, in UTC.
        tables: for each table, DuckDB's types of its columns.
        files: the Parquet files.
        marts: the dictionary.
    """
    references = find_references(dict(marts))
    resources = []
    for table, columns in tables.items():
        parts = [file for file in files if file.table == table]
        resource = _describe_resource(parts, marts[table])
        resource["schema"] = {
            "fields": _describe_columns(columns, marts[table]),
            "primaryKey": list(marts[table].key),
            "foreignKeys": [
                {
                    "fields": [column],
                    # An empty name is the table itself, says the standard.
                    "reference": {"resource": "" if owner == table else owner, "fields": list(marts[owner].key)},
                }
                for column, owner in references[table].items()
            ],
        }
        resources.append(resource)
    return {
        "profile": "data-package",
        "name": NAME,
        "id": release_id,
        "title": TITLE,
        "description": ABOUT,
        "version": release_id,
        "created": made_at.isoformat(timespec="seconds"),
        "resources": resources,
    }


def _describe_resource(parts: Sequence[TableFile], entry: TableEntry) -> dict[str, Any]:
    """A table of the package as its files; one file may be checked by its hash."""
    resource: dict[str, Any] = {
        "name": parts[0].table,
        "path": parts[0].path if len(parts) == 1 else [part.path for part in parts],
        "profile": "data-resource",
        "description": entry.description,
        "format": "parquet",
        "mediatype": MEDIA_TYPE,
        "bytes": sum(part.bytes for part in parts),
    }
    if len(parts) == 1:
        resource["hash"] = f"sha256:{parts[0].sha256}"
    return resource


def _describe_columns(columns: Mapping[str, str], entry: TableEntry) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "type": "array" if dtype.endswith("[]") else _TABLE_SCHEMA_TYPES[dtype],
            "description": entry.columns[name],
        }
        for name, dtype in columns.items()
    ]


def describe_croissant(
    release_id: str,
    made_at: datetime,
    tables: Mapping[str, Mapping[str, str]],
    files: Sequence[TableFile],
    marts: Mapping[str, TableEntry],
) -> dict[str, Any]:
    """The release as a Croissant 1.0 data set; arguments are those of describe_package."""
    references = find_references(dict(marts))
    distribution: list[dict[str, Any]] = []
    records = []
    for table, columns in tables.items():
        parts = [file for file in files if file.table == table]
        described, source = _describe_files(table, parts)
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
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": NAME,
        "alternateName": TITLE,
        "description": ABOUT,
        "version": _semantic(made_at),
        "identifier": release_id,
        "datePublished": made_at.isoformat(timespec="seconds"),
        "distribution": distribution,
        "recordSet": records,
    }


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
