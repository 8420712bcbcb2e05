package io.tailrace.loader.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.PositionOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncedOutputFileTest {
    private Path root;
    private Store store;

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        root = new Path(dir.toUri());
        store = Store.open(root, new Configuration());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void aSmallFileIsCreatedWhenItIsClosed() throws IOException {
        Path path = new Path(root, "small");
        byte[] bytes = random(SyncedOutputFile.SMALL_BYTES);
        var file = new SyncedOutputFile(store, path);
        try (PositionOutputStream out = file.create(0)) {
            out.write(bytes[0]);
            out.write(bytes, 1, bytes.length - 1);

            assertThat(out.getPos()).isEqualTo(bytes.length);
            assertThat(store.names(root)).isEmpty();
        }

        assertThat(store.read(path)).isEqualTo(bytes);
        assertThat(file.bytes()).isEqualTo(bytes.length);
    }

    @Test
    void aLargerFileIsCreatedAtOnce() throws IOException {
        Path path = new Path(root, "large");
        byte[] bytes = random(SyncedOutputFile.SMALL_BYTES + 2);
        try (PositionOutputStream out = new SyncedOutputFile(store, path).create(0)) {
            out.write(bytes, 0, bytes.length - 1);
            assertThat(store.names(root)).isEqualTo(List.of("large"));
            out.write(bytes[bytes.length - 1]);

            assertThat(out.getPos()).isEqualTo(bytes.length);
        }

        assertThat(store.read(path)).isEqualTo(bytes);
    }

    @Test
    void aRemovedFolderIsAConflictEvenIfTheFileIsCreatedInTheBackground() throws IOException {
        try (BackgroundSync sync = new BackgroundSync()) {
            Path path = new Path(new Path(root, "removed"), "small");

            assertThatThrownBy(() -> {
                        new SyncedOutputFile(store, path, sync).create(0).close();
                        sync.await();
                    })
                    .isInstanceOf(CommitConflictException.class)
                    .hasMessageContaining("removed");
        }
    }
}
