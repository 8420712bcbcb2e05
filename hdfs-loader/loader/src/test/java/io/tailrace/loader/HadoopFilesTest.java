package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopFilesTest {
    private Path configured = Path.of("");
    private Path inEnvironment = Path.of("");
    private Map<String, String> environment = Map.of();

    @BeforeEach
    void makeFolders(@TempDir Path dir) throws IOException {
        configured = Files.createDirectory(dir.resolve("configured"));
        inEnvironment = Files.createDirectory(dir.resolve("environment"));
        environment = Map.of("HADOOP_CONF_DIR", inEnvironment.toString());
    }

    private static void write(Path folder, String name, String value) throws IOException {
        Files.writeString(
                folder.resolve(name),
                "<configuration><property><name>x</name><value>" + value + "</value></property></configuration>");
    }

    @Test
    void theConfiguredFolderComesBeforeTheEnvironments() throws IOException {
        write(configured, "core-site.xml", "configured");
        write(inEnvironment, "core-site.xml", "environment");

        assertThat(HadoopFiles.read(Optional.of(configured), environment, false).get("x"))
                .isEqualTo("configured");
        assertThat(HadoopFiles.read(Optional.empty(), environment, false).get("x"))
                .isEqualTo("environment");
        assertThat(HadoopFiles.read(Optional.empty(), Map.of(), false).get("x")).isNull();
    }

    @Test
    void laterFilesComeBeforeEarlierOnes() throws IOException {
        write(configured, "core-site.xml", "core");
        write(configured, "yarn-site.xml", "yarn");

        assertThat(HadoopFiles.read(Optional.of(configured), Map.of(), true).get("x"))
                .isEqualTo("yarn");
    }

    @Test
    void refusesAFolderThatIsMissingOrEmpty() {
        Path missing = configured.resolve("missing");

        assertThatThrownBy(() -> HadoopFiles.read(Optional.of(missing), environment, false))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("hadoop.conf.dir=" + missing)
                .hasMessageEndingWith("found no folder");
        assertThatThrownBy(() -> HadoopFiles.read(Optional.empty(), environment, false))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("HADOOP_CONF_DIR=" + inEnvironment)
                .hasMessageContaining("core-site.xml or hdfs-site.xml");
    }

    @Test
    void yarnNeedsItsFile() throws IOException {
        write(configured, "core-site.xml", "core");

        assertThatThrownBy(() -> HadoopFiles.read(Optional.of(configured), environment, true))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expected yarn-site.xml");
        assertThatThrownBy(() -> HadoopFiles.read(Optional.empty(), Map.of(), true))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("hadoop.conf.dir")
                .hasMessageContaining("HADOOP_CONF_DIR");
    }
}
