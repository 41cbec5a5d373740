"""Which addresses are of the web: what a browser would follow to a place that everybody reaches, and nothing else."""

import pytest

from paperhouse.addresses import read_web_address


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/moss/heron",
        "http://heron.example",
        "HTTPS://Heron.example/A",
        "https://heron.example:8080/p?q=1#r",
        "https://heron.example/@moss:kite",
        "http://8.8.8.8/demo",
        "http://[2001:4860:4860::8888]/",
        "https://heron.example/%E8%AE%BA",
    ],
)
def test_an_address_of_the_web_stays_as_written(address):
    assert read_web_address(f" {address}\n") == address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("github.com/moss/heron", "https://github.com/moss/heron"),
        ("www.heron.example", "https://www.heron.example"),
        # Letters that look like others, and hosts that are spelled in another way than browsers read them.
        ("https://gіthub.com/a", "https://xn--gthub-n2e.com/a"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://%67ithub.com/a", "https://github.com/a"),
        ("https://1.2.3/", "https://1.2.0.3/"),
    ],
)
def test_an_address_is_written_as_browsers_send_it(written, address):
    assert read_web_address(written) == address


@pytest.mark.parametrize(
    "address",
    [
        *("", "Yes", "moss/heron", "https://", "https:///heron.example", "http:/heron.example", "https://[broken"),
        *("javascript:alert(1)", "JavaScript://heron.example/%0aalert(1)", "data:text/html,x", "file:///etc/passwd"),
        *("vbscript:x", "ftp://heron.example/", "//heron.example/a", "mailto:a@heron.example"),
        *(
            'https://heron.example/" onclick="alert(1)',
            "https://heron.example/' onclick='x",
            "https://heron.example/<b>",
        ),
        *(
            "https://heron.example/a b",
            "https://heron.example/a\nb",
            "https://heron.example/a\tb",
            "https://a\x00b.example",
        ),
        *("https://heron.example/\u202egnp.exe", "https://heron.example/\u200b", "https://heron.example/\u2066"),
        *("https://heron.example/\ufeff", "https://heron.example/\xad", "https://heron.example/\x85a"),
        *("https://github.com@kite.example/", "https://github.com:pass@kite.example/", "https://@kite.example/"),
        *(
            "https:\\\\kite.example",
            "https://github.com\\@kite.example/",
            "https://kite.example/`",
            "https://kite.example/|",
        ),
        *("http://localhost/", "http://heron.local/", "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/"),
        *("http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/", "http://heron/", "http://-a.example/"),
        *("https://heron.example:99999/", "https://heron.example/" + "a" * 3_000),
    ],
)
def test_what_is_no_address_of_the_web_is_none(address):
    assert read_web_address(address) is None
