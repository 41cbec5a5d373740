{{ keyword_trends('day', with_zeros=false) }}
