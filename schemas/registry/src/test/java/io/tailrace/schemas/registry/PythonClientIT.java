package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's python3-confluent-kafka registers, finds, checks and deletes, with references. */
class PythonClientIT {
    private static final String PYTHON = "/usr/bin/python3";

    @Test
    void confluentsPythonClientWorksUnchanged(@TempDir Path folder) throws Exception {
        assumeTrue(
                run(folder, "-c", "from confluent_kafka.schema_registry import SchemaRegistryClient")
                                .exit()
                        == 0,
                "python3-confluent-kafka or python3-requests is not installed");
        try (RunningBroker broker = RunningBroker.start(folder.resolve("broker"));
                RegistryServer server = SchemaRegistryIT.start(broker, "_schemas")) {
            Result result = run(
                    folder,
                    "src/test/python/client.py",
                    "http://127.0.0.1:" + server.address().getPort());

            assertThat(result.exit()).as(result.output()).isZero();
            assertThat(RegistryApi.JSON.readTree(result.output())).isEqualTo(RegistryApi.JSON.readTree("""
                                    {
                                      "city": 1, "order": 2, "again": 2, "type": "AVRO",
                                      "references": [["shop.City", "city", 1]],
                                      "lookup": 1, "latest": 2, "version": 2, "versions": [1],
                                      "subjects": ["city", "orders-value"],
                                      "compatible": [true, false],
                                      "incompatible": {"status": 409, "code": 409},
                                      "levels": ["NONE", "BACKWARD"], "longer": 3,
                                      "unknownId": {"status": 404, "code": 40403},
                                      "unknownSubject": {"status": 404, "code": 40401},
                                      "referenced": {"status": 422, "code": 42206},
                                      "deletedVersion": 1, "deleted": [2], "cityDeleted": [1], "left": []
                                    }
                                    """));
        }
    }

    private record Result(int exit, String output) {}

    private static Result run(Path folder, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(PYTHON));
        command.addAll(Arrays.asList(arguments));
        Path output = folder.resolve("python.out");
        if (!Files.isExecutable(Path.of(PYTHON))) {
            return new Result(-1, PYTHON + " is not installed");
        }
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("%s", command).isTrue();
            return new Result(process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly();
        }
    }
}
