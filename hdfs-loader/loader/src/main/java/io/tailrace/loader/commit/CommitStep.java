package io.tailrace.loader.commit;

/** The steps of a commit, in order. {@link #MANIFEST_PUBLISHED} is the commit point. */
public enum CommitStep {
    /** All data files are complete and on disk, in the staging folder. */
    FILES_STAGED,
    /** The manifest is complete and on disk, in the staging folder. */
    MANIFEST_STAGED,
    /** The manifest is in the commit log: the run is committed. */
    MANIFEST_PUBLISHED,
    /** A data file was moved to its table. Reported once per file. */
    FILE_PUBLISHED,
    /** Hive has the tables and their path partitions. */
    CATALOG_UPDATED,
    /** The brokers have the group's offsets. */
    OFFSETS_COMMITTED,
    /** The staging folder is deleted. Nothing is left to do. */
    FINISHED
}
