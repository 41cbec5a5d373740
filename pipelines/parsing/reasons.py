"""Why a stretch of input could not become an entry: the codes of raw.rejects.reason and what each means.

A layout that refuses something uses one of these codes and says the particulars in the reject's detail. Nothing here
decides anything.
"""

REASONS: dict[str, str] = {
    "api_error": "The JSON is an error message of the API, not a list of papers.",
    "archive_limit": "An archive of more members, more content or a higher ratio than is read; those before were.",
    "bad_row": "A row of a table that does not fit its columns, often after a stray quote.",
    "binary": "The content is not text and no binary layout knows it.",
    "broken_record": "A record of a reference format that breaks its grammar; the records around it were read.",
    "damaged_archive": "A part of an archive is damaged and belongs to no member; the members found were read.",
    "damaged_compression": "The compressed file ends early or is corrupt; what could be unpacked was read.",
    "damaged_member": "A member of an archive ends early or fails its check; what could be read of it was.",
    "damaged_table": "A Parquet file that ends early or is corrupt; the rows before were read.",
    "impossible_date": "A date line names a day that does not exist; the dump keeps no date from it.",
    "nested_archive": "An archive inside an archive; it is not opened.",
    "no_title": "The entry carries no title, so no paper can be made of it.",
    "not_json": "A stretch inside JSON is neither JSON nor a plain Python literal.",
    "odd_record": "A record that breaks a rule of gate 1; the detail says which value is wrong. The others went on.",
    "other_kind": "The record says that it is software, a dataset, an image, a film or the like, and no paper.",
    "orphan_abstract": "An abstract without a title before it.",
    "oversize": "The content is larger than is read of such a file; the detail says how large it may be.",
    "reader_ended": "Reading the dump ended the process that reads, for want of memory or by a fault.",
    "taken_down": "The record is of a paper that was taken down; its text is not kept.",
    "too_large": "Reading the dump took more memory than any dump of its size may; the others were read.",
    "too_slow": "Reading the dump took longer than any dump of its size may; the others were read.",
    "truncated_feed": "A feed ends in the middle of an item; the items before it were read.",
    "truncated_json": "The JSON ends in the middle; the entries before it were read.",
    "unknown_layout": "A file with the marks of a format that is not read; the detail says which one, and what is.",
    "unknown_text": "Text that is neither an entry, a date nor known page furniture.",
    "unreadable_file": "The file could not be read from disk.",
    "unreadable_member": "A member of an archive that is encrypted, sparse, or packed by a method that is not read.",
    "unsafe_member": "A member of an archive that is a link or no regular file, or whose path leads out of it.",
}

#: Codes of dumps that were not read to their end: their entries are none to be judged, and none to be accepted.
ENDED = ("too_slow", "too_large", "reader_ended")
#: The code of records that were understood and refused for what they are: nothing was misread.
UNDERSTOOD = "other_kind"
#: Characters of the refused text kept in raw.rejects.text; the lines say where the rest is.
REJECT_TEXT_LIMIT = 2_000
