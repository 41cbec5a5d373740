with source as (
    select * from {{ source('raw', 'dumps') }}
),

renamed as (
    select
        dump_id,
        file_names,
        byte_count,
        compression,
        encoding,
        layout,
        layout_reason,
        status,
        line_count,
        blank_line_count,
        boilerplate_line_count,
        date_line_count,
        entry_line_count,
        rejected_line_count,
        entry_count,
        reject_count,
        captured_on,
        captured_on_text,
        captured_on_source,
        captured_on_precision,
        listed_on,
        listed_on_source,
        source,
        note,
        held_reason,
        parser_version
    from source
)

select * from renamed
