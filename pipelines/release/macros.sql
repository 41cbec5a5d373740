-- Macros of the published database, for analysts: from search_papers('...'), keyword_trend('...'), ...
-- Created in its schema main, with everything they need inside the file. Each comment becomes the macro's own.
-- `macros.py` writes them out for attached files: there each has a parameter `db`, and `own` is one row where the tables
-- that are read are those of the macro's release or of the file that `db` names.

-- A text as the search index reads it: lower case, no accents, a space for what is neither letter nor digit, and around
-- a run of characters that no spaces part into words.
create macro search_fold(text) as
    trim(
        regexp_replace(
            regexp_replace(
                strip_accents(lower(text)), '[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー]+', ' \0 ', 'g'
            ),
            '[^\p{L}\p{N}]+', ' ', 'g'
        )
    );

-- The words that a folded word is asked for by: itself, or of a run of Chinese, Japanese or Korean its pairs of neighbours.
create macro search_words(word) as
    case
        when length(word) > 1 and regexp_matches(word, '[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー]')
            then list_transform(range(1, length(word)), lambda i: substr(word, i, 2))
        else [word]
    end;

-- The search term of a folded word: without the ending of a plural (Harman 1991).
create macro search_term(word) as
    case
        when length(word) <= 3 then word
        when regexp_matches(word, 'ies$') and not regexp_matches(word, '[ea]ies$')
            then regexp_replace(word, 'ies$', 'y')
        when regexp_matches(word, 'es$') and not regexp_matches(word, '[aeo]es$')
            then regexp_replace(word, 'es$', 'e')
        when regexp_matches(word, 's$') and not regexp_matches(word, '[us]s$')
            then regexp_replace(word, 's$', '')
        else word
    end;

-- The number of a search term in search.terms and search.postings.
create macro search_term_id(term) as
    cast('0x' || substr(md5(term), 1, 15) as bigint);

-- Papers that match the words of a text, best first (BM25, words of the title weighted), with the words each one matches.
-- search_papers('video diffusion', top := 50) gives more than 20.
create macro search_papers(text, top := 20) as table
    with words as (
        select unnest(flatten(list_transform(string_split(search_fold(text), ' '), lambda w: search_words(w)))) as word
        from own
    ),
    query as (
        select
            min(word) as word,
            terms.term_id,
            round(1000 * terms.idf) as weight,
            terms.max_impact,
            row_number() over (order by terms.term_id) - 1 as number
        from words
        inner join search.terms on terms.term_id = search_term_id(search_term(word))
        group by terms.term_id, terms.idf, terms.max_impact
        order by terms.idf desc, terms.term_id
        limit 60
    ),
    -- What more a paper can have whose rarest word of the query is this one (Turtle and Flood 1995).
    bounded as (
        select
            term_id,
            weight,
            cast(number as tinyint) as number,
            coalesce(
                sum(weight * max_impact) over (
                    order by weight desc, term_id rows between 1 following and unbounded following
                ),
                0
            ) as at_most
        from query
    ),
    -- Points are whole numbers that a double holds exactly, and adds up faster than a bigint.
    matches as materialized (
        select
            postings.paper_number,
            postings.impact * bounded.weight as points,
            bounded.at_most,
            bounded.number
        from search.postings
        inner join bounded on postings.term_id = bounded.term_id
    ),
    sampled as (
        select sum(points) as points
        from matches
        where paper_number <= 40000
        group by paper_number
        order by points desc
        limit 1 offset greatest(coalesce(top, 1000000000), 1) - 1
    ),
    -- So many papers of a sample have at least these points, and so the best of all have, too.
    floor as (
        select coalesce(max(points), 0) as points from sampled
    ),
    possible as (
        select matches.paper_number from matches inner join floor on matches.points + matches.at_most >= floor.points
    ),
    best as (
        select
            paper_number,
            sum(points) as points,
            bit_or(cast(1 as bigint) << number) as found
        from matches
        where paper_number in (select possible.paper_number from possible)
        group by paper_number
        order by points desc, paper_number
        limit top
    ),
    asked as (
        select list(word order by number) as all_words from query
    )
    select
        row_number() over (order by best.points desc, best.paper_number) as rank,
        papers.paper_id,
        papers.title,
        round(best.points / 1000000, 3) as score,
        list_sort(list_filter(asked.all_words, lambda w, i: (best.found >> (i - 1)) & 1 = 1)) as matched_words,
        papers.arxiv_id,
        papers.published_on,
        papers.code_url
    from best
    cross join asked
    inner join search.numbered_papers as papers on best.paper_number - 1 = papers.paper_index
    order by rank;

-- The keywords that are called so, in any of their forms or by their id; case does not matter.
create macro find_keywords(name) as table
    with asked as (
        select lower(trim(name)) as wanted from own
    )
    select k.keyword_id, k.keyword, k.paper_count
    from asked
    inner join marts.keywords as k
        on
            lower(k.keyword) = asked.wanted
            or k.keyword_id = asked.wanted
            or k.keyword_id in (
                select f.keyword_id from marts.keyword_forms as f where lower(f.form) = asked.wanted
            )
    order by k.paper_count desc, k.keyword_id;

-- A keyword month by month: papers, share with its interval, verdict and why. Any form of the keyword will do. Months that
-- marts.keyword_trends_by_month has no row of, since the keyword is in none of their papers and in too few around them, are
-- here all the same.
create macro keyword_trend(keyword) as table
    with found as (
        select f.keyword_id from find_keywords(keyword) as f
    ),
    told as (
        select t.*
        from marts.keyword_trends_by_month as t
        where t.keyword_id in (select found.keyword_id from found)
    ),
    begun as (
        select told.keyword_id, told.keyword as label, told.date_basis, min(told.period_start_on) as first_on
        from told
        group by all
    ),
    months as (
        select distinct m.date_basis, m.period_start_on, m.period_paper_count, m.is_complete, m.is_latest
        from marts.keyword_trends_by_month as m
        where m.date_basis in (select begun.date_basis from begun)
    )
    select
        begun.label as keyword,
        begun.date_basis,
        months.period_start_on,
        coalesce(told.keyword_paper_count, 0) as keyword_paper_count,
        months.period_paper_count,
        coalesce(told.keyword_share, if(months.period_paper_count > 0, 0e0, null)) as keyword_share,
        -- Wilson's interval of none of so many.
        coalesce(told.share_low, if(months.period_paper_count > 0, 0e0, null)) as share_low,
        coalesce(
            told.share_high,
            if(
                months.period_paper_count > 0,
                round(3.8414588206e0 / (months.period_paper_count + 3.8414588206e0), 10),
                null
            )
        ) as share_high,
        told.q_value,
        coalesce(told.verdict, 'insufficient_support') as verdict,
        coalesce(
            told.because,
            '0 of ' || months.period_paper_count
            || ' papers in this month, and too few in the months before it for a comparison.'
        ) as because,
        months.is_complete,
        months.is_latest,
        told.since_on
    from begun
    inner join months on begun.date_basis = months.date_basis and begun.first_on <= months.period_start_on
    left join told
        on
            begun.keyword_id = told.keyword_id
            and begun.date_basis = told.date_basis
            and months.period_start_on = told.period_start_on
    order by begun.keyword_id, begun.date_basis, months.period_start_on;

-- What the months say of each keyword, once for each date basis: the latest complete month in which it rises, is new, falls or
-- spikes, of the last twelve; else the latest complete month. is_past: that month is not the latest. story_keyword_id: of what
-- moves, the strongest of the keywords that share its papers and move with it.
create macro latest_trends() as table
    with latest as (
        select date_basis, max(period_start_on) as latest_start_on
        from marts.keyword_trends_by_month
        cross join own
        where is_latest
        group by date_basis
    ),
    told as (
        select
            trends.*,
            trends.period_start_on < latest.latest_start_on as is_past,
            stories.story_keyword_id as leader_id
        from marts.keyword_trends_by_month as trends
        inner join latest on trends.date_basis = latest.date_basis
        left join marts.keyword_stories as stories
            on
                stories.grain = 'month'
                and trends.date_basis = stories.date_basis
                and trends.period_start_on = stories.period_start_on
                and trends.keyword_id = stories.keyword_id
        where
            trends.is_latest
            or (
                trends.direction is not null
                and trends.is_complete
                and trends.period_start_on > latest.latest_start_on - interval 12 month
            )
        qualify row_number() over (
            partition by trends.date_basis, trends.keyword_id
            order by trends.direction is not null desc, trends.period_start_on desc
        ) = 1
    )
    select
        told.* exclude (leader_id),
        -- Months later the leader may itself be led, or go the other way.
        case when told.direction is not null then coalesce(leaders.keyword_id, told.keyword_id) end as story_keyword_id
    from told
    left join told as leaders
        on
            told.date_basis = leaders.date_basis
            and told.direction = leaders.direction
            and told.leader_id = leaders.keyword_id
            and leaders.leader_id = leaders.keyword_id;

-- Papers that have a keyword among their own, those it stands first for first, with every column of marts.papers, so that
-- nothing has to be joined to them. Any form of the keyword will do.
create macro papers_with(keyword) as table
    with found as (
        select f.keyword_id, f.keyword from find_keywords(keyword) as f
    )
    select
        p.paper_id,
        p.title,
        found.keyword,
        k.keyword_rank,
        p.* exclude (paper_id, title)
    from marts.paper_keywords as k
    inner join found on k.keyword_id = found.keyword_id
    inner join marts.papers as p on k.paper_id = p.paper_id
    order by k.keyword_rank, p.published_on desc nulls last, p.paper_id;

-- Papers like a paper, nearest first: a search for the words of its title and keywords, with the keywords they share.
-- The paper's arXiv id, or an id it had before it was merged, will do.
create macro similar_papers(paper_id, top := 20) as table
    with named as (
        select paper_id as wanted from own
    ),
    this as (
        select p.paper_id as id from marts.papers as p, named where named.wanted in (p.paper_id, p.arxiv_id)
        union
        select r.paper_id as id from marts.paper_redirects as r, named
        where r.old_paper_id = named.wanted and r.paper_id is not null
    ),
    own_keywords as (
        select k.keyword_id as keyword_id, k.keyword as keyword
        from marts.paper_keywords as pk
        inner join this on pk.paper_id = this.id
        inner join marts.keywords as k on pk.keyword_id = k.keyword_id
    ),
    own_words as (
        select p.title as part from marts.papers as p inner join this on p.paper_id = this.id
        union all
        select own_keywords.keyword as part from own_keywords
    ),
    near as (
        select s.*
        from search_papers((select coalesce(string_agg(own_words.part, ' '), '') from own_words), top := top + 1) as s
        where s.paper_id not in (select this.id from this)
    ),
    shared as (
        select
            pk.paper_id as id,
            list(own_keywords.keyword order by pk.keyword_rank) as shared_keywords
        from marts.paper_keywords as pk
        inner join own_keywords on pk.keyword_id = own_keywords.keyword_id
        where pk.paper_id in (select near.paper_id from near)
        group by pk.paper_id
    )
    select
        near.paper_id,
        near.title,
        near.score,
        coalesce(shared.shared_keywords, []) as shared_keywords,
        near.matched_words,
        near.arxiv_id,
        near.published_on,
        near.code_url
    from near
    left join shared on near.paper_id = shared.id
    order by near.rank
    limit top;

-- What became of a line of a dump: its entry and paper, a reject with its reason, boilerplate, a date, or blank.
-- The dump is named by its id, the start of it, or a file name.
create macro line_of(dump, line) as table
    with asked as (
        select dump as wanted, cast(line as bigint) as number from own
    ),
    dumps as (
        select d.dump_id as id, d.file_names as file_names, asked.number as number
        from raw.dumps as d, asked
        where
            asked.number between 1 and d.line_count
            and asked.wanted <> ''
            and (list_contains(d.file_names, asked.wanted) or starts_with(d.dump_id, asked.wanted))
    ),
    found as (
        select dumps.id, 'entry' as became, e.first_line, e.last_line, e.paper_id, null as reason, null as rejected_text
        from dumps
        inner join marts.entries as e
            on dumps.id = e.dump_id and dumps.number between e.first_line and e.last_line
        union all
        select dumps.id, 'reject', r.first_line, r.last_line, null, r.reason, r.text
        from dumps
        inner join raw.rejects as r
            on dumps.id = r.dump_id and dumps.number between r.first_line and r.last_line
        union all
        select dumps.id, s.kind, s.first_line, s.last_line, null, null, null
        from dumps
        inner join raw.line_spans as s
            on dumps.id = s.dump_id and dumps.number between s.first_line and s.last_line
    )
    select
        dumps.id as dump_id,
        dumps.file_names,
        dumps.number as line,
        coalesce(found.became, 'blank') as became,
        found.first_line,
        found.last_line,
        found.paper_id,
        p.title,
        found.reason,
        found.rejected_text
    from dumps
    left join found on dumps.id = found.id
    left join marts.papers as p on found.paper_id = p.paper_id
    order by dumps.id, found.first_line;
