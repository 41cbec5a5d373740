"""Which releases there are, in which order, whatever the machine's clock did."""

import json

from paperhouse.release.history import list_releases, next_number, prune
from paperhouse.warehouse.folder import Warehouse


def keep(house, release_id, **facts):
    folder = house.releases / release_id
    folder.mkdir(parents=True)
    manifest = {"release_id": release_id, "made_at": "", "run_id": "", "versions": {}, "inputs": [], "files": []}
    (folder / "manifest.json").write_text(json.dumps(manifest | facts))
    return release_id


def test_a_release_made_after_the_clock_went_back_is_the_newest_and_stays(tmp_path):
    house = Warehouse(tmp_path)
    old = keep(house, "20260301T000000Z-aaaaaaaa")  # from before releases were numbered
    assert next_number(house) == 1
    first = keep(house, "20300101T000000Z-bbbbbbbb", number=1)  # the clock was wrong that day
    second = keep(house, "20260302T000000Z-cccccccc", number=next_number(house))
    third = keep(house, "20260303T000000Z-dddddddd", number=next_number(house))
    assert [kept.release_id for kept in list_releases(house)] == [third, second, first, old]
    assert prune(house, keep=2) == [first, old]
    assert next_number(house) == 4
