-- What gates measure of the corpus: each figure, its limits, and its values in the last eight builds, the latest last.
select
    table_name,
    rule,
    arg_max(value, checked_at) as latest,
    arg_max(status, checked_at) as status,
    arg_max(lowest, checked_at) as lowest,
    arg_max(highest, checked_at) as highest,
    list(value order by checked_at) as values
from quality.check_history
where kind = 'corpus' and value is not null and runs_ago < 8 and not ends_with(rule, ', as in the last releases')
group by table_name, rule
having min(runs_ago) = 0
order by arg_max(status, checked_at) = 'pass', table_name, rule
