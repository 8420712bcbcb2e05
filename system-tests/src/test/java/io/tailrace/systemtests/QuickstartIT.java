package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code scripts/quickstart.sh} as in the README, on the sample log that the project ships. */
class QuickstartIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Command quickstart(String... arguments) throws Exception {
        return Command.tailrace(
                Stream.concat(Stream.of("quickstart"), Stream.of(arguments)).toArray(String[]::new));
    }

    @Test
    void sampleArrivesInHive() throws Exception {
        assertEveryLineIsCounted(quickstart("--output", "json"));
    }

    @Test
    void sampleArrivesInHiveAlthoughABrokerIsKilledMidway() throws Exception {
        Command quickstart = quickstart("--brokers", "3", "--output", "json");

        assertThat(quickstart.err())
                .containsPattern("killed broker [123] \\(kill -9\\), .* with 1000 of 2000 lines sent");
        assertEveryLineIsCounted(quickstart);
    }

    private static void assertEveryLineIsCounted(Command quickstart) throws Exception {
        AccessLog sample = AccessLog.of(AccessLog.sample());
        Map<String, Object> expected = Map.of(
                "lines", sample.lines(),
                "records", sample.wellFormed(),
                "rows", sample.wellFormed(),
                "rejected", sample.malformed().size(),
                "byStatus", sample.byStatus());
        List<String> lines = quickstart.lines();

        assertThat(JSON.readTree(lines.get(lines.size() - 1)))
                .isEqualTo(JSON.readTree(JSON.writeValueAsString(expected)));
    }

    @Test
    void missingLogIsWrongUsage() throws Exception {
        Command quickstart = quickstart("/no/such.log");

        assertThat(quickstart.exitCode()).isEqualTo(2);
        assertThat(quickstart.err()).contains("/no/such.log: no such file");
    }
}
