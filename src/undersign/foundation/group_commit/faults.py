"""What a failed transaction means for the batch, read from its SQLSTATE.

Codes: PostgreSQL documentation, Appendix A. psycopg's classes alone do not decide: class 54 (a value
too long for its index) is an `OperationalError` there, as is a lost connection.
"""

import enum

import psycopg

_CONFLICTS = frozenset(
    {
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "55P03",  # lock_not_available: lock_timeout
    }
)
_AWAY = frozenset(
    {
        "25006",  # read_only_sql_transaction: the server was demoted under us
        "40003",  # statement_completion_unknown
        "57014",  # query_canceled: statement_timeout
        "57P01",  # admin_shutdown
        "57P02",  # crash_shutdown
        "57P03",  # cannot_connect_now
        "57P05",  # idle_session_timeout
    }
)
_AWAY_CLASSES = frozenset({"08", "53"})  # connection exception, insufficient resources
_ROW_CLASSES = frozenset(
    {
        "21",  # cardinality violation: the same key twice in one ON CONFLICT DO UPDATE
        "22",  # data exception
        "23",  # integrity constraint violation
        "54",  # program limit exceeded
    }
)


class Fault(enum.Enum):
    """The four things that can be wrong."""

    CONFLICT = "two transactions met; the same batch succeeds when tried again"
    AWAY = "the connection or the server is gone; the outcome may be unknown"
    ROW = "some row of the batch is bad"
    BATCH = "nothing that trying again or splitting would cure"


def fault_of(error: BaseException) -> Fault:
    """Classify what `write` or its commit raised."""
    if isinstance(error, UnicodeError):
        return Fault.ROW  # a surrogate that no one refused before queueing
    if not isinstance(error, psycopg.Error):
        return Fault.BATCH
    if error.sqlstate is None:
        return _fault_of_client(error)
    return _fault_of_state(error.sqlstate)


def _fault_of_client(error: psycopg.Error) -> Fault:
    """Judge what psycopg itself raised: there is no SQLSTATE because no server was asked."""
    if isinstance(error, psycopg.DataError):
        return Fault.ROW  # NUL in a text
    return Fault.AWAY if isinstance(error, psycopg.OperationalError) else Fault.BATCH


def _fault_of_state(state: str) -> Fault:
    if state in _CONFLICTS:
        return Fault.CONFLICT
    if state in _AWAY or state[:2] in _AWAY_CLASSES:
        return Fault.AWAY
    return Fault.ROW if state[:2] in _ROW_CLASSES else Fault.BATCH
