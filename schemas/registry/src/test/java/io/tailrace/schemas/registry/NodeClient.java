package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** npm's {@code @kafkajs/confluent-schema-registry}, installed in target/ in the version of package-lock.json. */
final class NodeClient {
    private static final Path SOURCE = Path.of("src/test/node");
    private static final Path TARGET = Path.of("target/node");
    private static final List<String> FILES = List.of("package.json", "package-lock.json", "client.js");

    private NodeClient() {}

    /** Installs the client, unless that version is installed already. */
    static void install() throws IOException, InterruptedException {
        Files.createDirectories(TARGET);
        Path installed = TARGET.resolve("node_modules/.package-lock.json");
        boolean upToDate = Files.exists(installed)
                && Files.mismatch(SOURCE.resolve("package-lock.json"), TARGET.resolve("package-lock.json")) < 0;
        for (String file : FILES) {
            Files.copy(SOURCE.resolve(file), TARGET.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!upToDate) {
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        }
    }

    /** Runs client.js and returns the last line that it prints. */
    static JsonNode run(String url, byte[] framed) throws IOException, InterruptedException {
        StringBuilder hex = new StringBuilder();
        for (byte b : framed) {
            hex.append("%02x".formatted(b & 0xff));
        }
        String[] lines = run("node", "client.js", url, hex.toString()).split("\n", -1);
        List<String> printed = new ArrayList<>(List.of(lines));
        printed.removeIf(String::isBlank);
        return RegistryApi.JSON.readTree(printed.get(printed.size() - 1));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Path log = TARGET.resolve(command[0] + ".log");
        Process process = new ProcessBuilder(command)
                .directory(TARGET.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES))
                    .as(String.join(" ", command))
                    .isTrue();
            String output = Files.readString(log, StandardCharsets.UTF_8);
            assertThat(process.exitValue()).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
