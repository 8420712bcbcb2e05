package io.tailrace.loader.table;

/**
 * A complete Parquet file in the staging folder of a run that is not committed yet, or not published.
 *
 * @param file what the file becomes once it is published
 * @param staged its name in the staging folder
 */
public record StagedFile(DataFile file, String staged) {}
