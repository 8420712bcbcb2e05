package io.tailrace.agent.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.parse.Format;
import io.tailrace.agent.parse.LineParser;
import io.tailrace.agent.parse.ParsedLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SampleLogTest {
    @Test
    void shippedSampleMatchesTheGenerator() throws IOException {
        assertThat(Files.readAllBytes(Path.of("../conf/sample/access.log"))).isEqualTo(SampleLog.bytes());
    }

    @Test
    void twoLinesAreMalformedAndTheOthersCoverADay() {
        LineParser parser = new Format(Format.Kind.COMBINED, "", "", "iso").parser(Map.of());
        int rejected = 0;
        Set<Long> hours = new TreeSet<>();
        for (String line : new String(SampleLog.bytes(), StandardCharsets.UTF_8).split("\n", 0)) {
            ParsedLine parsed = ParsedLine.of(parser, line, 0);
            if (parsed.rejection() == null) {
                hours.add((Long) parsed.accepted().get("eventTime") / 3_600_000);
            } else {
                rejected++;
            }
        }
        assertThat(rejected).isEqualTo(2);
        assertThat(hours).hasSize(24);
    }
}
