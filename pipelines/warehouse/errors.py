"""What can be wrong with a warehouse as a whole, each as an error whose message says what to do.

What belongs here: errors that every room from the tables up may raise. What one room alone raises stays with it.
"""

from __future__ import annotations


class WarehouseUnavailableError(RuntimeError):
    """The warehouse cannot be written now; the message says why and what to do. What is published is as it was."""


class WarehouseBusyError(WarehouseUnavailableError):
    """Another build is writing this warehouse."""


class WarehouseInUseError(WarehouseUnavailableError):
    """Another process has a file of the warehouse open in a way that keeps this one out."""


class WarehouseNotWritableError(WarehouseUnavailableError):
    """The warehouse's folder cannot be written: no permission, a read-only or a full disk."""


class WarehouseUnreadableError(WarehouseUnavailableError):
    """A file of the warehouse is damaged, or a newer version made it."""


class NewerWarehouseError(WarehouseUnreadableError):
    """A newer version made the warehouse, or a part of it; nothing in it is touched."""


class UpgradeError(WarehouseUnreadableError):
    """A warehouse of an earlier version could not be brought to this one's format; it is as it was."""


class DamagedReleaseError(WarehouseUnreadableError):
    """The manifest of a release is not there or says what no manifest says, so nothing can be said of its files."""


class NothingPublishedError(RuntimeError):
    """The warehouse has no published database yet."""


class UnknownSelectionError(ValueError):
    """A part of a build is asked for that there is not; the message says what comes near it."""
