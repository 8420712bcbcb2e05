package io.tailrace.loader.run;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on {@code file://}. */
class LocalEveryFaultTest extends EveryFaultContract {
    private final java.nio.file.Path dir;

    LocalEveryFaultTest(@TempDir java.nio.file.Path dir) {
        this.dir = dir;
    }

    @Override
    Path root() throws IOException {
        return new Path(Files.createTempDirectory(dir, "out").toUri());
    }

    @Override
    int stride() {
        return 60;
    }
}
