package io.tailrace.loader.commit;

import java.io.IOException;
import java.util.List;

/**
 * Something that shows commits to others: the files in their tables, Hive, the group's offsets. A publication is idempotent.
 * After a crash or a failure the next run repeats it. It never decides what is committed.
 */
public interface Publication {

    /** Returns the name of its mark and in messages, such as {@code hive}: lower case letters. */
    String name();

    /** Whether it shows files, which must be in their tables before. */
    boolean needsFiles();

    /**
     * Publishes commits.
     *
     * @param commits the commits that are not marked as published, oldest first; never empty
     * @param state what all commits up to the last one of these add up to
     * @throws IOException if a part could not be published; all of it is repeated
     */
    void publish(List<Manifest> commits, TopicState state) throws IOException;

    /**
     * Publishes all that was ever committed, as when it was turned on only now.
     *
     * @throws IOException if a part could not be published; all of it is repeated
     */
    void publishAll(TopicState state) throws IOException;
}
