"""Titles and abstracts: the productions that join the vocabulary into papers of several kinds and fields.

Only productions belong here: how they are expanded is in `grammar`, the words are in `vocabulary` and `areas`.
"""

from . import vocabulary
from .areas import AREAS
from .grammar import Grammar, Rule, even, weighted, zipf
from .planted import PLANTED

#: Kinds of paper, in the order of the productions of `title` and `abstract`.
KIND_WEIGHTS = {"method": 66, "benchmark": 13, "study": 15, "survey": 6}

#: Names other invented papers have made known: they recur, like those of real baselines and data sets.
_KNOWN_SYSTEMS = tuple(
    f"{first}{last}"
    for step in range(len(vocabulary.CAMEL_LAST))
    for first, last in zip(
        vocabulary.CAMEL_FIRST, (*vocabulary.CAMEL_LAST[step:], *vocabulary.CAMEL_LAST[:step]), strict=False
    )
)
_KNOWN_DATASETS = tuple(
    f"{first}{ending}"
    for ending in ("Bench", "QA", "Set", "-1k", "Eval", "Corpus", "-Hard", "Zoo", "-XL", "Suite")
    for first in (*vocabulary.CAMEL_FIRST, *vocabulary.SYLLABLES_FIRST)
)

_PHRASES: dict[str, Rule] = {
    "adj": zipf(vocabulary.ADJECTIVES, 30),
    "noun": weighted({"{plain_noun}": 14, "{prefix}{plain_noun}": 1}),
    "plain_noun": zipf(vocabulary.NOUNS, 14),
    "prefix": zipf(vocabulary.PREFIXES, 4),
    "everyday": zipf(vocabulary.THINGS, 60),
    "person": zipf(vocabulary.PEOPLE, 12),
    "quality": zipf(vocabulary.QUALITIES),
    "action": weighted({"{plain_action}": 24, "{prefix}{plain_action}": 1}),
    "plain_action": zipf(vocabulary.ACTIONS, 12),
    "method_verb": weighted({"{plain_verb}": 24, "{verb_prefix}{plain_verb}": 1}),
    "plain_verb": zipf(vocabulary.METHOD_VERBS, 16),
    "verb_prefix": zipf(vocabulary.VERB_PREFIXES, 2),
    "effect_verb": zipf(vocabulary.EFFECT_VERBS),
    "gain_verb": zipf(vocabulary.GAIN_VERBS, 2),
    "study_verb": zipf(vocabulary.STUDY_VERBS),
    "adverb": zipf(vocabulary.ADVERBS, 12),
    "trouble": zipf(vocabulary.TROUBLES, 20),
    "setting": zipf(vocabulary.SETTINGS, 40),
    "root": zipf(vocabulary.ROOTS, 20),
    "suffix": zipf(vocabulary.SUFFIXES, 3),
    "modifier": zipf(vocabulary.MODIFIERS, 16),
    "mod": weighted({"{root}-{suffix}": 6, "{modifier}": 5}),
    "thing": weighted(
        {
            "{adj} {noun}": 10,
            "{noun}": 6,
            "{object}": 6,
            "{device}": 7,
            "{mod} {noun}": 6,
            "{adj} {object}": 6,
            "{object} {noun}": 5,
            "{adj} {device}": 4,
            "{mod} {device}": 3,
            "{adj} {mod} {noun}": 2,
            "{adj} {object} {noun}": 2,
        }
    ),
    "way": weighted(
        {
            "{mod} {action}": 7,
            "{adj} {action}": 3,
            "{object} {action}": 4,
            "{noun} {action}": 2,
            "{mod} {object} {action}": 2,
            "{device} {action}": 1,
        }
    ),
    "worth": weighted(
        {
            "{quality}": 5,
            "{adj} {quality}": 4,
            "{object} {quality}": 3,
            "{mod} {quality}": 1,
            "{quality} and {quality}": 2,
        }
    ),
    "thinking": even(
        "{thing:s} are {adverb} {adj}",
        "{thing:s} {adverb} {effect_verb} {worth}",
        "{thing:s} carry {adj} information about {thing:s}",
        "{worth} depends on {thing:s}",
        "{thing:s} are rarely {adj} in {setting}",
    ),
}

# What a paper is about: each expands alike in its title, its abstract and its record.
_SUBJECTS: dict[str, Rule] = {
    "core": weighted({"{mod} {action}": 6, "{mod} {object} {action}": 2, "{adj} {object} {action}": 1}),
    "focus": weighted({"{object}": 3, "{adj} {object}": 3, "{device}": 3, "{object} {noun}": 2}),
    "aim": weighted({"{quality}": 3, "{adj} {quality}": 1}),
    "snag": even("{trouble}"),
    "part": even("{device}"),
    "second_part": even("{device}"),
    "family_intro": weighted({"{family_long:s} ({family_short:s})": 3, "{family_long:s}": 2}),
    "family": weighted({"{family_short}": 3, "{family_long}": 2}),
    "system": weighted(
        {
            "{syllable_first}{syllable_last}": 3,
            "{syllable_first}{syllable_middle}{syllable_last}": 6,
            "{camel_first}{camel_last}": 6,
            "{letter}{letter}-{camel_last}": 1,
            "{camel_first}{letter}{letter}": 1,
            "{syllable_first}{syllable_middle}-{digit}": 1,
        }
    ),
    "bench": weighted(
        {
            "{camel_first}{camel_last}Bench": 2,
            "{syllable_first}{syllable_middle}{syllable_last}Bench": 2,
            "{syllable_first}{syllable_last}QA": 1,
            "{camel_first}{camel_last}-{nonzero}{digit}k": 1,
            "{syllable_first}{syllable_middle}{syllable_last}": 1,
        }
    ),
    "owner": zipf(
        vocabulary.words(
            """example-lab example-university sample-group example-institute sample-research example-collective
            sample-works example-robotics example-health sample-vision example-speech sample-systems"""
        ),
        3,
    ),
    "code_url": weighted({"https://github.com/{owner}/{system}": 1}),
    "page_url": weighted({"https://{owner}.github.io/{system}": 1}),
}

_NAMES: dict[str, Rule] = {
    "syllable_first": zipf(vocabulary.SYLLABLES_FIRST, 60),
    "syllable_middle": zipf(vocabulary.SYLLABLES_MIDDLE, 60),
    "syllable_last": zipf(vocabulary.SYLLABLES_LAST, 60),
    "camel_first": zipf(vocabulary.CAMEL_FIRST, 40),
    "camel_last": zipf(vocabulary.CAMEL_LAST, 40),
    "letter": even(*vocabulary.LETTERS),
    "digit": even(*vocabulary.DIGITS),
    "nonzero": even(*vocabulary.DIGITS[1:]),
    "rival": weighted({"{known_system}": 5, "{fresh_name}": 4}),
    "known_system": zipf(_KNOWN_SYSTEMS, 6),
    "dataset": weighted({"{known_dataset}": 5, "{fresh_name}-{nonzero}{digit}k": 1, "{fresh_name}": 2}),
    "known_dataset": zipf(_KNOWN_DATASETS, 6),
    "fresh_name": weighted(
        {
            "{syllable_first}{syllable_middle}{syllable_last}": 4,
            "{syllable_first}{syllable_last}": 2,
            "{camel_first}{camel_last}": 2,
            "{camel_first}{syllable_last}": 1,
        }
    ),
    "given": zipf(vocabulary.GIVEN_NAMES, 60),
    "surname": zipf(vocabulary.FAMILY_NAMES, 60),
    "author": even("{given} {surname}"),
}

_NUMBERS: dict[str, Rule] = {
    "count": even("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    "percent": weighted({"{nonzero}.{digit}\\%": 3, "{nonzero}{digit}\\%": 2, "{nonzero}{digit}.{digit}\\%": 2}),
    "times": weighted({"${nonzero}.{digit}\\times$": 3, "${nonzero}{digit}\\times$": 1}),
    "amount": weighted({"{nonzero}{digit}k": 2, "{nonzero},{digit}{digit}{digit}": 3, "{nonzero}.{digit} million": 1}),
    "size": weighted({"{nonzero}B": 2, "{nonzero}{digit}B": 1, "{nonzero}.{digit}B": 2, "{nonzero}{digit}0M": 1}),
    "order": even("$O(n)$", "$O(n \\log n)$", "$O(\\sqrt{T})$", "$O(1/k^2)$", "$\\tilde{O}(d)$"),
}

_TITLES: dict[str, Rule] = {
    "title": Rule(
        ("{method_title}", "{benchmark_title}", "{study_title}", "{survey_title}"), tuple(KIND_WEIGHTS.values())
    ),
    "method_title": weighted(
        {
            "{system}: {*core} for {*task}": 5,
            "{system}: {title_adj} {*task} with {*thing:s}": 3,
            "{system}: {*method_verb:ing} {*thing:s} for {title_adj} {*task}": 3,
            "{*core} for {title_adj} {*task}": 3,
            "{title_adj} {*task} via {*core}": 3,
            "{*method_verb:ing} {*focus:s} in {*family_long:s} with {*core}": 2,
            "Towards {title_adj} {*task} with {*core}": 2,
            "{*core} Makes {*family_long:s} Better at {*task}": 1,
            "{*task} from {*adj} {*focus:s}": 1,
            "$\\beta$-{system}: {*core} under {*snag}": 1,
            "One {^noun} at a Time: {*core} for {*task}": 1,
            "Beyond {*thing:s}: {*task} with {*part:s}": 1,
        }
    ),
    "benchmark_title": even(
        "{bench}: A Benchmark for {*task} with {*thing:s}",
        "{bench}: Evaluating {*family_long:s} on {title_adj} {*task}",
        "{bench}: Can {*family_long:s} {^method_verb} {*focus:s}?",
        "{bench}: A {*modifier} Dataset of {*focus:s} for {*task}",
        "Measuring the {*aim} of {*family_long:s} in {*setting}",
    ),
    "study_title": even(
        "On the {*aim} of {*family_long:s} in {*task}",
        "What Do {*family_long:s} Know about {*focus:s}?",
        "Do {*family_long:s} Need {*thing:s}? A Closer Look at {*task}",
        "{^study_verb:ing} {*core} in {*family_long:s}",
        "How {*snag} Shapes {*task}",
        "When Does {*core} Help {*task}?",
        "The Role of {*part:s} in {*task}",
    ),
    "survey_title": even(
        "A Survey of {*core} for {*task}",
        "{*task} with {*family_long:s}: A Survey",
        "From {*thing:s} to {*thing:s}: A Review of {*task}",
    ),
    "title_adj": zipf(vocabulary.TITLE_ADJECTIVES, 20),
}

_ABSTRACTS: dict[str, Rule] = {
    "abstract": Rule(
        (
            "{opening}{aside}{gap}{proposal}{trend}{how}{detail}{recall}{details}{evidence}{result}{closing}",
            "{opening}{aside}{gap}{bench_proposal}{trend}{bench_detail}{recall}{details}{bench_result}{remark}{closing}",
            "{opening}{aside}{gap}{study_proposal}{trend}{finding}{second_finding}{recall}{details}{evidence}{remark}{closing}",
            "{opening}{aside}{history}{survey_proposal}{trend}{survey_detail}{finding}{recall}{details}{remark}{closing}",
        ),
        tuple(KIND_WEIGHTS.values()),
    ),
    "opening": even(
        "{^family_intro} have {adverb} advanced {task}, yet their {aim} suffers from {snag}. ",
        "{^task} asks {family_intro} to {method_verb} {adj} {focus:s} under {snag}. ",
        "Recent progress in {task} rests on {family_intro} and {thing:s}. ",
        "{^task} is a {adj} problem in {setting}, where {focus:s} are {adj} and {thing:s} change {adverb}. ",
        "Despite the {adj} {quality} of {family_intro}, {task} still struggles with {adj} {focus:s}. ",
        "Most work on {task} treats {focus:s} as {adj} {noun:s} and ignores {thing:s}. ",
        "The {aim} of {family_intro} hinges on how {focus:s} are {method_verb:ed}. ",
        "As {family_intro} enter {setting}, {adj} {task} becomes {adj}. ",
        "{^focus:s} are central to {task}, but {snag} keeps {family_intro} from {method_verb:ing} them {adverb}. ",
        "People {method_verb} {focus:s} with ease; {family_intro} do so only when {thing:s} are {adj}. ",
        "{^family_intro} promise {adj} {task} in {setting} and {setting}. ",
    ),
    # Three pools of asides, so that no abstract says the same twice.
    "aside": weighted(
        {
            "": 9,
            "For {task}, this means that the {part} has to deal with {focus:s} from {setting}. ": 2,
            "This matters for {task}, where {focus:s} and {part:s} depend on each other and on {thing:s}. ": 2,
            "In other words, {task} is only as good as the {focus:s} that {person:s} hand to the {family}. ": 2,
            "Take {a everyday} and {a everyday}: {a person} can tell them apart, the {family} only by {part}. ": 2,
        }
    ),
    "recall": even(
        "The same {part} serves {task} and {core}, and both of them gain from {second_part:s}. ",
        "With {core} in place, the {family} can do with fewer {focus:s} and the {part} with {thing:s}. ",
        "As a result, {core} brings {aim} to {task}, and the {second_part} can be had for {a thing}. ",
        "None of this calls for a new {family}: {core} can be put on top of {thing:s}. ",
        "Asked about {a everyday}, the {family} turns to {everyday:s}, and {aim} gives way to {thing:s}. ",
    ),
    "second_recall": even(
        "It is not clear, however, what makes {a focus} hard for the {family} and how much of it the {part} can see. ",
        "We also look at {focus:s} on their own, and at what happens to {aim} without the {second_part}. ",
        "Even {a person} who has worked with {focus:s} for years would not know where the {part} ends. ",
        "We asked {count} {person:s} and {count} {person:s} to go over {focus:s} of {a everyday} and {a everyday}. ",
        "From {everyday:s} to {everyday:s}, the {focus:s} that {person:s} care about are seldom those of {task}. ",
    ),
    "history": even(
        "Over the past decade, {thing:s} and {thing:s} have given way to {core}. ",
        "The literature is spread over {setting}, {setting} and {setting}, with {adj} terms for {adj} ideas. ",
        "A growing body of work {method_verb:s} {thing:s} to {effect_verb} {worth}. ",
    ),
    "gap": even(
        "Existing methods {adverb} {method_verb} {thing:s}, which {effect_verb:s} {worth} when {thing:s} are {adj}. ",
        "However, {way} requires {adj} {thing:s}, and {thing:s} {effect_verb} {worth}. ",
        "Prior work either {method_verb:s} {thing:s} at the price of {worth}, or {method_verb:s} {thing:s} {adverb}. ",
        "Current {family:s} {method_verb} {thing:s} one by one and lose {worth}. ",
        "This is because {thinking}, while {thinking}. ",
        "A key obstacle is {snag}: {thing:s} {effect_verb} {worth} but {effect_verb} {worth}. ",
        "Yet little is known about {way} when {thing:s} and {thing:s} are {method_verb:ed} {adverb}. ",
        "Common remedies such as {way} and {way} {effect_verb} {worth} only for {adj} {thing:s}. ",
        "Unfortunately, {thing:s} from {setting} are {adj}, {adj} and {adverb} {method_verb:ed}. ",
        "It is open how to {method_verb} {thing:s}, and whether {thinking}. ",
    ),
    "proposal": even(
        "We propose {system}, {a adj} framework for {core} that {method_verb:s} {focus:s} into {thing:s}. ",
        "We introduce {system}, which {method_verb:s} {thing:s} by {core} and {effect_verb:s} {aim}. ",
        "This paper presents {system}, {a mod} approach to {task} built on {core}. ",
        "To this end, we develop {system}: it {method_verb:s} {focus:s} with {a part} and {a second_part}. ",
        "In this work, we turn {task} into {way} and solve it by {core} in {system}. ",
        "We address {snag} with {system}, {a adj} recipe that couples {core} with {way}. ",
        "Our answer is {core}, realized in {system}, {a adj} {noun} of {thing:s} and {thing:s}. ",
        "We show that {core} is enough: {system} {method_verb:s} {focus:s} without {thing:s}. ",
    ),
    "bench_proposal": even(
        "We introduce {bench}, a benchmark of {amount} {focus:s} for {task}, collected from {setting} and {setting}. ",
        "This paper presents {bench}, {a adj} test of {task} that covers {amount} {thing:s} in {count} categories. ",
        "We build {bench} to measure whether {family:s} can {method_verb} {focus:s} by {core}. ",
        "To close this gap, we release {bench}: {amount} {adj} {focus:s} with {adj} {thing:s} for {core}. ",
    ),
    "study_proposal": even(
        "We {study_verb} {core} in {family:s} across {count} {thing:s} and {amount} {focus:s}. ",
        "This paper {study_verb:s} how {focus:s} {effect_verb} the {aim} of {family:s} in {task}. ",
        "Through {way}, we {study_verb} what {part:s} contribute to {task} and {core}. ",
        "We ask whether {core} {effect_verb:s} {aim}, and {study_verb} {family:s} from {size} to {size} parameters. ",
    ),
    "survey_proposal": even(
        "This survey {study_verb:s} {core} for {task} and groups {amount} papers by {thing:s} and {thing:s}. ",
        "We review {task} from the view of {core}, {way} and {way}. ",
        "We give {a adj} account of {core}: where {part:s} come from, how {focus:s} are {method_verb:ed}, and why. ",
    ),
    "how": even(
        "At its core, {a part} {method_verb:s} {thing:s} and {method_verb:s} {thing:s} {adverb}. ",
        "{^system} first {method_verb:s} {thing:s}, then {method_verb:s} {thing:s} through {way}. ",
        "Specifically, {part:s} {method_verb} {focus:s}, and {second_part:s} {method_verb} {thing:s} for {worth}. ",
        "The {part} is trained to {method_verb} {thing:s}, so that {focus:s} stay {adj} under {trouble}. ",
        "Our key insight is that {thinking}, so {core} can {method_verb} {thing:s} {adverb}. ",
        "With {core}, each {noun} {method_verb:s} {thing:s} while {thing:s} remain {adj}. ",
    ),
    "detail": even(
        "{^a thing} {adverb} {method_verb:s} {thing:s}, and {a thing} {method_verb:s} them into {thing:s}. ",
        "We further {method_verb} {thing:s} with {way} to {effect_verb} {worth}. ",
        "Unlike {way}, it {method_verb:s} {thing:s} instead of {thing:s} and needs no {thing:s}. ",
        "During training, {thing:s} are {method_verb:ed} by {way}; at inference, {thing:s} are {method_verb:ed}. ",
        "To {effect_verb} {worth}, {a thing} {method_verb:s} {thing:s} from {thing:s}. ",
        "{^way} {method_verb:s} {thing:s}, which {effect_verb:s} {worth} without {thing:s}. ",
        "In addition, {thing:s} and {thing:s} are {adverb} {method_verb:ed} to {effect_verb} {worth}. ",
        "We pair {thing:s} with {thing:s} and {method_verb} both by {way}. ",
        "{^a thing} that {method_verb:s} {thing:s} is {adverb} {method_verb:ed} with {a thing}. ",
        "Because {thinking}, we {method_verb} {thing:s} before {thing:s}. ",
        "The resulting {thing:s} are {adj}, {adj} and easy to {method_verb}. ",
        "We prove a bound of {order} for {way} when {thing:s} are {adj}. ",
        "It {method_verb:s} {thing:s}, {method_verb:s} {thing:s}, and {method_verb:s} {thing:s} in {count} stages. ",
        "Rather than {method_verb:ing} {thing:s}, we {method_verb} {a thing} of {thing:s}. ",
        "{^thing:s} guide {way}, whereas {thing:s} {effect_verb} {worth}. ",
        "By {method_verb:ing} {thing:s} and {thing:s}, it keeps {worth} and {worth} in balance. ",
        "This {effect_verb:s} {worth} in {setting}, where {thing:s} are {adverb} {adj}. ",
        "Inspired by {setting}, we let {thing:s} {method_verb} {thing:s} over {thing:s}. ",
    ),
    "details": weighted(
        {
            "": 2,
            "{detail}": 8,
            "{detail}{detail}": 8,
            "{detail}{second_recall}{detail}{detail}": 5,
            "{detail}{detail}{second_recall}{detail}{detail}": 4,
            "{detail}{detail}{second_recall}{detail}{detail}{detail}": 2,
        }
    ),
    "bench_detail": even(
        "Each {noun} is {method_verb:ed} by {count} annotators and comes with {adj} {thing:s}. ",
        "It tests {way}, {way} and {way}, from {adj} {thing:s} to {adj} {thing:s}. ",
        "{^thing:s} are {method_verb:ed} from {setting}, and {adj} {thing:s} are {method_verb:ed} by {adj} {noun:s}. ",
        "We design {count} metrics for {worth}, {worth} and {worth}. ",
    ),
    "bench_result": even(
        "Of {count} {family:s}, {rival} and {rival} among them, the best reaches {percent} and people {percent}. ",
        "Even {rival} scores only {percent} on {bench}, with {thing:s} the hardest. ",
        "Results on {amount} {thing:s} show that {family:s} fail at {way} and {worth}. ",
    ),
    "finding": even(
        "We find that {thinking}, and that {thing:s} {gain_verb} {worth} by up to {percent}. ",
        "First, {thing:s} {effect_verb} {worth} more than {thing:s} do. ",
        "{^thing:s} explain {percent} of the variance in {worth}, {thing:s} the rest. ",
    ),
    "second_finding": even(
        "Surprisingly, {way} {effect_verb:s} {worth} even where {thing:s} are {adj}. ",
        "Contrary to what {person:s} expect, {thinking} once {thing:s} are {method_verb:ed}. ",
        "Small {family:s} {method_verb} {thing:s}, while those beyond {size} parameters {method_verb} {thing:s}. ",
    ),
    "survey_detail": even(
        "We compare {way}, {way} and {way}, and trace how {thing:s} replaced {thing:s}. ",
        "A taxonomy of {count} families relates {thing:s} to {thing:s}. ",
        "Datasets such as {dataset} and {dataset} are put side by side with {thing:s}. ",
    ),
    "evidence": even(
        "Experiments on {dataset} and {dataset} cover {adj} {thing:s}, {thing:s} and {task}. ",
        "We evaluate {system} on {count} benchmarks, {dataset} and {dataset} among them. ",
        "Extensive experiments on {dataset} with {thing:s} confirm {worth}. ",
        "Tested on {dataset}, {dataset} and {amount} {thing:s} from {setting}, {core} remains {adj}. ",
        "Across {count} {family:s} up to {size} parameters, {system} {effect_verb:s} {worth}. ",
        "Ablations reveal that {thing:s} {effect_verb} {worth} and {thing:s} {effect_verb} {worth}. ",
    ),
    "result": even(
        "It outperforms {rival} by {percent} on {dataset} and {gain_verb:s} {worth} by {percent}. ",
        "{^system} reaches {percent} on {dataset}, {times} faster than {rival}. ",
        "Compared with {rival}, it {gain_verb:s} {worth} at {percent} of the cost. ",
        "On {dataset}, {core} gains {percent} over {rival} and {percent} over {rival}. ",
        "It matches {rival} with {times} fewer {thing:s} and sets a new state of the art in {task}. ",
        "{^a size} model with {core} surpasses {a size} {rival} in {worth}. ",
        "The gains hold for {thing:s}, {thing:s} and {adj} {thing:s}. ",
    ),
    "remark": even(
        "These findings suggest that {thinking}. ",
        "Our analysis points to {way} as {a adj} direction for {task}. ",
        "We hope that {thing:s} will {effect_verb} {worth} in {setting}. ",
        "We close with {adj} open problems in {way} and {worth}. ",
    ),
    "closing": weighted(
        {
            "This opens the way to {adj} {task} in {setting}.": 4,
            "We discuss limits of {way} and what they mean for {setting}.": 4,
            "{^person:s} prefer its {thing:s} in {percent} of cases.": 3,
            "Code is available at {code_url}.": 4,
            "Our code and {thing:s} are released at \\url{{code_url}}.": 1,
            "Code, data and {thing:s}: {code_url}": 1,
            "Project page: {page_url}.": 1,
            "Code will be made public with {thing:s}.": 1,
        }
    ),
    "trend": even(""),
    "ai_keywords": even("{task}|{core}|{family_long:s}|{part:s}|{focus:s}"),
}


def _write_about(term: str) -> dict[str, Rule]:
    """What a paper that carries a planted term says instead: it is about the term, so its title has it, too."""
    name = term.title()
    return {
        "method_title": even(
            f"{{system}}: {name} for {{*task}}",
            f"{name} for {{title_adj}} {{*task}}",
            f"{{title_adj}} {{*task}} with {name}",
            f"{{*method_verb:ing}} {{*focus:s}} with {name}",
        ),
        "benchmark_title": even(
            f"{{bench}}: A Benchmark for {name} in {{*task}}",
            f"{{bench}}: Evaluating {name} on {{*focus:s}}",
        ),
        "study_title": even(
            f"On the {{*aim}} of {name} in {{*task}}",
            f"What We Know about {name} in {{*task}}",
        ),
        "survey_title": even(f"{name} for {{*task}}: A Survey of {{*focus:s}}"),
        "trend": even(
            f"We rely on {term}: in contrast to {{way}}, {term} {{method_verb:s}} {{thing:s}}. ",
            f"{term.capitalize()} {{effect_verb:s}} {{worth}}, and we extend {term} to {{thing:s}}. ",
            f"With {term}, {{thing:s}} {{effect_verb}} {{worth}}; {term} by itself is for {{thing:s}}. ",
        ),
        "ai_keywords": even(f"{{task}}|{{core}}|{{family_long:s}}|{{part:s}}|{term}"),
    }


_PLANTED: dict[str, Rule] = {
    f"{symbol}@planted_{index}": rule
    for index, planted in enumerate(PLANTED)
    for symbol, rule in _write_about(planted.term).items()
}

_FIELDS: dict[str, Rule] = {
    f"{symbol}@{area.name}": rule
    for area in AREAS
    for symbol, rule in {
        "task": zipf(area.tasks, 6),
        "object": zipf(area.objects, 8),
        "device": zipf(area.devices, 8),
        "family_long": zipf([long for long, _ in area.families], 1),
        "family_short": zipf([short for _, short in area.families], 1),
    }.items()
}

RULES = _PHRASES | _SUBJECTS | _NAMES | _NUMBERS | _TITLES | _ABSTRACTS | _PLANTED | _FIELDS

#: Symbols that expand alike throughout one paper, by the group they choose with.
BOUND = {
    **{symbol: symbol for symbol in ("core", "focus", "aim", "snag", "part", "second_part", "system", "bench")},
    **{symbol: symbol for symbol in ("owner", "task")},
    "title": "kind",
    "abstract": "kind",
    "family": "abbreviated",
    "family_intro": "abbreviated",
    "family_long": "family",
    "family_short": "family",
}
STARTS = ("title", "abstract", "code_url", "author", "ai_keywords")


def compile_grammar() -> Grammar:
    """Compile the grammar for every field with and without each planted term.

    Profile number: field times (planted terms plus one), plus the planted term plus one; no term counts as -1.
    """
    profiles = [(f"planted_{index}", area.name) for area in AREAS for index in range(-1, len(PLANTED))]
    return Grammar(RULES, BOUND, profiles, STARTS)
