package io.tailrace.loader.store;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;

/** Forces a complete file to disk and closes it. */
@FunctionalInterface
public interface FileSync {
    /** Returns when the file is on disk. */
    FileSync AT_ONCE = out -> {
        try (out) {
            out.hsync();
        }
    };

    /** Forces the file to disk, now or later, and closes it. */
    void sync(FSDataOutputStream out) throws IOException;
}
