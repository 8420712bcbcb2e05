package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LoaderConfigTest {
    private static final Path FILE = Path.of("../../conf/loader.properties");

    @Test
    void configurationFileListsEveryKeyWithItsDefault() throws IOException {
        Map<String, String> inFile = new TreeMap<>();
        for (String line : Files.readAllLines(FILE)) {
            if (line.matches("#?[a-z.-]+=.*")) {
                String[] pair = line.replaceFirst("^#", "").split("=", 2);
                inFile.put(pair[0], pair[1]);
            }
        }
        Map<String, String> expected = new TreeMap<>();
        for (ConfigKey<?> key : LoaderConfig.KEYS.plain()) {
            String defaultText = key.defaultText();
            expected.put(key.name(), defaultText == null ? "hdfs://127.0.0.1:8020/tailrace" : defaultText);
        }

        assertThat(inFile).isEqualTo(expected);
        assertThat(LoaderConfig.of(Config.read(LoaderConfig.KEYS, Optional.of(FILE), Map.of()))
                        .topics())
                .containsExactly("access-log");
    }

    @Test
    void runsATaskForEachProcessorAsLongAsTheHeapHasRoom() {
        long heap = 320L << 20;
        long task = 64L << 20;

        assertThat(LoaderConfig.threads(1, heap, task)).isEqualTo(1);
        assertThat(LoaderConfig.threads(16, heap, task)).isEqualTo(2);
        assertThat(LoaderConfig.threads(16, 2 * heap, task)).isEqualTo(5);
        assertThat(LoaderConfig.threads(16, 1 << 20, task)).isEqualTo(1);
    }

    @Test
    void refusesInvalidValues() {
        assertThatThrownBy(() -> config(Map.of("output.path", "/data")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("output.path=/data");
        assertThatThrownBy(() -> config(Map.of("output.path", "s3a://bucket/x")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("output.path=s3a://bucket/x: expected a URI that starts with hdfs: or file:");
        assertThatThrownBy(() -> config(Map.of("output.path", "file:///x", "schema.registry.url", "localhost:8081")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.url=localhost:8081");
        assertThatThrownBy(() -> config(Map.of("output.path", "file:///x", "hive.metastore.uris", "localhost:9083")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("hive.metastore.uris=localhost:9083");
        assertThatThrownBy(() -> config(Map.of("output.path", "file:///x", "engine", "spark")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("one of local");
    }

    @Test
    void engineMapReduceNeedsFoldersThatOtherMachinesReach() throws IOException {
        assertThat(config(Map.of("output.path", "hdfs://n:8020/x", "engine", "mapreduce"))
                        .mapReduce())
                .hasValueSatisfying(settings -> {
                    assertThat(settings.libraries()).hasToString("hdfs://n:8020/x/_tailrace/lib");
                    assertThat(settings.javaOptions()).startsWith("-Xmx768m ");
                });
        assertThatThrownBy(() -> config(Map.of("output.path", "file:///x", "engine", "mapreduce")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("output.path=file:/x: expected hdfs://");
        assertThatThrownBy(() ->
                        config(Map.of("output.path", "hdfs://n/x", "engine", "mapreduce", "mapreduce.lib.dir", "/lib")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("mapreduce.lib.dir=/lib: expected hdfs://");
    }

    private static LoaderConfig config(Map<String, String> settings) throws IOException {
        return LoaderConfig.of(Config.read(LoaderConfig.KEYS, Optional.empty(), settings));
    }
}
