with accepted as (
    select * from {{ ref('int_keywords__accepted') }}
),

papers_keywords as (
    select * from {{ ref('int_papers_keywords__mentioned') }}
),

dated_papers as (
    select distinct paper_number from {{ ref('int_papers__dated') }}
    where stretch_number is not null
),

mentioned as (
    select
        papers_keywords.term_hash,
        count(dated_papers.paper_number) as dated_paper_count,
        count(dated_papers.paper_number) filter (
            where papers_keywords.occurrence_count > papers_keywords.nested_occurrence_count
        ) as dated_own_paper_count,
        count(dated_papers.paper_number) filter (
            where papers_keywords.in_title
        ) as dated_title_paper_count,
        cast(count(*) as integer) as paper_count,
        cast(
            count(*) filter (
                where papers_keywords.occurrence_count > papers_keywords.nested_occurrence_count
            ) as integer
        ) as own_paper_count,
        cast(count(*) filter (where papers_keywords.in_title) as integer) as title_paper_count,
        try_cast(sum(papers_keywords.occurrence_count) as integer) as occurrence_count
    from papers_keywords
    left join dated_papers on papers_keywords.paper_number = dated_papers.paper_number
    group by papers_keywords.term_hash
),

forms as (
    select
        term_hash,
        cast(count(*) as integer) as form_count,
        bool_or(not is_abbreviation and {{ names_event('form') }}) as is_event
    from {{ ref('int_forms__mentioned') }}
    group by term_hash
),

-- Candidates are few of the uses of a word that is everywhere: only all of them show that
-- hardly a paper is about it. No paper is about the shared task that it was written for.
judged as (
    select
        accepted.*,
        mentioned.paper_count as mention_paper_count,
        mentioned.own_paper_count,
        mentioned.title_paper_count as mention_title_paper_count,
        mentioned.occurrence_count as mention_count,
        -- Whether its dated papers are enough for a trend, and what they show by themselves:
        -- undated ones must not take back a keyword with a verdict.
        mentioned.dated_paper_count >= {{ var('trend_min_papers') }}
        and {{ is_whole('mentioned.dated_own_paper_count', 'mentioned.dated_paper_count') }}
            as is_whole_where_dated,
        mentioned.dated_paper_count >= {{ var('trend_min_papers') }}
        and {{ is_in_titles('mentioned.dated_title_paper_count', 'mentioned.dated_paper_count') }}
            as is_telling_where_dated,
        forms.form_count as mentioned_form_count,
        accepted.is_topical
        and not forms.is_event
        and accepted.top_paper_count
        >= {{ var('keyword_min_mention_share') }} * mentioned.paper_count
            as is_of_papers
    from accepted
    inner join mentioned on accepted.term_hash = mentioned.term_hash
    inner join forms on accepted.term_hash = forms.term_hash
),

-- Evidence for a term grows with the papers, and that for words which only longer terms hold
-- together (`large language`) with their slips: shares tell what such a term is. A name may be
-- in the names of all its versions.
whole as (
    select * from judged
    where
        evidence = 'given'
        or (word_count = 1 and 2 * coined_count >= paper_count)
        or {{ has_digit('term') }}
        or {{ is_whole('own_paper_count', 'mention_paper_count') }}
        or is_whole_where_dated
),

-- What any paper says and none is about: experimental results, other languages.
telling as (
    select * from whole
    where
        evidence = 'given'
        or is_of_papers
        or {{ is_in_titles('mention_title_paper_count', 'mention_paper_count') }}
        or is_telling_where_dated
),

counted as (
    select
        keyword_id,
        term_hash,
        term,
        term_key,
        word_count,
        evidence,
        is_of_papers as is_topical,
        case when is_of_papers then top_paper_count else 0 end as top_paper_count,
        case when is_of_papers then reciprocal_rank else 0 end as reciprocal_rank,
        phrase_idf,
        mean_word_idf,
        mention_paper_count as paper_count,
        mention_count as occurrence_count,
        mentioned_form_count as form_count
    from telling
)

select * from counted
