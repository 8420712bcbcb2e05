package io.tailrace.loader.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

    @Test
    void refusesObjectStores() {
        Configuration hadoop = new Configuration();
        hadoop.setClass("fs.s3a.impl", Bucket.class, FileSystem.class);

        assertThatThrownBy(() -> Store.open(new Path("s3a://bucket/x"), hadoop))
                .hasMessageContaining("s3a://bucket/x")
                .hasMessageContaining("hdfs://");
    }

    @Test
    void publishesANameOnceAndWritesNoChecksumFiles(@TempDir java.nio.file.Path dir) throws IOException {
        Path root = new Path(dir.toUri());
        try (Store store = Store.open(root, new Configuration())) {
            store.write(new Path(root, "a"), "first".getBytes(UTF_8));
            store.write(new Path(root, "b"), "second".getBytes(UTF_8));

            store.publish(new Path(root, "a"), new Path(root, "c"));

            assertThatThrownBy(() -> store.publish(new Path(root, "b"), new Path(root, "c")))
                    .isInstanceOf(CommitConflictException.class);
            assertThatThrownBy(() -> store.move(new Path(root, "b"), new Path(root, "c")))
                    .isInstanceOf(IOException.class);
            assertThat(store.read(new Path(root, "c"))).isEqualTo("first".getBytes(UTF_8));
            assertThat(store.names(root)).isEqualTo(List.of("a", "b", "c"));
        }
    }

    @Test
    void givesLocalFilesThePermissionsOfHadoopsUmask(@TempDir java.nio.file.Path dir) throws IOException {
        Path root = new Path(dir.toUri());
        Configuration hadoop = new Configuration();
        hadoop.set("fs.permissions.umask-mode", "027");
        try (Store store = Store.open(root, hadoop)) {
            store.write(new Path(root, "a"), new byte[0]);

            assertThat(Files.getPosixFilePermissions(dir.resolve("a")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        }
    }

    @Test
    void waitsForHdfsAsHadoopsFilesSay() {
        String delay = "dfs.client.block.write.locateFollowingBlock.initial.delay.ms";
        Configuration hadoop = new Configuration(false);

        assertThat(Store.clientSettings(hadoop).getInt(delay, 400)).isEqualTo(20);
        hadoop.set(delay, "100");
        assertThat(Store.clientSettings(hadoop).getInt(delay, 400)).isEqualTo(100);
    }

    /** A local file system under the scheme of an object store. */
    static final class Bucket extends RawLocalFileSystem {
        @Override
        public java.net.URI getUri() {
            return java.net.URI.create("s3a://bucket");
        }
    }
}
