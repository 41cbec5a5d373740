-- What a form would be called as a keyword of its own leads to the keyword that has it. So an id
-- that a keyword gave up, since its name is another's form by now, is answered without a record
-- of all ids that ever were; of one that nothing has any more nothing is known.
with forms as (
    select * from {{ ref('int_forms__mentioned') }}
),

keywords as (
    select * from {{ ref('int_keywords__counted') }}
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

-- An abbreviation of several keywords leads to the one it stands for in most papers.
chosen as (
    select
        *,
        row_number() over (
            partition by old_keyword_id
            order by paper_count desc, keyword_id asc
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
