package io.tailrace.loader;

/** How far a run has come, in this order. Only {@link #MANIFEST_PUBLISHED} decides whether it counts. */
enum CommitStep {
    /** All data files are whole and forced, in the staging folder. */
    FILES_STAGED,
    /** The manifest is whole and forced, in the staging folder. */
    MANIFEST_STAGED,
    /** The manifest is in the commit log: the commit point. */
    MANIFEST_PUBLISHED,
    /** One more data file is in place. Told once for each. */
    FILE_PUBLISHED,
    /** Hive knows the tables and their path partitions. */
    CATALOG_UPDATED,
    /** The brokers have the group's offsets. */
    OFFSETS_COMMITTED,
    /** The staging folder is gone: nothing is left to do. */
    FINISHED
}
