"""The tables of the catalog, and the steps from each version of them to the next.

``PRAGMA user_version`` counts the steps that were taken. A step, once released, is never edited.
"""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x54574E53  # "TWNS"

_STEP_1 = """
CREATE TABLE library (
    folder BLOB PRIMARY KEY,
    added REAL NOT NULL,
    indexed REAL,
    protected INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE content (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format TEXT NOT NULL,
    frames INTEGER NOT NULL,
    pixels BLOB
);
CREATE INDEX content_size ON content (size);

CREATE TABLE file (
    path BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    device INTEGER NOT NULL,
    content INTEGER REFERENCES content (id),
    reason TEXT,
    reader INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX file_inode ON file (inode, device);
CREATE INDEX file_content ON file (content);

CREATE TABLE feature (
    content INTEGER NOT NULL REFERENCES content (id),
    method TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (method, content)
);

CREATE TABLE pair (
    first INTEGER NOT NULL REFERENCES content (id),
    second INTEGER NOT NULL REFERENCES content (id),
    verifier TEXT NOT NULL,
    evidence BLOB NOT NULL,
    PRIMARY KEY (verifier, first, second)
) WITHOUT ROWID;

CREATE TABLE model (
    name TEXT PRIMARY KEY,
    data BLOB NOT NULL
);
"""

_STEP_REVIEW = """
CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    made REAL NOT NULL
);

CREATE TABLE decision_pair (
    decision INTEGER NOT NULL REFERENCES decision (id) ON DELETE CASCADE,
    first BLOB NOT NULL,
    second BLOB NOT NULL,
    PRIMARY KEY (decision, first, second)
) WITHOUT ROWID;

CREATE TABLE decision_file (
    decision INTEGER NOT NULL REFERENCES decision (id) ON DELETE CASCADE,
    content BLOB NOT NULL,
    path BLOB NOT NULL,
    PRIMARY KEY (decision, content, path)
) WITHOUT ROWID;

CREATE TABLE operation (
    id INTEGER PRIMARY KEY,
    action TEXT NOT NULL,
    started REAL NOT NULL,
    finished REAL,
    undone REAL,
    destination BLOB,
    protected TEXT NOT NULL
);

CREATE TABLE step (
    id INTEGER PRIMARY KEY,
    operation INTEGER NOT NULL REFERENCES operation (id),
    item INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    source BLOB NOT NULL,
    content BLOB NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    survivor BLOB,
    survivor_content BLOB,
    inode INTEGER,
    target BLOB,
    temporary BLOB,
    note BLOB,
    backup BLOB,
    new_content BLOB,
    reason TEXT
);
CREATE INDEX step_operation ON step (operation, item);

CREATE TABLE protected_folder (
    folder BLOB PRIMARY KEY,
    added REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE rule_set (
    name TEXT PRIMARY KEY,
    rules TEXT NOT NULL
) WITHOUT ROWID;
"""

_STEPS = (_STEP_1, _STEP_REVIEW)

VERSION = len(_STEPS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to ``VERSION``, all steps in one transaction.

    The version is read inside of it: another process may have taken the steps in the meantime.

    Raises:
        sqlite3.Error: The database cannot be written; it stays as it was.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(connection)
        for step in _STEPS[version:]:
            for statement in filter(str.strip, step.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version_of(connection: sqlite3.Connection) -> int:
    """How many steps were taken."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def is_foreign(connection: sqlite3.Connection) -> bool:
    """Whether the database has tables of another program."""
    tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    # Read last: it is written together with the tables, perhaps by another Twinsight just now.
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    return tables > 0 and application != APPLICATION_ID
