-- What two records have in common never changes, so it is kept: a new dump costs its own
-- pairs. A change of the rules, or of what texts are fingerprinted by, measures anew.
-- The rest goes in a transaction before: DuckDB alters no table that it has just deleted from.
-- Long, but one grain: a table of titles and one of abstracts would have to be kept as well.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook={
        'sql': "{% if is_incremental() %}delete from {{ this }} where rules_version <> '" ~ match_rules_version() ~ "'{% endif %}",
        'transaction': false,
    },
) }}

with pairs as (
    select * from {{ ref('int_records__paired') }}
),

records as (
    select * from {{ ref('int_records__described') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

fingerprints as (
    select * from {{ ref('stg_fingerprints') }}
),

named as (
    select
        pairs.first_number,
        pairs.second_number,
        a.record_id as first_record_id,
        b.record_id as second_record_id,
        a.text_version
    from pairs
    inner join records as a on pairs.first_number = a.record_number
    inner join records as b on pairs.second_number = b.record_number
),

new_pairs as (
    select named.* from named
    {% if is_incremental() %}
        left join {{ this }} as known
            on
                named.first_record_id = known.first_record_id
                and named.second_record_id = known.second_record_id
                and named.text_version = known.text_version
        where known.first_record_id is null
    {% endif %}
),

sides as (
    select
        new_pairs.first_record_id,
        new_pairs.second_record_id,
        new_pairs.text_version,
        a.text_id as first_text_id,
        b.text_id as second_text_id,
        a.title_key as first_key,
        b.title_key as second_key,
        a.title_marks as first_marks,
        b.title_marks as second_marks,
        a.title_core as first_core,
        b.title_core as second_core,
        {{ split_words('a.title_core') }} as first_words,
        {{ split_words('b.title_core') }} as second_words,
        a.title_prefix as first_prefix,
        b.title_prefix as second_prefix,
        a.author_words as first_authors,
        b.author_words as second_authors,
        a.author_names as first_names,
        b.author_names as second_names,
        least(a.title_bits, b.title_bits) as title_bits,
        -- One title is the beginning of the other, and says that it breaks off.
        (a.is_title_cut and {{ begins_with('b.title_key', 'a.title_key') }})
        or (b.is_title_cut and {{ begins_with('a.title_key', 'b.title_key') }}) as is_cut_title,
        a.arxiv_id = b.arxiv_id as is_same_id,
        a.doi = b.doi as is_same_doi,
        coalesce(a.title_notice in ('erratum', 'retraction', 'translation'), false)
        <> coalesce(b.title_notice in ('erratum', 'retraction', 'translation'), false)
        or coalesce(
            a.title_notice <> b.title_notice
            and a.title_notice in ('erratum', 'retraction', 'translation'), false
        ) as has_other_notice,
        -- Where a column is empty, its value may stand in the title.
        {{ misplaced_words('a', 'b') }} as first_misplaced,
        {{ misplaced_words('b', 'a') }} as second_misplaced,
        abs(a.published_year - b.published_year) as year_gap,
        cast(a.published_year as string) as first_year,
        cast(b.published_year as string) as second_year,
        a.abstract_hash = b.abstract_hash as is_same_abstract,
        a.language = b.language as is_same_language
    from new_pairs
    inner join records as a on new_pairs.first_number = a.record_number
    inner join records as b on new_pairs.second_number = b.record_number
),

differing as (
    select
        *,
        {% for one, other in [('first', 'second'), ('second', 'first')] %}
            {{ list_without(
                list_without(one ~ '_words', other ~ '_words'), one ~ '_misplaced'
            ) }} as {{ one }}_only,
            {{ list_without(
                list_without(split_words(one ~ '_marks'), split_words(other ~ '_marks')),
                one ~ '_misplaced'
            ) }} as {{ one }}_only_marks,
            {{ count_shared(one ~ '_words', one ~ '_misplaced') }} as {{ one }}_moved,
        {% endfor %}
        {{ count_shared('first_words', 'second_words') }} as shared_count,
        -- Of titles with more in them than a title, how they begin may be the title.
        case
            when
                greatest({{ list_length('first_words') }}, {{ list_length('second_words') }})
                >= {{ var('match_crowded_words') }}
                and ({{ has_venue('first_core') }} or {{ has_venue('second_core') }})
                then {{ count_leading('first_words', 'second_words') }}
            else 0
        end as leading_count,
        least({{ list_length('first_words') }}, {{ list_length('second_words') }}) as shorter_count,
        first_key = second_key
        or replace(first_key, ' ', '') = replace(second_key, ' ', '') as is_same_title
    from sides
),

titled as (
    select
        *,
        {{ joined_words('first_only') }} as first_rest,
        {{ joined_words('second_only') }} as second_rest,
        shared_count + {{ list_length('first_only') }} + {{ list_length('second_only') }}
            as union_count,
        -- It is, where the shorter title says hardly more, or has itself more in it.
        case
            when
                leading_count >= {{ var('match_telling_words') }}
                and (
                    leading_count >= shorter_count - 1
                    or (
                        shorter_count >= {{ var('match_crowded_words') }}
                        and leading_count * 3 >= shorter_count
                    )
                )
                then leading_count
            else 0
        end as crowded_start,
        {{ joined_words('first_only_marks') }} as first_rest_marks,
        {{ joined_words('second_only_marks') }} as second_rest_marks,
        -- Cited titles may start with an author's name and initials.
        coalesce({{ count_shared('first_only', 'second_authors') }}, 0)
        + coalesce({{ count_shared('second_only', 'first_authors') }}, 0)
        > 0 as has_author_words
    from differing
),

related as (
    select
        *,
        -- Numbers or letters on both sides, numbers on one, nothing but such marks on one, or
        -- a single letter in front.
        not is_same_title
        and not coalesce(is_cut_title, false)
        and first_marks <> second_marks
        -- Initials are no marks where names stand in a title.
        and (
            first_moved + second_moved = 0
            or (first_moved + second_moved = 1 and first_rest_marks || second_rest_marks <> '')
            or {{ has_digit('first_rest_marks || second_rest_marks') }}
        )
        -- Numbers on both sides tell tasks and years of one series apart, however their titles go.
        and (
            shared_count * 2 >= union_count
            or ({{ has_digit('first_rest_marks') }} and {{ has_digit('second_rest_marks') }})
        )
        and (
            (first_rest_marks <> '' and second_rest_marks <> '')
            or (
                (first_marks = '' or second_marks = '')
                and (
                    not has_author_words
                    or {{ has_digit('first_rest_marks || second_rest_marks') }}
                )
            )
            or {{ list_length('first_only') }} + {{ list_length('second_only') }}
            <= case
                when first_rest_marks = '' then 0 else {{ list_length('first_only_marks') }}
            end
            + case
                when second_rest_marks = '' then 0 else {{ list_length('second_only_marks') }}
            end
            or (
                not has_author_words
                and {{ first_word('first_core') }} <> {{ first_word('second_core') }}
                and least(
                    length({{ first_word('first_core') }}),
                    length({{ first_word('second_core') }})
                ) = 1
            )
        ) as has_other_marks,
        -- B-PROP and PROP, unsupervised and supervised, C++ and C: something glued on.
        not is_same_title
        and (
            coalesce(first_prefix || ' ' || second_key = first_key, false)
            or coalesce(second_prefix || ' ' || first_key = second_key, false)
            or (
                {{ list_length('first_only') }} = 1
                and {{ list_length('second_only') }} = 1
                and (
                    {{ ends_with('first_rest', 'second_rest') }}
                    or {{ ends_with('second_rest', 'first_rest') }}
                    or replace(first_rest, '+', '') = replace(second_rest, '+', '')
                )
            )
        ) as has_other_prefix
    from titled
),

titles as (
    select
        *,
        case
            when is_same_title then 'equal'
            when (first_rest = '' and second_rest = '') or is_cut_title then 'spelling'
            when
                first_rest <> '' and second_rest <> ''
                and least(length(first_rest), length(second_rest)) >= 4
                and {{ edit_distance('first_rest', 'second_rest') }} <= greatest(
                    1, floor(greatest(length(first_rest), length(second_rest)) / 5)
                )
                and not has_other_prefix
                then 'spelling'
            when (first_rest = '' or second_rest = '') and shared_count >= 2
                then 'subtitle'
            when
                shared_count * 2 >= union_count
                or crowded_start >= {{ var('match_telling_words') }}
                then 'near'
            else 'far'
        end as title_relation,
        case
            when is_same_title then 1e0
            else {{ rounded('shared_count * 1e0 / union_count', 4) }}
        end as title_similarity
    from related
),

-- Words are counted only where they decide or explain: of far titles, where the abstracts
-- have a stretch in common.
told as (
    select
        titles.*,
        case
            when
                titles.is_same_abstract = false
                and titles.first_text_id <> titles.second_text_id
                and (
                    titles.title_relation <> 'far'
                    or (
                        titles.is_same_id is null
                        and {{ count_shared_of_sets('a.abstract_blocks', 'b.abstract_blocks') }}
                        > 0
                    )
                )
                then titles.first_text_id
        end as open_text_id
    from titles
    inner join fingerprints as a on titles.first_text_id = a.text_id
    inner join fingerprints as b on titles.second_text_id = b.text_id
),

open_texts as (
    select open_text_id as text_id from told
    where open_text_id is not null
    union
    select second_text_id as text_id from told
    where open_text_id is not null
),

abstracts as (
    select
        open_texts.text_id,
        {{ word_numbers('texts.abstract', 3) }} as words
    from open_texts
    inner join texts on open_texts.text_id = texts.text_id
),

abstracts_shared as (
    select
        told.*,
        case
            when told.is_same_abstract then 1000
            when
                told.is_same_language = false or a.words is null or b.words is null
                then null
            else least({{ list_length('a.words') }}, {{ list_length('b.words') }})
        end as abstract_words,
        case
            when told.is_same_abstract then 1000
            else {{ count_shared_of_sets('a.words', 'b.words') }}
        end as abstract_shared,
        -- The smaller of two is that of one alone where the other is null.
        case
            when
                told.first_authors is not null and told.second_authors is not null
                then least(
                    {{ list_length('told.first_authors') }},
                    {{ list_length('told.second_authors') }}
                )
        end as author_word_count,
        {{ count_shared_of_sets('told.first_authors', 'told.second_authors') }}
            as author_words_shared,
        least({{ list_length('told.first_names') }}, {{ list_length('told.second_names') }})
            as author_count,
        greatest({{ list_length('told.first_names') }}, {{ list_length('told.second_names') }})
            as other_author_count,
        -- What the title of one has of the other's authors.
        case
            when told.first_authors is null and told.second_authors is not null
                then
                    {{ count_shared('told.first_misplaced', 'told.first_words') }} * 1e0
                    / {{ list_length('told.second_authors') }}
            when told.second_authors is null and told.first_authors is not null
                then
                    {{ count_shared('told.second_misplaced', 'told.second_words') }} * 1e0
                    / {{ list_length('told.first_authors') }}
        end as misplaced_share,
        a.words as first_abstract,
        b.words as second_abstract
    from told
    left join abstracts as a on told.open_text_id = a.text_id
    left join abstracts as b
        on case when told.open_text_id is not null then told.second_text_id end = b.text_id
),

-- What costs most is asked last, and only where it can tell: names of nobody in common have no
-- words in common, and what titles are about is of no matter where abstracts are far apart.
answered as (
    select
        *,
        case
            when abstract_words >= {{ var('match_min_abstract_words') }}
                then {{ rounded('abstract_shared * 1e0 / abstract_words', 4) }}
        end as abstract_similarity,
        -- Each way round, since one name may be like two of the other list.
        case
            when author_words_shared > 0
                then least(
                    {{ count_people('first_names', 'second_names') }},
                    {{ count_people('second_names', 'first_names') }}
                )
            else 0
        end as people_shared
    from abstracts_shared
),

subjects as (
    select
        *,
        {% for one, other in [('first', 'second'), ('second', 'first')] %}
            -- Words that a title has for itself, and that its own abstract alone has.
            case
                when abstract_similarity >= {{ var('match_close_abstract') }}
                    then {{ count_shared(
                        list_without(text_numbers(one ~ '_only'), other ~ '_abstract'),
                        one ~ '_abstract'
                    ) }}
            end as {{ one }}_subject{% if not loop.last %},{% endif %}
        {% endfor %}
    from answered
),

measured as (
    select
        first_record_id,
        second_record_id,
        text_version,
        '{{ match_rules_version() }}' as rules_version,
        is_same_id,
        is_same_doi,
        has_other_notice,
        title_relation,
        title_similarity,
        title_bits,
        has_other_marks,
        has_other_prefix,
        first_rest,
        second_rest,
        {{ list_length('first_words') }} as first_count,
        {{ list_length('second_words') }} as second_count,
        crowded_start,
        abstract_similarity,
        -- People, or else words of their names: a family name alone is not half of a person, and
        -- nobody's where lists of several have nobody in common, unless it may be by nicknames.
        case
            when
                author_word_count > 0
                and people_shared = 0
                and other_author_count > 1
                and (
                    author_count < other_author_count or author_words_shared < author_count
                )
                then 0e0
            when author_word_count > 0
                then {{ rounded(
                    'greatest(people_shared * 1e0 / author_count,'
                    ~ ' least(author_words_shared * 1e0 / author_word_count, 0.4e0))', 4
                ) }}
            when misplaced_share >= {{ var('match_near_authors') }}
                then {{ rounded('least(misplaced_share, 1e0)', 4) }}
        end as author_similarity,
        coalesce(
            year_gap,
            case
                when
                    first_year is null
                    and {{ has_item('first_words', 'second_year') }}
                    or second_year is null
                    and {{ has_item('second_words', 'first_year') }}
                    then 0
            end
        ) as year_gap,
        least(first_subject, second_subject) as subject_words,
        greatest(first_subject, second_subject) as own_words,
        first_rest = '' and {{ ends_with('second_key', "' ' || first_key") }}
        or second_rest = '' and {{ ends_with('first_key', "' ' || second_key") }}
            as is_named
    from subjects
)

select * from measured
