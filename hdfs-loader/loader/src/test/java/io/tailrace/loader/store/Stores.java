package io.tailrace.loader.store;

import java.io.IOException;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/** Opens stores for tests. */
public final class Stores {
    private Stores() {}

    /** Opens a store whose calls of the file system go through a wrapper, except links on a local disk. */
    public static Store open(Path root, Configuration hadoop, UnaryOperator<FileSystem> wrapper) throws IOException {
        Configuration conf = new Configuration(hadoop);
        conf.setClass("fs.file.impl", QuickLocalFileSystem.class, FileSystem.class);
        FileSystem files = FileSystem.newInstance(root.toUri(), conf);
        return new Store(wrapper.apply(files), files.getUri().getScheme().equals("file"));
    }

    /** A local file system that does not start a process to set the mode of each file. */
    static final class QuickLocalFileSystem extends RawLocalFileSystem {
        @Override
        public void setPermission(Path file, FsPermission permission) {}
    }
}
