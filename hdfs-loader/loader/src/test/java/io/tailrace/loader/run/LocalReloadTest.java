package io.tailrace.loader.run;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalReloadTest extends ReloadContract {
    @TempDir
    private java.nio.file.Path dir = java.nio.file.Path.of("");

    @Override
    Path root() {
        return new Path(dir.toUri());
    }

    @Override
    Configuration hadoop() {
        return new Configuration();
    }
}
