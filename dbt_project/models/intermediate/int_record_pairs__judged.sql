-- Long, but one grain: the rules of a verdict in the order they are asked, each with its reason.
with pairs as (
    select * from {{ ref('int_records__paired') }}
),

records as (
    select * from {{ ref('int_records__described') }}
),

weights as (
    select * from {{ ref('match_weights') }}
),

-- Of what was ever compared, the pairs of today.
compared as (
    select
        pairs.first_number,
        pairs.second_number,
        measures.*
    from pairs
    inner join records as a on pairs.first_number = a.record_number
    inner join records as b on pairs.second_number = b.record_number
    inner join {{ ref('int_record_pairs__measured') }} as measures
        on
            a.record_id = measures.first_record_id
            and b.record_id = measures.second_record_id
            and a.text_version = measures.text_version
),

levelled as (
    select
        *,
        {{ match_levels() }}
    from compared
    where
        title_relation <> 'far'
        or abstract_similarity >= {{ var('match_near_abstract') }}
        or is_same_id
        or is_same_doi
),

valued as (
    select
        levelled.*,
        {% for evidence in ['title', 'abstract', 'author', 'year'] %}
            {{ evidence }}_weights.weight as {{ evidence }}_weight,
        {% endfor %}
        {{ rounded(
            'coalesce(title_weights.weight, 0) + coalesce(abstract_weights.weight, 0)'
            ~ ' + coalesce(author_weights.weight, 0) + coalesce(year_weights.weight, 0)', 2
        ) }} as weight,
        thresholds.weight as enough_weight
    from levelled
    {% for evidence in ['title', 'abstract', 'author', 'year'] %}
        left join weights as {{ evidence }}_weights
            on
                {{ evidence }}_weights.evidence = '{{ evidence }}'
                and levelled.{{ evidence }}_level = {{ evidence }}_weights.level
    {% endfor %}
    left join weights as thresholds
        on
            thresholds.evidence = 'enough'
            and {{ known_evidence() }} = thresholds.level
),

weighed as (
    select
        *,
        coalesce(abstract_similarity >= {{ var('match_near_abstract') }}, false)
            as has_near_abstract,
        coalesce(abstract_similarity < {{ var('match_far_abstract') }}, false)
            as has_far_abstract,
        coalesce(
            author_similarity >= {{ var('match_near_authors') }}
            or (author_similarity >= {{ var('match_like_authors') }} and year_gap = 0), false
        ) as has_same_authors,
        coalesce(author_similarity < {{ var('match_far_authors') }}, false)
            as has_other_authors,
        coalesce(year_gap > {{ var('match_max_year_gap') }}, false) as has_other_year,
        -- Of titles that are only near one word each tells, Tuvan and Nahuatl: of twelve such
        -- pairs of conferences whose abstracts are close, nine are two papers.
        coalesce(
            subject_words
            >= case when title_relation = 'near' then 1 else {{ var('match_subject_words') }} end,
            false
        ) as has_other_subject,
        least(
            {{ count_items(split_words('first_rest')) }},
            {{ count_items(split_words('second_rest')) }}
        ) >= {{ var('match_subject_words') }} as has_other_words,
        least(first_count, second_count) as shorter_count,
        -- Catalogues print an abstract under two papers by mistake: of 13 such pairs of one year in
        -- the ACL Anthology whose titles share less than a fifth of their words none was one paper.
        coalesce(year_gap is not null and title_similarity < {{ var('match_like_title') }}, false)
        and not coalesce(author_similarity >= {{ var('match_near_authors') }}, false)
            as has_unlike_title,
        coalesce(abstract_similarity >= {{ var('match_same_abstract') }}, false)
            as has_same_abstract,
        -- Titles of few or common words are carried by different works, and authors who only
        -- share a name may be others: something must agree.
        coalesce(abstract_similarity >= {{ var('match_renamed_abstract') }}, false)
        or coalesce(author_similarity >= {{ var('match_near_authors') }}, false)
        or (
            title_bits
            + case when year_gap = 0 then {{ var('match_year_bits') }} else 0 end
            >= {{ var('match_telling_bits') }}
            and (author_similarity is null or coalesce(year_gap = 0, false))
        ) as is_telling
    from valued
),

-- The first rule that applies decides.
ruled as (
    select
        *,
        case
            when is_same_id then 'same_external_id'
            when is_same_id = false then 'other_external_id'
            when has_other_notice then 'other_notice'
            when
                has_other_marks
                and not (
                    has_same_abstract
                    and coalesce(is_named, false)
                    and not {{ has_digit('first_rest || second_rest') }}
                )
                then 'other_marks'
            when has_other_prefix and not has_same_abstract then 'other_prefix'
            when
                is_same_doi
                and (
                    title_relation <> 'far'
                    or has_near_abstract
                    or first_rest = ''
                    or second_rest = ''
                )
                then 'same_doi'
            when has_other_authors and has_other_year then 'other_authors_and_year'
            when has_near_abstract and title_relation = 'equal' and is_telling
                then 'equal_title'
            when has_near_abstract and has_other_authors
                then 'near_abstract_other_authors'
            when has_near_abstract and title_relation = 'spelling' and is_telling
                then 'near_title'
            when
                has_near_abstract
                and title_relation in ('equal', 'spelling')
                and not is_telling
                then 'common_title'
            when
                title_relation <> 'far'
                and abstract_similarity >= {{ var('match_close_abstract') }}
                and not has_other_subject
                and weight > {{ var('match_contrary_weight') }}
                then 'near_title'
            when
                has_same_abstract
                and not coalesce(own_words >= {{ var('match_subject_words') }}, false)
                and not has_unlike_title
                then 'near_abstract'
            when has_near_abstract then 'near_abstract_other_title'
            when
                has_far_abstract
                and title_relation = 'equal'
                and has_same_authors
                and not has_other_year
                and title_bits >= {{ var('match_telling_bits') }}
                then 'equal_title_and_authors'
            when has_far_abstract then 'other_abstract'
            when has_other_authors then 'other_authors'
            when title_relation = 'far' then 'other_title'
            when has_other_year then 'other_year'
            when title_relation in ('equal', 'spelling') and not is_telling
                then 'common_title'
            when title_relation = 'equal' then 'equal_title'
            when
                title_relation = 'spelling'
                and (
                    has_same_authors
                    or abstract_similarity is not null
                    -- A title that says it is cut: what is left of it is the other's beginning.
                    or (first_rest = '') <> (second_rest = '')
                    or shorter_count >= {{ var('match_telling_words') }}
                )
                then 'near_title'
            -- Too long for a title alone: names and venue stand in it.
            when
                abstract_similarity is null
                and title_relation = 'subtitle'
                and shorter_count >= {{ var('match_crowded_words') }}
                and author_similarity is null
                and year_gap = 0
                then 'near_title'
            when
                has_same_authors
                and (
                    title_relation = 'subtitle'
                    or (
                        title_similarity >= {{ var('match_near_title') }}
                        and not has_other_words
                    )
                )
                then 'near_title_and_authors'
            -- People of one year write several papers, whose titles name what each is about.
            when
                title_relation = 'near'
                and has_other_words
                and has_same_authors
                and crowded_start < {{ var('match_telling_words') }}
                and not {{ has_venue("' ' || first_rest || ' ' || second_rest") }}
                then 'near_title_alone'
            -- No rule says more: then the sum of all there is.
            when weight >= enough_weight then 'enough_evidence'
            else 'near_title_alone'
        end as rule
    from weighed
),

judged as (
    select
        first_number,
        second_number,
        rule,
        case
            when
                rule in (
                    'same_external_id', 'same_doi', 'equal_title', 'near_title', 'near_abstract',
                    'equal_title_and_authors', 'near_title_and_authors', 'enough_evidence'
                )
                then 'same'
            when rule in ('other_marks', 'other_prefix') and has_near_abstract
                then 'unsure'
            when
                rule in (
                    'near_abstract_other_authors', 'near_abstract_other_title',
                    'near_title_alone', 'common_title'
                )
                then 'unsure'
            else 'different'
        end as verdict,
        title_relation,
        title_similarity,
        abstract_similarity,
        author_similarity,
        cast(year_gap as integer) as year_gap,
        first_rest as first_only_words,
        second_rest as second_only_words,
        title_level,
        abstract_level,
        author_level,
        year_level,
        title_weight,
        abstract_weight,
        author_weight,
        year_weight,
        weight,
        enough_weight,
        {{ rounded(
            "case when is_same_id then 1e0 else 0e0 end"
            ~ " + case when title_relation = 'equal' then 0.1e0 else 0e0 end"
            ~ " + title_similarity + coalesce(abstract_similarity, 0.5e0)"
            ~ " + 0.5e0 * coalesce(author_similarity, 0.5e0)", 4
        ) }} as score
    from ruled
)

select * from judged
