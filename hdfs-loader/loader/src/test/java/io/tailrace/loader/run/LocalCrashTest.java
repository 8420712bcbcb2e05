package io.tailrace.loader.run;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on {@code file://}. */
class LocalCrashTest extends CrashContract {
    private final java.nio.file.Path dir;

    LocalCrashTest(@TempDir java.nio.file.Path dir) {
        this.dir = dir;
    }

    @Override
    Path root() {
        return new Path(dir.resolve("out").toUri());
    }

    @Override
    Configuration hadoop() {
        return new Configuration();
    }
}
