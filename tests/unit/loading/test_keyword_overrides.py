"""Override files: what they say, and how each mistake in one is named."""

import pytest

from paperhouse.loading.keyword_overrides import read_keyword_overrides
from paperhouse.loading.override_lines import OverrideError

HEADER = "action,keyword,target,reason\n"
MISTAKES = {
    "no header": ("merge,a rotor,a stator,same\n", "line 1: the columns are"),
    "a column missing": ("action,keyword,reason\nstop,rotor,dull\n", "line 1: the columns are"),
    "unknown action": (HEADER + "blend,rotor,stator,same\n", "line 2: no action is called 'blend'"),
    "no reason": (HEADER + "stop,rotor,,\n", "line 2: no reason"),
    "no target": (HEADER + "merge,rotor,,same\n", "line 2: merge needs a target"),
    "a target too many": (HEADER + "stop,rotor,stator,dull\n", "line 2: stop takes no target"),
    "a comma too many": (HEADER + "stop,rotor,,dull, very\n", "line 2: 5 values for 4 columns"),
    "no word": (HEADER + "stop,--,,dull\n", "line 2: '--' holds no word"),
    "one keyword already": (HEADER + "merge,gear-box,gearboxes,same\n", "line 2: 'gear-box' and 'gearboxes' are one"),
    "two targets": (
        HEADER + "merge,cog,gear,a\n\nmerge,Cogs,rotor,b\n",
        "line 4: merge 'Cogs' into 'rotor', which line 2",
    ),
    "merged and stopped": (
        HEADER + "stop,cog,,a\nmerge,cogs,gear,b\n",
        "line 3: 'cogs' is merged here and stopped on line 2",
    ),
    "merged into a stop": (HEADER + "merge,cog,gear,b\nstop,gears,,a\n", "line 2: 'gear' is stopped on line 3"),
    "renamed and stopped": (HEADER + "rename,cog,Cog,b\nstop,cogs,,a\n", "line 2: 'cog' is renamed here and stopped"),
    "renamed and merged": (HEADER + "rename,cog,Cog,b\nmerge,cogs,gear,a\n", "line 2: 'cog' is merged on line 3"),
    "split and merged": (HEADER + "split,Cog,,b\nmerge,Cog,gear,a\n", "line 2: 'Cog' is split off here and merged"),
    "a circle": (HEADER + "merge,a1,b2,x\nmerge,b2,c3,x\nmerge,c3,a1,x\n", "a1 -> b2 -> c3 -> a1 (lines 2, 3, 4)"),
    "an open quote": (HEADER + 'stop,"rotor,,dull\n', "line 2: no "),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_names_file_and_line(tmp_path, name):
    text, message = MISTAKES[name]
    path = tmp_path / "keywords.csv"
    path.write_text(text)
    with pytest.raises(OverrideError) as error:
        read_keyword_overrides(path)
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "keywords.csv"
    path.write_bytes(HEADER.encode() + b"stop,caf\xe9,,dull\n")
    with pytest.raises(OverrideError, match="not UTF-8"):
        read_keyword_overrides(path)


def test_no_file_is_no_override(tmp_path):
    assert read_keyword_overrides(tmp_path / "keywords.csv").is_empty()


def test_columns_in_any_order_comments_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "keywords.csv"
    path.write_text("\ufeffreason,action,target,keyword\n# dull words\n\ndull,stop,,Rotors\n")
    (row,) = read_keyword_overrides(path).iter_rows(named=True)
    assert (row["line_number"], row["action"], row["keyword_key"], row["target_key"]) == (4, "stop", "rotor", None)


def test_merges_are_followed_to_their_end(tmp_path):
    path = tmp_path / "keywords.csv"
    path.write_text(HEADER + "merge,RL agents,RL actor,a\nmerge,rl-actors,reinforcement learners,b\nsplit,GEAR,,c\n")
    rows = read_keyword_overrides(path).select("keyword_key", "target_key").rows()
    assert rows == [("rlagent", "reinforcement learner"), ("rlactor", "reinforcement learner"), ("GEAR", None)]
