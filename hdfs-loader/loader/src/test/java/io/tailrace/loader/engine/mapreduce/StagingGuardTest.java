package io.tailrace.loader.engine.mapreduce;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingGuardTest {

    @Test
    void stopsTheMapWithinSecondsAfterItsRunWasFenced(@TempDir java.nio.file.Path dir) throws IOException {
        Path staging = new Path(dir.resolve("run").toUri());
        AtomicLong nanoTime = new AtomicLong();
        try (Store store = Store.open(staging, new Configuration())) {
            store.makeFolder(staging);
            StagingGuard guard = new StagingGuard(store, staging, nanoTime::get);
            guard.throwIfAborted();

            store.move(staging, new Path(dir.resolve("fenced-run").toUri()));
            guard.throwIfAborted(); // Too soon to ask again.
            nanoTime.set(StagingGuard.EVERY_NANOS);

            assertThatThrownBy(guard::throwIfAborted)
                    .isInstanceOf(CommitConflictException.class)
                    .hasMessageContaining(staging + " is gone");
        }
    }
}
