package io.tailrace.loader.store;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.io.IOUtils;

/** Forces a complete file to disk and closes it. */
@FunctionalInterface
public interface FileSync {
    /** Returns when the file is on disk. */
    FileSync AT_ONCE = out -> {
        try {
            out.hsync();
        } catch (IOException e) {
            // Not as a resource: HDFS fails to close the file with the same exception, which cannot suppress itself.
            IOUtils.closeStream(out);
            throw e;
        }
        out.close();
    };

    /** Forces the file to disk, now or later, and closes it. */
    void sync(FSDataOutputStream out) throws IOException;
}
