package io.tailrace.loader.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Syncable;
import org.junit.jupiter.api.Test;

class BackgroundSyncTest {
    private final AtomicInteger forced = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    private final class File extends OutputStream implements Syncable {
        private final boolean isBroken;

        File(boolean isBroken) {
            this.isBroken = isBroken;
        }

        @Override
        public void write(int b) {}

        @Override
        public void hflush() {}

        @Override
        public void hsync() throws IOException {
            if (isBroken) {
                throw new IOException("disk is full");
            }
            forced.incrementAndGet();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private FSDataOutputStream file(boolean isBroken) throws IOException {
        return new FSDataOutputStream(new File(isBroken), null);
    }

    @Test
    void forcesAllFilesBeforeItReturns() throws IOException {
        try (BackgroundSync sync = new BackgroundSync()) {
            for (int i = 0; i < 100; i++) {
                sync.sync(file(false));
            }
            sync.await();

            assertThat(forced).hasValue(100);
            assertThat(closed).hasValue(100);
        }
    }

    @Test
    void reportsAFileThatIsNotOnDiskAndClosesIt() throws IOException {
        try (BackgroundSync sync = new BackgroundSync()) {
            assertThatThrownBy(() -> {
                        sync.sync(file(true));
                        sync.await();
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("disk is full");
            assertThat(closed).hasValue(1);
        }
    }
}
