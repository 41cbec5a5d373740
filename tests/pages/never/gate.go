package meadow

import "time"

// Gate has hours.
type Gate struct {
	Opens time.Duration
}

func (g Gate) IsOpen(now time.Duration) bool {
	return now >= g.Opens
}
