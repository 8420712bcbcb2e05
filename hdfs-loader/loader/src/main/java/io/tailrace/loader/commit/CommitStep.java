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
    FILE_MOVED,
    /** A publication is done and not marked yet. Reported once per publication. */
    PUBLISHED,
    /** The mark of a publication is on disk. Reported once per publication. */
    MARKED
}
