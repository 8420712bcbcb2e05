package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A sync of data or of a directory failed. The kernel may have dropped the pages, so this always counts as a failure of the disk,
 * even if the cause is lack of space.
 */
final class ForceFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    ForceFailedException(Path file, IOException cause) {
        super(file + ": " + cause.getMessage(), cause);
    }
}
