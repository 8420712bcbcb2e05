package io.tailrace.loader.run;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contracts on {@code hdfs://}. */
class HdfsLoadIT {
    private static final AtomicInteger FOLDERS = new AtomicInteger();
    private static MiniHdfs hdfs;

    @BeforeAll
    static void start(@TempDir java.nio.file.Path dir) throws IOException {
        hdfs = new MiniHdfs(dir);
    }

    @AfterAll
    static void stop() {
        hdfs.close();
    }

    private static Path folder() throws IOException {
        return hdfs.path("/load-" + FOLDERS.incrementAndGet());
    }

    @Nested
    class Run extends LoadRunContract {
        @Override
        Path root() throws IOException {
            return folder();
        }

        @Override
        Configuration hadoop() {
            return new Configuration();
        }
    }

    @Nested
    class Crashes extends CrashContract {
        @Override
        Path root() throws IOException {
            return folder();
        }

        @Override
        Configuration hadoop() {
            return new Configuration();
        }
    }

    @Nested
    class Reload extends ReloadContract {
        @Override
        Path root() throws IOException {
            return folder();
        }

        @Override
        Configuration hadoop() {
            return new Configuration();
        }
    }

    @Nested
    class RetryErrors extends RetryErrorsContract {
        @Override
        Path root() throws IOException {
            return folder();
        }

        @Override
        Configuration hadoop() {
            return new Configuration();
        }
    }

    @Nested
    class EveryFault extends EveryFaultContract {
        @Override
        Path root() throws IOException {
            return folder();
        }

        @Override
        int stride() {
            return 250;
        }
    }
}
