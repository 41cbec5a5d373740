create table gates (
    gate_id integer primary key,
    name text not null,
    opens_at time not null
);

insert into gates values (1, 'the north gate', '06:00');
select name, opens_at from gates where opens_at < '07:00' order by name;
