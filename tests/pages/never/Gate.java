package org.example.meadow;

import java.time.LocalTime;

/** A gate with hours. */
public final class Gate {
    private final LocalTime opens;

    public Gate(LocalTime opens) {
        this.opens = opens;
    }

    public boolean isOpen(LocalTime now) {
        return !now.isBefore(opens);
    }
}
