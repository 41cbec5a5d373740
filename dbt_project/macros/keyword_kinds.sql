-- noqa: disable=LT02,LT05
{#
    What papers call a thing: nouns of each kind, in the singular, and where a phrase ends behind them.

    No engine's syntax is in here but that of regular expressions (RE2), which name no group and look nowhere.
#}

{# Nouns of a kind, as an alternative of a regular expression. #}
{% macro kind_nouns(kind) -%}
    {{- return({
        'benchmark': 'benchmark|test ?bed|leaderboard',
        'dataset': 'data ?set|corpus',
        'model': '(?:large |vision[- ]|multi-?modal |language |foundation |diffusion |reasoning |reward |embedding )*'
            ~ '(?:model|LLM|MLLM|LMM|VLM)',
        'metric': 'metric',
        'method': 'method|algorithm|framework|technique|optimizer|approach|pipeline',
    }[kind]) -}}
{%- endmacro %}

{% macro any_kind_noun() -%}
    {%- set nouns = [] -%}
    {%- for kind in ['benchmark', 'dataset', 'model', 'metric', 'method'] -%}
        {%- do nouns.append(kind_nouns(kind)) -%}
    {%- endfor -%}
    {{- return('(' ~ nouns | join('|') ~ ')') -}}
{%- endmacro %}

{# What may follow the noun that a phrase is about: `model` is that of `a model for`, not that of `a model zoo`. #}
{% macro noun_end() -%}
    {{- return(
        '(?: (?:that|which|for|to|of|with|by|in|on|as|and|at|from|comprising|containing|consisting|covering|spanning'
        ~ '|featuring|designed|built|based|trained|tailored|specifically|aimed|where|using|capable|leveraging|while|we'
        ~ '|is|are|was|has|shows?|demonstrate)(?:[^0-9A-Za-z_]|$)|[,.;:()]|$)'
    ) -}}
{%- endmacro %}

{# The kind that a noun says, null for none. #}
{% macro kind_of_noun(noun) -%}
    case
        when {{ noun }} = '' then null
        {% for kind in ['benchmark', 'dataset', 'metric', 'method'] -%}
            when {{ matches(noun, '^(?:' ~ kind_nouns(kind) ~ ')$') }} then '{{ kind }}'
        {% endfor -%}
        else 'model'
    end
{%- endmacro %}

{#
    A name: every word is coined (GSM8K, LoRA, GPT-4) or a number or a name of a variant. What is `LLM-based` is none,
    nor are sizes (`14M–6.9B`).
#}
{% macro is_name(form) -%}
    {%- set coined = '[^ ]*(?:\\p{Lu}[^ -]*[\\p{Lu}0-9]|\\p{Ll}\\p{Lu}|\\p{Lu}\\p{L}*-?[0-9])[^ ]*' -%}
    (
        {{ matches(form, '^' ~ coined ~ '(?: (?:' ~ coined ~ '|[0-9.]+|Pro|Verified|Lite|Bench))*$') }}
        and not {{ matches(form, '-(?:based|specific|level|driven|guided|style|like|powered|enhanced|generated|only|free)$') }}
        and not {{ matches(form, '^[0-9.]+[BMKT](?:[-–][0-9.]+[BMKT])*$') }}
    )
{%- endmacro %}

{# A word of a folded term that names a version, a size or a variant of a model. #}
{% macro variant_word() -%}
    {{- return(
        '(?:v?[0-9][0-9a-z.]*|[a-eg-z][0-9][0-9.]*|vl|math|coder|code|instruct|chat|turbo|mini|pro|flash|sonnet|opus|haiku|preview|distill'
        ~ '|large|small|medium|base|next|max|plus|ultra|nano|xl|omni|vision|thinking|zero|video|onevision|qwen|llama|neo)'
    ) -}}
{%- endmacro %}

{# Whether a form names where papers are sent, and not what they are about: a shared task or a workshop. #}
{% macro names_event(form) -%}
    {{ matches(
        form,
        '(?i)^(?:workshop|conference|symposium) (?:on|for) |(?:^| )(?:workshop|symposium|shared task)s?$'
        ~ '| task [0-9]+[a-z]?$|(?:19|20)[0-9]{2} tasks?$'
    ) }}
{%- endmacro %}

{# What follows the name of one: `SemEval-2023 Task 4`, `the KettleMT shared task`. #}
{% macro event_behind() -%}
    {{- return(
        '^(?:[- ]?(?:(?:19|20)?[0-9]{2}))?(?: Task [0-9]| [Ss]hared [Tt]asks?(?:[^a-z]|$)| [Ww]orkshop(?:[^a-z]|$))'
    ) -}}
{%- endmacro %}
