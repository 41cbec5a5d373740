{#
    How two records agree in each piece of evidence, in levels: what the seed match_weights has a weight for. The columns
    are those of int_record_pairs__measured, and title_bits that of the lesser title; null where one of the two does not
    know it, and then it weighs nothing.

    A weight is log2(m / u) of Fellegi and Sunter (1969): m is how often two records of one paper agree so, u how often
    two others that are compared do. How rare a title is counts by its bits, from the bundled background: what a warehouse
    comes to hold never changes a level.
#}
{% macro match_levels() -%}
    case
        when title_relation = 'equal' and title_bits >= 2 * {{ var('match_telling_bits') }}
            then 'equal_rare'
        when title_relation = 'equal' and title_bits >= {{ var('match_telling_bits') }}
            then 'equal_telling'
        when title_relation = 'equal' then 'equal_common'
        when title_relation = 'spelling' then 'spelling'
        -- Where abstracts are known, titles as long as these are no more than that: tasks that many papers share.
        when crowded_start >= {{ var('match_telling_words') }} and abstract_similarity is null
            then 'crowded_start'
        when title_relation = 'subtitle' then 'subtitle'
        when title_relation = 'far' then 'far'
        when title_similarity >= {{ var('match_near_title') }} then 'near'
        else 'half'
    end as title_level,
    case
        when abstract_similarity >= {{ var('match_same_abstract') }} then 'same'
        when abstract_similarity >= {{ var('match_renamed_abstract') }} then 'renamed'
        when abstract_similarity >= {{ var('match_close_abstract') }} then 'close'
        when abstract_similarity >= {{ var('match_near_abstract') }} then 'near'
        when abstract_similarity >= {{ var('match_far_abstract') }} then 'unclear'
        when abstract_similarity is not null then 'far'
    end as abstract_level,
    case
        when author_similarity >= 1 then 'all'
        when author_similarity >= {{ var('match_near_authors') }} then 'near'
        when author_similarity >= {{ var('match_like_authors') }} then 'like'
        when author_similarity >= {{ var('match_far_authors') }} then 'few'
        when author_similarity is not null then 'other'
    end as author_level,
    case
        when year_gap = 0 then 'equal'
        when year_gap = 1 then 'next'
        when year_gap is not null then 'other'
    end as year_level
{%- endmacro %}

{# What of the evidence two records both know, as the seed match_weights names its thresholds. #}
{% macro known_evidence() -%}
    'titles'
    || case when abstract_level is not null then '_abstracts' else '' end
    || case when author_level is not null then '_authors' else '' end
    || case when year_level is not null then '_years' else '' end
{%- endmacro %}
