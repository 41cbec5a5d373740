-- What a form would be called as a keyword of its own leads to the keyword that has it, and what
-- has become a part of longer terms to the one that most papers have. So an id that a keyword gave
-- up is answered without a record of all ids that ever were; of one that nothing has any more
-- nothing is known.
with forms as (
    select * from {{ ref('int_forms__mentioned') }}
),

keywords as (
    select * from {{ ref('int_keywords__counted') }}
),

papers_keywords as (
    select * from {{ ref('int_papers_keywords__mentioned') }}
),

dropped as (
    select accepted.*
    from {{ ref('int_keywords__accepted') }} as accepted
    left join keywords on accepted.term_hash = keywords.term_hash
    where keywords.term_hash is null
),

parts as (
    select
        min(dropped.keyword_id) as keyword_id,
        min(dropped.term) as term,
        min({{ first_word('dropped.term') }}) as opening,
        min(dropped.word_count) as word_count,
        count(*) as paper_count
    from dropped
    inner join papers_keywords on dropped.term_hash = papers_keywords.term_hash
    group by dropped.term_hash
    having {{ is_mostly_nested(
        'count(*) filter ('
        ~ 'where papers_keywords.occurrence_count > papers_keywords.nested_occurrence_count)',
        'count(*)'
    ) }}
),

keyword_words as (
    select
        keyword_id,
        term,
        word_count,
        paper_count,
        {{ unnested_words('term') }} as word
    from keywords
),

named as (
    select
        {{ content_id('k', close_words('forms.phrase_key')) }} as old_keyword_id,
        keywords.keyword_id,
        forms.form,
        coalesce(forms.rule, 'spelling') as reason,
        forms.paper_count
    from forms
    inner join keywords on forms.term_hash = keywords.term_hash
    where {{ close_words('forms.phrase_key') }} <> keywords.term_key
    union all
    select distinct
        parts.keyword_id as old_keyword_id,
        longer.keyword_id,
        parts.term as form,
        'part' as reason,
        longer.paper_count
    from parts
    inner join keyword_words as longer
        on
            parts.opening = longer.word
            and parts.word_count < longer.word_count
            and contains(' ' || longer.term || ' ', ' ' || parts.term || ' ')
),

given_up as (
    select named.*
    from named
    left join keywords on named.old_keyword_id = keywords.keyword_id
    where keywords.keyword_id is null
),

weighed as (
    select
        old_keyword_id,
        keyword_id,
        min_by(form, (-paper_count, form)) as form,
        min_by(reason, (-paper_count, form)) as reason,
        sum(paper_count) as paper_count
    from given_up
    group by old_keyword_id, keyword_id
),

-- An abbreviation of several keywords leads to the one it stands for in most papers, and what is a
-- form of one keyword and part of another to the first.
chosen as (
    select
        *,
        row_number() over (
            partition by old_keyword_id
            order by
                (reason = 'part') asc nulls last,
                paper_count desc nulls last,
                keyword_id asc nulls last
        ) as choice
    from weighed
),

keyword_redirects as (
    select
        old_keyword_id,
        keyword_id,
        form,
        reason
    from chosen
    where choice = 1
)

select * from keyword_redirects
