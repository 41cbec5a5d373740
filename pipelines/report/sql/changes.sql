-- Rows that differ from the previous release; run it in the folder of this release.
select table_name, change, cause, count(*) as changed_rows
from 'changes.parquet'
group by all
order by all
