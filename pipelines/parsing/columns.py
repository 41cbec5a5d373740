"""The names that records go by in the world, mapped to the fields of raw.entries.

JSON lines, CSV, Parquet, spreadsheets and flat JSON objects all come through here. A field takes the first of its names
that holds something readable (a date: the most precise); names are compared without case, spaces, hyphens, underscores
and stops. What no name claims is ignored, and the layout says so; what a name claims and nobody can read is a flag of
the entry, `unread_` and the field. Names a user adds (`mapping`) come before all of these.
"""

import re
from collections.abc import Callable, Iterable, Set
from functools import lru_cache
from typing import NamedTuple

from . import author_columns, author_details, authors, fields, identifiers, mapping, resource_types, venues

#: Field of raw.entries -> the column names it is read from, best first. Behind the English ones those of German,
#: French, Spanish, Portuguese, Italian, Dutch, Russian, Chinese and Japanese tables.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "title": (
        *("title", "paper_title", "article_title", "document_title", "paper", "titles", "display_name", "item_title"),
        *(
            "primary_title",
            "publication_title_of_paper",
            "dc:title",
            "citation_title",
            "paper_name",
            "name",
            "headline",
        ),
        *("titel", "titre", "título", "titulo", "titolo", "标题", "題名", "题名", "論文名", "论文标题", "标题名称"),
        *("タイトル", "論文タイトル", "表題", "標題", "제목", "文献标题"),
        *("название", "название_документа", "заголовок"),
        # Web of Science's tables, whose columns are its tags.
        "ti",
    ),
    "abstract": (
        *("abstract", "summary", "abs", "paper_abstract", "abstract_text", "abstract_note", "abstracts", "abstract_en"),
        *(
            "abstract_inverted_index",
            "dc:description",
            "description",
            "descriptions",
            "content_text",
            "content_html",
            "abstractnote",
        ),
        *("zusammenfassung", "kurzfassung", "résumé", "resume", "resumen", "resumo", "riassunto", "sommario"),
        *("摘要", "中文摘要", "要旨", "概要", "抄録", "アブストラクト", "초록"),
        *("samenvatting", "аннотация", "реферат", "краткое_описание", "ab"),
    ),
    "arxiv_id": (
        *("arxiv_id", "id", "paper_id", "arxiv", "entry_id", "arxiv_url", "abs_url", "pdf_url", "url", "link"),
        *("arxiv_number", "arxiv_link", "eprint", "arxiv_eprints", "external_ids", "ids", "identifier", "identifiers"),
        *("url_abs", "url_pdf", "primary_location", "best_oa_location", "locations", "open_access_pdf", "open_access"),
        *("paper_url", "pdf", "pdf_link", "landing_page_url", "html_url", "web_url", "source_url", "links", "urls"),
        # HAL's names, here and below, carry their types.
        *(
            "arxiv_id_s",
            "uri_s",
            "article_url",
            "href",
            "ee",
            "uri",
            "doi",
            "extra",
            "note",
            "archive_id",
            "document_url",
            "full_text_url",
        ),
        *(
            "paper_arxiv_id",
            "paper_url_abs",
            "paper_url_pdf",
            "primary_location.landing_page_url",
            "open_access.oa_url",
        ),
    ),
    "authors": (
        *(
            "authors",
            "author",
            "author_names",
            "creators",
            "author_full_names",
            "authorships",
            "author_list",
            "creator",
            "auth_full_name_s",
        ),
        *("author_s", "author(s)", "dc:creator", "author/s", "authors_list", "people", "inventors", "contributors"),
        # OpenAlex's tables; Web of Science's, whose columns are its tags.
        *("authorships.author.display_name", "af", "au"),
        *("autoren", "autor", "verfasser", "auteurs", "auteur", "autores", "autori", "autore"),
        *("作者", "著者", "著者名", "저자", "авторы", "автор", "author_string"),
    ),
    "author_details": author_columns.NAMES,
    "author_count": ("author_count", "num_authors", "n_authors", "authors_count"),
    "published_at": (
        *("published_at", "published", "published_on", "publication_date", "published_date", "pub_date"),
        *("date_published", "issued", "first_published", "published_online", "published_print", "online_date"),
        *("issue_date", "cover_date", "prism:cover_date", "date_of_publication", "submitted_date", "submission_date"),
        *("date_submitted", "submitted", "preprint_date", "earliest_date", "pdate", "date", "dc:date", "release_date"),
        *("publish_date", "posted_date", "date_posted", "first_publication_date"),
        *("publication_date_s", "produced_date_s"),
        *("datum", "veröffentlicht", "veröffentlichungsdatum", "erscheinungsdatum", "date_de_publication", "publié_le"),
        *(
            "fecha",
            "fecha_de_publicación",
            "data",
            "data_de_publicação",
            "data_di_pubblicazione",
            "发表时间",
            "发布日期",
        ),
        *("发表日期", "出版日期", "日期", "公開日", "発行日", "出版日", "日付"),
    ),
    "published_year": (
        *("published_year", "year", "publication_year", "pub_year", "year_of_publication", "py"),
        *(
            "jahr",
            "erscheinungsjahr",
            "année",
            "annee",
            "año",
            "ano",
            "anno",
            "年份",
            "年",
            "出版年",
            "発行年",
            "发表年份",
            "発表年",
            "jaar",
            "год",
            "год_публикации",
        ),
    ),
    "listed_at": ("listed_at", "submitted_on_daily_at", "listed_on"),
    "upvotes": ("upvotes", "votes", "likes", "num_upvotes", "upvote", "vote"),
    "comment_count": ("comment_count", "num_comments", "n_comments"),
    "submitter": ("submitter", "submitted_by", "submitted_on_daily_by"),
    "organization": ("organization", "organisation", "org"),
    "venue": venues.NAMES,
    "code_url": ("code_url", "github_repo", "github", "github_url", "repo_url", "repository", "code"),
    "github_stars": ("github_stars", "stars"),
    "project_url": ("project_url", "project_page", "project"),
    "ai_summary": ("ai_summary",),
    "ai_keywords": ("ai_keywords",),
    "keywords": (
        *("keywords", "de", "author_keywords", "key_words", "keyphrases", "manual_tags", "keyword", "keywords_author"),
        "keyword_list",
        *("schlagwörter", "schlagworte", "schlüsselwörter", "stichwörter", "mots_clés", "mots-clefs", "palabras_clave"),
        *("palavras_chave", "parole_chiave", "关键词", "关键字", "キーワード", "키워드"),
        *("palabras_clave_de_autor", "palabras_clave_del_autor", "mots_clés_d'auteur", "mots_clés_de_l'auteur"),
        *("palavras_chave_do_autor", "autorenschlüsselwörter", "作者关键字", "著者キーワード", "trefwoorden"),
        *("ключевые_слова", "ключевые_слова_автора"),
    ),
}

#: Names of columns whose value may be a DOI; what is none is no DOI, and an id or an address in its own right.
DOI_NAMES = (
    *(
        "doi",
        "doi_url",
        "doi_link",
        "dois",
        "doi_id_s",
        "item_doi",
        "external_ids",
        "ids",
        "article_doi",
        "paper_doi",
        "dc:identifier",
    ),
    *("identifier", "identifiers", "url", "link", "ee", "article_url", "paper_url", "extra", "di"),
)
#: Characters shown of a column's name.
_NAME_LIMIT = 60
_WORD_SPLITS = (re.compile(r"[\n\r;|；]|\s[·•]\s|[·•]"), re.compile(r"\s{0,20}[,，、]\s*"))


def fold_name(name: str) -> str:
    """A column name as it is compared: `submittedOnDailyAt` and `Submitted on daily at` are one.

    A name that the user gives to a field is that field's own.
    """
    folded = mapping.fold(name)
    own = mapping.in_force().fields
    return own.get(folded, folded) if own else folded


_CLAIMS = {
    field: tuple(mapping.fold(name) for name in names) for field, names in {**COLUMN_NAMES, "doi": DOI_NAMES}.items()
}
#: The fields that names of columns can stand for.
FIELDS = tuple(_CLAIMS)
#: Names that many other things have as well: a title only beside what a paper has.
WEAK_TITLE_NAMES = frozenset({"name", "headline", "displayname"})
#: Names that tell a table of Web of Science, whose columns are its tags; `ti` by itself may be titanium.
TAG_NAMES = frozenset({"ti", "au", "so"})
#: Folded names of columns that make a table one of papers; names and headlines are of many things.
TITLE_NAMES = frozenset(_CLAIMS["title"]) - WEAK_TITLE_NAMES - {"ti"}
#: Names of fields that papers have and few other things.
PAPER_NAMES = (
    frozenset((*_CLAIMS["abstract"], *_CLAIMS["authors"], *_CLAIMS["keywords"], *_CLAIMS["upvotes"]))
    | {"arxivid", "arxiv", "arxivurl", "eprint", "doi", "publicationyear", "publicationdate", "pmid", "externalids"}
    | {"paper", "papertitle", "articletitle", "documenttitle", "論文名", "论文标题", "論文タイトル"}
) - frozenset("ab description descriptions summary resume people contributors creator likes 概要 autor".split())
#: Names of what goods, jobs, films and messages have, and no paper: beside them a title and a text are none of one.
_FOREIGN_NAMES = frozenset(
    "price currency sku stock quantity vendor brand variantsku variantprice salary salarymin salarymax company jobid "
    "jobtitle employmenttype location director genre genres runtime cast imdbid rating ratings artist album isrc "
    "duration address phone zip email username screenname retweetcount hashtags "
    "labels assignee milestone issuekey favorite folder organizer attendees starttime endtime startdate enddate "
    "sponsor".split()
)
#: Names of what software, posts, news, films, dishes, books that were read, links that were saved, patents and grants
#: have, whoever made them: beside these people, keywords and abstracts make no paper.
_ALIEN_NAMES = frozenset(
    "dependencies devdependencies peerdependencies requiresdist requirespython authoremail sdk pipelinetag modelid "
    "stargazerscount subreddit selftext storytext points bookshelves exclusiveshelf myrating dateread timeadded "
    "urltoimage channeltitle channelid videoid ingredients recipeingredient cooktime preptime quote "
    "claims awardnumber principalinvestigator".split()
)
#: The same beside a title that is only a name.
_SOFTWARE_NAMES = frozenset("version license require engines scripts homepage maintainers packagemanager".split())
#: Read besides: the arXiv snapshot's list of versions, the first of which is the publication.
_KNOWN = {name for names in _CLAIMS.values() for name in names} | {"versions", "paper"}
#: Names whose value is an arXiv id or nothing.
_ID_NAMES = frozenset({"arxivid", "arxiv", "arxivurl", "arxivnumber", "arxivlink"})
_DOI_NAMES = frozenset({"doi", "doiurl", "doilink", "articledoi", "paperdoi"})
#: Where an address or an id stands in an object, whatever it is called there.
_ID_KEYS = ("arxiv", "doi", "landingpageurl", "pdfurl", "oaurl", "url", "href", "link", "value", "id", "identifier")


def are_foreign(folded: Set[str]) -> bool:
    """Whether folded names are those of something else than papers, though a title is among them."""
    if not folded.isdisjoint(_ALIEN_NAMES):
        return True
    if not folded.isdisjoint(_SOFTWARE_NAMES) and folded.isdisjoint(TITLE_NAMES | {"abstract", "doi", "arxivid"}):
        return True
    return not folded.isdisjoint(_FOREIGN_NAMES) and folded.isdisjoint(PAPER_NAMES)


def is_known(name: str) -> bool:
    """Whether a field may be read from a column of this name."""
    return fold_name(name) in _KNOWN


def find_ignored(names: Iterable[object]) -> list[str]:
    """The column names no field is read from, sorted; a long one cut."""
    # A name out of JSON can hold half a surrogate pair, which no UTF-8 column can.
    ignored = (str(name) for name in names if fold_name(str(name)) not in _KNOWN)
    return sorted(name[:_NAME_LIMIT].encode("utf-8", "replace").decode() for name in ignored)


class Step(NamedTuple):
    """How one field is read: the keys of a record that claim it, best first, and what reads a value of each.

    Where one value is not read by itself, `take` sets fields from all that are given, and says whether it could.
    """

    field: str
    keys: tuple[tuple[str, str], ...]
    read: Callable[[object], object]
    take: Callable[[list[tuple[str, object]], dict[str, object]], bool] | None


class Plan(NamedTuple):
    """How records with the same keys are read: steps for the fields they have, and the keys no field takes."""

    steps: tuple[Step, ...]
    ignored: tuple[tuple[str, str], ...]
    versions: str | None
    is_foreign: bool
    #: Keys that say what kind of work a record is.
    kinds: tuple[str, ...]


def make_plan(keys: tuple[str, ...]) -> Plan:
    """The plan for records of these keys; made once for a table."""
    return _make_plan(keys, mapping.in_force())


@lru_cache(maxsize=2_000)
def _make_plan(keys: tuple[str, ...], own: mapping.ColumnMapping) -> Plan:
    ranks = {name: rank for rank, name in enumerate(own.fields)}
    taken: dict[str, list[str]] = {}
    met: set[str] = set()
    # All of the user's names, best first, and the first key of each other name.
    for key in sorted(keys, key=lambda key: ranks.get(mapping.fold(key), len(ranks))):
        name = mapping.fold(key)
        if name in ranks or name not in met:
            taken.setdefault(own.fields.get(name, name), []).append(key)
        met.add(name)
    steps = []
    for field, names in _CLAIMS.items():
        claims = tuple((name, key) for name in names for key in taken.get(name, ()))
        if claims:
            steps.append(Step(field, claims, _READERS.get(field, fields.read_text), _TAKERS.get(field)))
    ignored = tuple(
        (key, key[:_NAME_LIMIT].encode("utf-8", "replace").decode()) for key in keys if fold_name(key) not in _KNOWN
    )
    is_foreign = are_foreign(set(map(fold_name, keys)))
    kinds = tuple(key for key in keys if fold_name(key) in resource_types.NAMES)
    return Plan(tuple(steps), ignored, next(iter(taken.get("versions", ())), None), is_foreign, kinds)


def list_ignored(record: dict) -> list[str]:
    """The names in a record that hold something no field of an entry takes."""
    try:
        plan = make_plan(tuple(record))
    except TypeError:
        plan = make_plan(tuple(map(str, record)))
    return name_ignored(record, plan)


def name_ignored(record: dict, plan: Plan) -> list[str]:
    """The same for a record whose plan is known."""
    return [name for key, name in plan.ignored if not fields.is_missing(record.get(key))] if plan.ignored else []


def read_record(record: dict) -> dict[str, object]:
    """The fields of raw.entries in one flat record; None for what it does not carry. Never raises for a value.

    Besides, under `flags`, `unread_` and the field for each value that is there and cannot be read; under
    `resource_types` what kind of work the record says it is.
    """
    keys = tuple(record)
    if not all(type(key) is str for key in keys):
        record = {str(key): value for key, value in record.items()}
        keys = tuple(record)
    return read_planned(record, make_plan(keys))


def read_planned(record: dict[str, object], plan: Plan) -> dict[str, object]:
    """The same for a record whose plan is known; it may have fewer keys than the plan."""
    entry = _NO_FIELDS.copy()
    flags: list[str] = []
    for field, claims, read, take in plan.steps:
        given: list[tuple[str, object]] = []
        for name, key in claims:
            value = record.get(key)
            if value is None or ((type(value) is not str or len(value) < 5) and fields.is_missing(value)):
                continue
            if take is None and (found := read(value)) is not None:
                entry[field] = found
                break
            given.append((name, value))
        else:
            if given and (take is None or not take(given, entry)):
                flags.append(f"unread_{field}")
    if plan.versions is not None and isinstance(versions := record.get(plan.versions), list) and versions:
        # arXiv's metadata snapshot: its submitter put the paper on arXiv, not on a daily list.
        entry["submitter"] = None
        if entry["published_at"] is None and isinstance(versions[0], dict):
            entry["published_at"] = fields.read_instant(versions[0].get("created"))
    if flags:
        entry["flags"] = flags
    if plan.kinds:
        entry["resource_types"] = [record.get(key) for key in plan.kinds]
    return entry


def _take_moment(given: list[tuple[str, object]], entry: dict[str, object]) -> bool:
    """Set when a record was published: the first day given, else the first month, else the first year."""
    best = None
    for _, value in given:
        moment = fields.read_moment(value)
        if moment is None:
            continue
        if moment.precision == "day":
            best = moment
            break
        if best is None or (best.precision, moment.precision) == ("year", "month"):
            best = moment
    if best is None:
        # Crossref's date parts of no date are a list of a list of null: nothing that could be read.
        return not any(isinstance(value, str) or any(map(str.isdigit, str(value)[:500])) for _, value in given)
    entry["published_at"], entry["published_on"], entry["published_precision"] = best
    entry["published_year"] = best.on.year
    return True


def _take_people(given: list[tuple[str, object]], entry: dict[str, object]) -> bool:
    """Set who wrote it, and how many where these are all and no number is given; whether it could be read."""
    is_whole = True
    for _, value in given:
        people, is_all = authors.read_people(value)
        if people:
            entry["authors"] = people
            if type(value) is not str:
                entry["author_details"] = author_details.read_details(value, len(people))
            if is_all:
                entry["author_count"] = len(people)
            return True
        is_whole &= is_all
    return not is_whole


def _take_author_details(given: list[tuple[str, object]], entry: dict[str, object]) -> bool:
    """Set what columns beside the names say of authors, where their objects say nothing; nobody has to be able to."""
    names = entry["authors"]
    if entry["author_details"] is None and isinstance(names, list):
        entry["author_details"] = author_columns.read_columns(given, names)
    return True


def _take_id(given: list[tuple[str, object]], entry: dict[str, object]) -> bool:
    """Set the first arXiv id; whether there is one or none is meant."""
    for _, value in given:
        texts = (value,) if isinstance(value, str | float) else list_strings(value)
        arxiv_id, version = identifiers.find_arxiv_id(texts)
        if arxiv_id is not None:
            entry["arxiv_id"], entry["arxiv_version"] = arxiv_id, version
            return True
    return not any(_is_unread_id(*claim) for claim in given)


def _take_doi(given: list[tuple[str, object]], entry: dict[str, object]) -> bool:
    """Set the first DOI; whether there is one or none is meant."""
    entry["doi"] = identifiers.find_doi(text for _, value in given for text in list_strings(value))
    return entry["doi"] is not None or not any(name in _DOI_NAMES and not _has_arxiv(value) for name, value in given)


def _take_venue(given: list[tuple[str, object]], entry: dict[str, object]) -> bool:
    """Set the first venue; whether there is one or none is meant: objects may have a place without a name."""
    entry["venue"] = next((name for _, value in given if (name := venues.read_venue(value))), None)
    return entry["venue"] is not None or not any(isinstance(value, str) for _, value in given)


def _is_unread_id(name: str, value: object) -> bool:
    if name in _ID_NAMES:
        return True
    return isinstance(value, str | float) and not _has_url_only(value) and identifiers.is_meant_as_arxiv_id(value)


def _has_url_only(value: str | float) -> bool:
    """Whether a value is an address of arXiv's site that names no paper, or text that only speaks of arXiv."""
    text = str(value)
    return "arxiv" in text.lower() and not re.search(r"\d{4}\.\d|/\d{7}", text[:500])


def _has_arxiv(value: object) -> bool:
    return isinstance(value, str) and identifiers.read_arxiv_id(value)[0] is not None


def list_strings(value: object, depth: int = 0) -> list[str]:
    """The strings under the names of ids and addresses in a value, best first; bounded in depth and size."""
    if isinstance(value, str):
        return [value]
    if depth > 3:
        return []
    if isinstance(value, list):
        return [text for item in value[:20] for text in list_strings(item, depth + 1)]
    if isinstance(value, dict):
        folded = {fold_name(str(key)): item for key, item in value.items()}
        return [text for key in _ID_KEYS if key in folded for text in list_strings(folded[key], depth + 1)]
    return []


def read_abstract(value: object) -> str | None:
    """An abstract as text, with markup, in a list or an object, or as the places of its words."""
    if isinstance(value, dict) and value and all(type(places) is list for places in value.values()):
        return fields.read_inverted(value)
    if isinstance(value, list) and len(value) > 1:
        # DataCite's descriptions: the abstract says that it is one.
        for item in value[:20]:
            if isinstance(item, dict) and str(item.get("descriptionType", "")).lower() == "abstract":
                return fields.read_wording(item)
    return fields.read_wording(value)


def read_words(value: object) -> list[str] | None:
    """Keywords as a list, or in one string: divided by bars, semicolons, dots or line breaks, else by commas."""
    if isinstance(value, dict):
        # Europe PMC's have their list under the name of one.
        lists = [item for item in value.values() if isinstance(item, list)]
        value = lists[0] if len(value) == len(lists) == 1 else list(value.values())
    if isinstance(value, list | tuple):
        named = [name for item in value if (name := fields.read_name(item))]
        return named if len(named) > 1 else read_words(named[0]) if named else None
    text = fields.read_text(value)
    if text is None:
        return None
    if text[0] in "[(" and text[-1] in "])":
        if (listed := authors.read_listed(text)) is not None:
            return read_words(listed)
        text = text[1:-1]
    separator = _WORD_SPLITS[0] if _WORD_SPLITS[0].search(text) else _WORD_SPLITS[1]
    words = (part.strip(" \t'\",") for part in separator.split(text))
    return [word for word in words if not fields.is_missing(word)] or None


_READERS: dict[str, Callable[[object], object]] = {
    "title": fields.read_wording,
    "abstract": read_abstract,
    "author_count": fields.read_count,
    "published_year": fields.read_year,
    "listed_at": fields.read_instant,
    "upvotes": fields.read_count,
    "comment_count": fields.read_count,
    "submitter": fields.read_name,
    "organization": fields.read_name,
    "github_stars": fields.read_count,
    "code_url": fields.read_address,
    "project_url": fields.read_address,
    "ai_keywords": read_words,
    "keywords": read_words,
}
_TAKERS: dict[str, Callable[[list[tuple[str, object]], dict[str, object]], bool]] = {
    "arxiv_id": _take_id,
    "doi": _take_doi,
    "published_at": _take_moment,
    "authors": _take_people,
    "author_details": _take_author_details,
    "venue": _take_venue,
}
#: All fields of an entry but `flags`, with those that its reader adds: a dict that grows is put elsewhere in memory.
_NO_FIELDS: dict[str, object] = dict.fromkeys(
    (*_CLAIMS, "arxiv_version", "published_on", "published_precision", "source", "first_line", "last_line")
)
