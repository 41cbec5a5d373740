"""What dumps say of authors beside their names: whose it is, and that nobody is given what is somebody else's."""

import json

import pytest

from paperhouse.parsing import authors, columns
from paperhouse.parsing.author_details import read_details, read_place
from paperhouse.parsing.orcids import read_orcid

ADA, BO = "0000-0002-1825-0097", "0000-0002-1694-233X"


def tell(entry: dict) -> list[tuple]:
    """Details as tuples: place, ORCID, id, affiliations."""
    return [tuple(detail.values()) for detail in entry["author_details"] or ()]


@pytest.mark.parametrize(
    ("text", "orcid"),
    [
        (ADA, ADA),
        ("https://orcid.org/0000-0002-1825-0097", ADA),
        ("http://www.orcid.org/0000-0002-1825-0097/", ADA),
        ("ORCID: 000000021825 0097".replace(" ", ""), ADA),
        ("0000-0002-1694-233x", BO),
        # Another check digit, none at all, digits of another script, another address.
        ("0000-0002-1825-0098", None),
        ("0000-0002-1694-2330", None),
        ("0000-0000-0000-0000", None),
        ("٠٠٠٠-٠٠٠٢-١٨٢٥-٠٠٩٧", None),
        ("https://orcid.org.example/0000-0002-1825-0097", None),
        ("0000-0002-1825-00971", None),
        ("", None),
    ],
)
def test_an_orcid_has_its_check_digit(text, orcid):
    assert read_orcid(text) == orcid


PEOPLE = [
    # OpenAlex.
    (
        [
            {
                "author": {
                    "id": "https://openalex.org/A5000000001",
                    "display_name": "Ada Ash",
                    "orcid": f"https://orcid.org/{ADA}",
                },
                "institutions": [{"id": "https://openalex.org/I1", "display_name": "Fern University"}],
                "raw_affiliation_strings": ["Dept. of Moss, Fern Univ."],
            },
            {"author": {"display_name": "Bo Birch"}, "institutions": [], "raw_affiliation_strings": ["Hill House"]},
        ],
        [
            (1, f"https://orcid.org/{ADA}", "openalex:A5000000001", ["Fern University"]),
            (2, None, None, ["Hill House"]),
        ],
    ),
    # Crossref.
    (
        [
            {"given": "Ada", "family": "Ash", "affiliation": []},
            {
                "given": "Bo",
                "family": "Birch",
                "ORCID": f"http://orcid.org/{BO}",
                "affiliation": [{"name": "Hill House"}, {"name": "Dale Works"}],
            },
        ],
        [(2, f"http://orcid.org/{BO}", None, ["Hill House", "Dale Works"])],
    ),
    # Semantic Scholar.
    (
        [{"authorId": "17", "name": "Ada Ash", "affiliations": ["Hill House"]}],
        [(1, None, "semanticscholar:17", ["Hill House"])],
    ),
    # DataCite.
    (
        [
            {
                "name": "Ash, Ada",
                "affiliation": ["Hill House", {"name": "Dale Works"}],
                "nameIdentifiers": [{"nameIdentifier": ADA, "nameIdentifierScheme": "ORCID"}],
            }
        ],
        [(1, ADA, None, ["Hill House", "Dale Works"])],
    ),
    # Europe PMC.
    (
        {
            "author": [
                {
                    "firstName": "Ada",
                    "lastName": "Ash",
                    "authorId": {"type": "ORCID", "value": ADA},
                    "authorAffiliationDetailsList": {"authorAffiliation": [{"affiliation": "Hill House. a@hill.org."}]},
                }
            ]
        },
        [(1, ADA, None, ["Hill House."])],
    ),
    # schema.org, CITATION.cff.
    (
        [{"name": "Ada Ash", "@id": f"https://orcid.org/{ADA}", "affiliation": {"name": "Hill House"}}],
        [(1, f"https://orcid.org/{ADA}", None, ["Hill House"])],
    ),
    (
        [{"given-names": "Ada", "family-names": "Ash", "orcid": ADA, "affiliation": "Hill House"}],
        [(1, ADA, None, ["Hill House"])],
    ),
    # Daily Papers: an account that was only guessed is nobody's.
    (
        [
            {"_id": "a1", "name": "Ada Ash", "user": {"user": "ash", "type": "user"}, "status": "claimed_verified"},
            {"_id": "b2", "name": "Bo Birch", "user": {"user": "birch"}, "status": "extracted_pending"},
        ],
        [(1, None, "huggingface:ash", None)],
    ),
    # Names alone, and a list in which a name cannot be read.
    (["Ada Ash", {"name": "Bo Birch", "id": 7, "url": "https://hill.example/bo"}], []),
    ([{"name": ""}, {"name": "Bo Birch", "affiliation": "Hill House"}], []),
]  # fmt: skip


@pytest.mark.parametrize(("value", "details"), PEOPLE)
def test_objects_that_are_people(value, details):
    names, _ = authors.read_people(value)
    assert tell({"author_details": read_details(value, len(names))}) == details


RECORDS = [
    # OpenReview: a mail address is nobody's id.
    (
        {"authors": ["Ada Ash", "Bo Birch"], "authorids": ["~Ada_Ash1", "bo@hill.example"]},
        [(1, None, "openreview:~Ada_Ash1", None)],
    ),
    # IEEE: as many as authors, or nobody's.
    (
        {"Authors": "A. Ash; B. Birch", "Author Affiliations": "Hill House; Dale Works"},
        [(1, None, None, ["Hill House"]), (2, None, None, ["Dale Works"])],
    ),
    ({"Authors": "A. Ash; B. Birch; C. Cole", "Author Affiliations": "Hill House; Dale Works"}, []),
    ({"Authors": "A. Ash et al.", "Author Affiliations": "Hill House; Dale Works"}, []),
    # Scopus: the place stands behind the name.
    (
        {
            "Authors": "Ash A.; Birch B.",
            "Author(s) ID": "57000000001; 57000000002;",
            "Authors with affiliations": "Ash A., Hill House, Dale; Birch B., Dale Works",
        },
        [(1, None, "scopus:57000000001", ["Hill House, Dale"]), (2, None, "scopus:57000000002", ["Dale Works"])],
    ),
    ({"Authors": "Ash A.; Birch B.", "Authors with affiliations": "Birch B., Dale Works; Ash A., Hill House"}, []),
    # All places of a paper are nobody's in particular.
    ({"Authors": "Ash A.; Birch B.", "Affiliations": "Hill House; Dale Works"}, []),
    # OpenAlex, as a table.
    (
        {
            "authorships.author.display_name": "Ada Ash|Bo Birch",
            "authorships.author.orcid": f"None|https://orcid.org/{BO}",
            "authorships.author.id": "https://openalex.org/A5000000001|https://openalex.org/A5000000002",
        },
        [(1, None, "openalex:A5000000001", None), (2, f"https://orcid.org/{BO}", "openalex:A5000000002", None)],
    ),
    # Web of Science names whose it is; of two who go by one name nobody is meant.
    (
        {
            "Authors": "Ash, A; Birch, B; Cole, C; Cole, C",
            "Addresses": "[Ash, Ada; Birch, Bo] Hill House, Dale; [Birch, Bo; Cole, Cy] Dale Works",
            "ORCIDs": f"Birch, Bo/{BO}; Heath, Dan/{ADA}",
        },
        [(1, None, None, ["Hill House, Dale"]), (2, BO, None, ["Hill House, Dale", "Dale Works"])],
    ),
    # A name that a user gave a column of places.
    ({"authors": ["Ada Ash"], "author_details": ["Hill House"]}, [(1, None, None, ["Hill House"])]),
    ({"authors": ["Ada Ash"], "author_details": [{"author_number": 7, "orcid": ADA}]}, []),
    ({"authors": "Ada Ash", "author_affiliations": 7}, []),
]  # fmt: skip


@pytest.mark.parametrize(("record", "details"), RECORDS)
def test_columns_beside_the_names(record, details):
    assert tell(columns.read_record({"title": "Moss in Jars", **record})) == details


@pytest.mark.parametrize("name", columns.COLUMN_NAMES["author_details"])
def test_every_name_of_such_columns_is_known(name):
    assert columns.find_ignored([name]) == []


PLACES = [
    (" Hill\n House; ", "Hill House"),
    ("Ferns &amp; Moss", "Ferns & Moss"),
    ("Hill House, Dale. Electronic address: ada@hill.example.", "Hill House, Dale."),
    ("ada@hill.example", None),
    ("https://hill.example", None),
    ("12", None),
    ("Hill\x00 House", "Hill House"),
    ("hill " * 200, None),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_a_place_is_a_name(text, place):
    assert read_place(text) == place


def test_an_orcid_that_is_none_is_left_out_and_flagged(parse):
    people = [{"name": "Ada Ash", "orcid": "0000-0002-1825-0098"}, {"name": "Bo Birch", "orcid": BO.lower()}]
    record = {"title": "Moss in Jars", "abstract": "We grow moss in jars.", "doi": "10.1000/moss", "authors": people}
    entry = parse({"page.jsonl": json.dumps(record) + "\n"}).entries.row(0, named=True)
    assert (entry["authors"], tell(entry)) == (["Ada Ash", "Bo Birch"], [(2, BO, None, None)])
    assert entry["flags"] == ["unread_author_details"]


JATS = f"""<article><front><article-meta><title-group><article-title>Moss in Jars</article-title></title-group>
<contrib-group>
<contrib contrib-type="author"><contrib-id contrib-id-type="orcid">https://orcid.org/{ADA}</contrib-id>
<name><surname>Ash</surname><given-names>Ada</given-names></name><xref ref-type="aff" rid="a1 a2">1</xref></contrib>
<contrib contrib-type="editor">
<name><surname>Fern</surname><given-names>Fay</given-names></name><xref ref-type="aff" rid="a1"/></contrib>
<contrib contrib-type="author">
<name><surname>Birch</surname><given-names>Bo</given-names></name>
<aff>Pond View</aff></contrib>
<aff id="a1"><label>1</label>Hill House, Dale</aff>
<aff id="a2"><label>2</label><institution>Dale Works</institution>, <country>Dale</country></aff>
</contrib-group></article-meta></front></article>"""  # fmt: skip
PUBMED = f"""<PubmedArticleSet><PubmedArticle><MedlineCitation><Article><ArticleTitle>Moss in Jars</ArticleTitle>
<AuthorList><Author><LastName>Ash</LastName><ForeName>Ada</ForeName></Author>
<Author><LastName>Birch</LastName><ForeName>Bo</ForeName><Identifier Source="ORCID">{BO}</Identifier>
<AffiliationInfo><Affiliation>Hill House, Dale. bo@hill.example.</Affiliation></AffiliationInfo>
<AffiliationInfo><Affiliation>Dale Works</Affiliation></AffiliationInfo></Author></AuthorList>
</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"""
DBLP = f"""<dblp><article key="a/b"><author orcid="{ADA}">Ada Ash 0001</author><author>Bo Birch</author>
<title>Moss in Jars.</title><year>2025</year></article></dblp>"""
MODS = f"""<modsCollection><mods><titleInfo><title>Moss in Jars</title></titleInfo>
<name type="personal"><namePart>Ada Ash</namePart><affiliation>Hill House</affiliation>
<nameIdentifier type="orcid">{ADA}</nameIdentifier></name></mods></modsCollection>"""
CROSSREF = f"""<doi_batch><body><journal><journal_article><titles><title>Moss in Jars</title></titles><contributors>
<person_name contributor_role="editor">
<given_name>Fay</given_name><surname>Fern</surname><ORCID>{BO}</ORCID></person_name>
<person_name contributor_role="author"><given_name>Ada</given_name><surname>Ash</surname>
<affiliations><institution><institution_name>Hill House</institution_name></institution></affiliations>
<ORCID>https://orcid.org/{ADA}</ORCID></person_name></contributors></journal_article></journal></body></doi_batch>"""
TEI = f"""<TEI><teiHeader><fileDesc><titleStmt><title>Moss in Jars</title></titleStmt><sourceDesc><biblStruct><analytic>
<author><persName><forename>Ada</forename><surname>Ash</surname></persName><idno type="ORCID">{ADA}</idno>
<affiliation><orgName type="department">Ferns</orgName><orgName type="institution">Hill House</orgName>
<address><country>Dale</country></address></affiliation></author></analytic></biblStruct></sourceDesc></fileDesc>
</teiHeader></TEI>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>papers of a day</title><entry><title>Moss in Jars</title>
<id>http://arxiv.org/abs/2503.00001v1</id><summary>We grow moss in jars.</summary>
<author><name>Ada Ash</name></author>
<author><name>Bo Birch</name><arxiv:affiliation>Hill House</arxiv:affiliation></author></entry></feed>"""
META = f"""<html><head><meta name="citation_title" content="Moss in Jars">
<meta name="citation_doi" content="10.1000/moss">
<meta name="citation_author" content="Ash, Ada"><meta name="citation_author_institution" content="Hill House">
<meta name="citation_author_institution" content="Dale Works"><meta name="citation_author" content="Birch, Bo">
<meta name="citation_author_orcid" content="{BO}"></head><body><h1>Moss in Jars</h1></body></html>"""
MEDLINE = f"""PMID- 30000001
TI  - Moss in Jars
FAU - Ash, Ada
AU  - Ash A
AUID- ORCID: {ADA}
AD  - Hill House,
      Dale. ada@hill.example.
AD  - Dale Works
FAU - Birch, Bo
AU  - Birch B
CN  - Moss Group
"""
SCIENCE = f"""FN Some Export
VR 1.0
PT J
AU Ash, A
   Birch, B
TI Moss in Jars
C1 [Ash, Ada] Hill House, Dept Moss,
   Dale.
   [Ash, Ada; Birch, Bo] Dale Works, Dale.
OI Birch, Bo/{BO}
ER

EF
"""
WHOLE = [
    ("jats.xml", JATS, [(1, ADA, None, ["Hill House, Dale", "Dale Works"]), (2, None, None, ["Pond View"])]),
    ("pubmed.xml", PUBMED, [(2, BO, None, ["Hill House, Dale.", "Dale Works"])]),
    ("dblp.xml", DBLP, [(1, ADA, None, None)]),
    ("mods.xml", MODS, [(1, ADA, None, ["Hill House"])]),
    ("crossref.xml", CROSSREF, [(1, ADA, None, ["Hill House"])]),
    ("tei.xml", TEI, [(1, ADA, None, ["Hill House"])]),
    ("atom.xml", ATOM, [(2, None, None, ["Hill House"])]),
    ("meta.html", META, [(1, None, None, ["Hill House", "Dale Works"]), (2, BO, None, None)]),
    ("medline.nbib", MEDLINE, [(1, ADA, None, ["Hill House, Dale.", "Dale Works"])]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "details"), WHOLE, ids=lambda value: value if isinstance(value, str) and len(value) < 20 else ""
)
def test_formats_that_say_it_of_each_author(parse, name, content, details):
    entry = parse({name: content}).entries.row(0, named=True)
    assert entry["title"] == "Moss in Jars"
    assert tell(entry) == details
    assert "unread_author_details" not in entry["flags"]


def test_web_of_science_names_whose_it_is(parse):
    entry = parse({"savedrecs.txt": SCIENCE}).entries.row(0, named=True)
    assert tell(entry) == [
        (1, None, None, ["Hill House, Dept Moss, Dale", "Dale Works, Dale"]),
        (2, BO, None, ["Dale Works, Dale"]),
    ]


def test_dblp_interface_tells_namesakes_apart(parse):
    info = {"authors": {"author": [{"@pid": "12/3456-1", "text": "Ada Ash 0001"}, {"text": "Bo Birch"}]},
            "title": "Moss in Jars.", "year": "2025", "doi": "10.1000/moss"}  # fmt: skip
    found = json.dumps({"result": {"hits": {"hit": [{"info": info}]}}})
    entry = parse({"hits.json": found}).entries.row(0, named=True)
    assert (entry["authors"], tell(entry)) == (["Ada Ash", "Bo Birch"], [(1, None, "dblp:12/3456-1", None)])


def test_the_daily_list_keeps_accounts(parse):
    people = [{"_id": "a", "name": "Ada Ash"}, {"_id": "b", "name": "Bo Birch", "user": {"user": "birch"}}]
    paper = {"id": "2503.01234", "title": "Moss in Jars", "summary": "We grow moss.", "authors": people}
    entry = parse({"day.json": json.dumps([{"paper": paper}])}).entries.row(0, named=True)
    assert (entry["authors"], tell(entry)) == (["Ada Ash", "Bo Birch"], [(2, None, "huggingface:birch", None)])
