use std::time::Duration;

/// A gate with hours.
pub struct Gate {
    opens: Duration,
}

impl Gate {
    pub fn is_open(&self, now: Duration) -> bool {
        now >= self.opens
    }
}
