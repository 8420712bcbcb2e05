package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A Hive sandbox in its own process, with its own libraries. */
public final class HiveProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(3);

    private final Process process;
    private final Properties addresses = new Properties();

    /** Starts a sandbox whose data are below a folder, and waits until it is ready. */
    public HiveProcess(Path dir) throws IOException {
        Files.createDirectories(dir);
        Path ready = dir.resolve("ready");
        process = new ProcessBuilder(command(
                        "768m",
                        "io.tailrace.hive.SandboxCommand",
                        "--dir",
                        dir.resolve("data").toString(),
                        "--hdfs-port=0",
                        "--metastore-port=0",
                        "--hive-port=0",
                        "--ready-file",
                        ready.toString()))
                .redirectOutput(dir.resolve("out").toFile())
                .redirectError(dir.resolve("err").toFile())
                .start();
        await().atMost(START_MAX).until(() -> Files.exists(ready) || !process.isAlive());
        assertThat(process.isAlive()).as("hive-sandbox is running").isTrue();
        try (Reader reader = Files.newBufferedReader(ready)) {
            addresses.load(reader);
        }
    }

    private static List<String> command(String heap, String main, String... args) {
        String lib = System.getProperty("tailrace.hive.lib");
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx" + heap,
                "-Dtailrace.log.level=ERROR",
                "@" + lib + "/jvm.options",
                "-cp",
                lib + "/*",
                main));
        command.addAll(List.of(args));
        return command;
    }

    /** The URI of HDFS. */
    public String hdfs() {
        return addresses.getProperty("fs.defaultFS");
    }

    /** The URI of the metastore. */
    public String metastore() {
        return addresses.getProperty("hive.metastore.uris");
    }

    /** Runs statements and returns the rows of each as one line of JSON. */
    public String sql(String... statements) throws IOException, InterruptedException {
        List<String> args =
                new ArrayList<>(List.of("--url", addresses.getProperty("hive.jdbc.url"), "--output", "json"));
        for (String statement : statements) {
            args.add("-e");
            args.add(statement);
        }
        Process client = new ProcessBuilder(
                        command("256m", "io.tailrace.hive.HiveCommand", args.toArray(new String[0])))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(client.waitFor()).as(String.join("; ", statements)).isZero();
        return output.strip();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(1, TimeUnit.MINUTES)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
