-- Over 150 lines: one pass over the surroundings of names, each step of which the next needs.
{% set noun = any_kind_noun() %}
{% set end = noun_end() %}

with mentions as (
    select * from {{ ref('int_mentions__placed') }}
    where not is_nested
),

names as (
    select * from {{ ref('int_forms__found') }}
    where is_name
),

accepted as (
    select * from {{ ref('int_keywords__counted') }}
),

forms as (
    select * from {{ ref('int_forms__mentioned') }}
    where not is_abbreviation
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

known as (
    select
        kind,
        is_family,
        name as name_words,
        {{ close_words('name') }} as name_key
    from {{ ref('keyword_kinds') }}
),

-- A name that is short for a keyword says nothing of the keyword: an IR model is none of
-- information retrieval.
named as (
    select
        mentions.*,
        names.form,
        case when mentions.is_in_title then texts.title else texts.abstract end as body
    from mentions
    inner join names on mentions.form_number = names.form_number
    inner join forms
        on mentions.term_hash = forms.term_hash and names.form = forms.form
    inner join papers on mentions.paper_number = papers.paper_number
    inner join texts on papers.text_id = texts.text_id
),

-- Names with nothing but commas between them are a list, and one thing: GSM8K, MATH and
-- AIME24.
followed as (
    select
        *,
        lag(end_offset) over (
            partition by paper_number, is_in_title
            order by start_offset nulls last, end_offset nulls last, term_hash nulls last
        ) as previous_end
    from named
),

begun as (
    select
        *,
        {{ matches(
            'substr(body, previous_end + 1, greatest(0, least(start_offset - previous_end, 12)))',
            '^(?: \\([^)]{1,9}\\))?(?:, and |, | and |/| & |, or | or )$'
        ) }} as is_next
    from followed
),

surrounded as (
    select
        paper_number,
        term_hash,
        form,
        is_in_title,
        sum(case when is_next then 0 else 1 end) over (
            partition by paper_number, is_in_title
            order by start_offset nulls last, end_offset nulls last, term_hash nulls last
            rows between unbounded preceding and current row
        ) as list_number,
        substr(body, end_offset + 1, 110) as words_behind,
        substr(body, greatest(start_offset - 29, 1), least(start_offset, 30)) as words_before
    from begun
),

-- `the GSM8K benchmark`; `X, a benchmark for` and `X: A Benchmark for`; `benchmarks like X`.
told as (
    select
        *,
        {{ first_group('words_behind', '^ ' ~ noun ~ 's?' ~ end) }} as noun_behind,
        {{ matches('words_behind', '^ [^ ]*s[ .,]') }} as is_plural,
        {{ first_group(
            'words_behind',
            '^(?: \\([^()]{2,60}\\))?(?:,| is|:|, which is) (?:an?|the|our)'
            ~ '(?: [0-9A-Za-z_’.+/-]+){0,9}? ' ~ noun ~ end
        ) }} as noun_told,
        {{ first_group(
            'words_before',
            noun ~ 's?(?:,? (?:such as|like|including|e\\.g\\.,?|namely|called|named|dubbed|termed)'
            ~ '|:| \\((?:e\\.g\\.,? )?|,)(?: the)? ?$'
        ) }} as noun_before
    from surrounded
),

nouns as (
    select
        *,
        {{ kind_of_noun('noun_behind') }} as kind_behind,
        {{ kind_of_noun('noun_told') }} as kind_told,
        {{ kind_of_noun('noun_before') }} as kind_before,
        -- `a T2V model` is any of them, `the DreamID model` is one.
        is_plural or {{ matches(
            'lower(words_before)',
            '(?:^|[^a-z])(?:an?|any|each|every|most|existing|current|many|different|of|for|other|various|based'
            ~ '|trained) (?:[a-z-]+ )?$'
        ) }} as is_class
    from told
),

lists as (
    select
        paper_number,
        is_in_title,
        list_number,
        coalesce(max(kind_before), max(kind_behind)) as kind
    from nouns
    group by paper_number, is_in_title, list_number
    having count(distinct term_hash) > 1
),

votes as (
    select
        paper_number,
        term_hash,
        case
            when kind_behind not in ('model', 'method') then kind_behind
            when not is_class then kind_behind
            when not is_plural then 'class'
        end as kind,
        false as is_told
    from nouns
    union all
    select
        paper_number,
        term_hash,
        kind_before as kind,
        false as is_told
    from nouns
    union all
    select
        paper_number,
        term_hash,
        kind_told as kind,
        true as is_told
    from nouns
    union all
    select
        paper_number,
        term_hash,
        'benchmark' as kind,
        true as is_told
    from nouns
    where {{ matches('form', '[Bb]ench(?:[-+.0-9]|$)') }}
    union all
    select
        paper_number,
        term_hash,
        'model' as kind,
        true as is_told
    from nouns
    where {{ matches('form', '[0-9]B$') }}
    union all
    select
        paper_number,
        term_hash,
        'event' as kind,
        true as is_told
    from nouns
    where {{ matches('words_behind', event_behind()) }}
    union all
    select
        0 as paper_number,
        term_hash,
        'event' as kind,
        true as is_told
    from forms
    where {{ names_event('form') }}
    union all
    select
        nouns.paper_number,
        nouns.term_hash,
        lists.kind,
        false as is_told
    from nouns
    inner join lists
        on
            nouns.paper_number = lists.paper_number
            and nouns.is_in_title = lists.is_in_title
            and nouns.list_number = lists.list_number
    where lists.kind in ('benchmark', 'dataset')
),

counted as (
    select
        term_hash,
        kind,
        count(distinct paper_number) as paper_count,
        bool_or(is_told) as is_told
    from votes
    where kind is not null
    group by term_hash, kind
),

ranked as (
    select
        *,
        sum(paper_count) over (partition by term_hash) as vote_count,
        row_number() over (
            partition by term_hash order by paper_count desc nulls last, kind asc nulls last
        ) as kind_rank
    from counted
),

-- A word that a name is spelled like, as news and NEWS, is not what the name is.
spelled as (
    select
        term_hash,
        sum(
            case when {{ is_name('form') }} or {{ names_event('form') }} then paper_count else 0 end
        ) as name_paper_count,
        sum(paper_count) as form_paper_count
    from forms
    group by term_hash
),

called as (
    select
        ranked.term_hash,
        ranked.kind,
        case when ranked.is_told then 'told' else 'called' end as evidence
    from ranked
    inner join spelled on ranked.term_hash = spelled.term_hash
    where
        ranked.kind_rank = 1
        and ranked.kind <> 'class'
        and ranked.paper_count >= {{ var('kind_min_share') }} * ranked.vote_count
        and (ranked.is_told or ranked.paper_count >= {{ var('kind_min_papers') }})
        and spelled.name_paper_count
        >= {{ var('kind_min_name_share') }} * spelled.form_paper_count
),

-- By their first two letters first: to hold each keyword against each family would take longer than
-- all that is above.
matched as (
    select
        accepted.term_hash,
        known.kind
    from accepted
    inner join known on {{ close_words('accepted.term') }} = known.name_key
    union all
    select
        accepted.term_hash,
        known.kind
    from accepted
    inner join known
        on
            substr(accepted.term, 1, 2) = substr(known.name_words, 1, 2)
            and known.is_family
            and {{ begins_with('accepted.term', 'known.name_words') }}
            and {{ matches(
                'substr(accepted.term, length(known.name_words) + 1)',
                '^[0-9.]*[a-z]?(?: ' ~ variant_word() ~ ')*$'
            ) }}
),

listed as (
    select
        term_hash,
        min(kind) as kind
    from matched
    group by term_hash
),

kinded as (
    select
        accepted.term_hash,
        coalesce(listed.kind, called.kind) as kind,
        case when listed.kind is not null then 'listed' else called.evidence end
            as kind_evidence
    from accepted
    left join listed on accepted.term_hash = listed.term_hash
    left join called on accepted.term_hash = called.term_hash
    where listed.kind is not null or called.kind is not null
)

select * from kinded
