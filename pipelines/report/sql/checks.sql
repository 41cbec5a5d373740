-- Every check of the build that made this release: the two gates and dbt's tests; those that did not pass first.
select stage, table_name, rule, kind, status, observed, expected, answer, failing_since
from quality.check_results
where run_id = (select arg_max(run_id, checked_at) from quality.check_results)
order by status = 'pass', stage = 'dbt', stage, table_name, rule, observed
