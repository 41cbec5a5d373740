{{ trend_tables('month', subject='topic') }},

topic_trends_by_month as (
    select
        keyword_id as topic_id,
        keyword as topic,
        date_basis,
        period_start_on,
        is_complete,
        is_latest,
        keyword_paper_count as topic_paper_count,
        period_paper_count,
        keyword_share as topic_share,
        share_low,
        share_high,
        recent_share,
        previous_share,
        log_odds_difference,
        dispersion,
        dispersion_df,
        z_score,
        p_value,
        q_value,
        spike_z_score,
        spike_p_value,
        spike_q_value,
        season_z_score,
        season_q_value,
        share_ratio,
        ratio_low,
        ratio_high,
        verdict,
        direction,
        scale,
        since_on,
        because
    from trends
)

select * from topic_trends_by_month
