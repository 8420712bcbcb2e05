package io.tailrace.loader.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.schemas.audit.ContentSum;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileAuditTest {
    private static FileAudit audit(String host, long... windows) {
        SortedMap<Long, ContentSum> sums = new TreeMap<>();
        LongStream.of(windows).forEach(window -> sums.put(window, new ContentSum(2, 0, window)));
        return new FileAudit(true, new TreeMap<>(Map.of(host, sums)));
    }

    @Test
    void hasTheFormatOfTheFooter() {
        FileAudit audit = audit("web-1", 600_000);

        assertThat(audit.toJson())
                .isEqualTo("{\"version\":1,\"complete\":true,\"hosts\":{\"web-1\":{\"600000\":"
                        + "\"2:000000000000000000000000000927c0\"}}}");
        assertThat(FileAudit.parse(audit.toJson())).isEqualTo(audit);
    }

    @Test
    void addsTheSumsOfTwoFiles() {
        FileAudit both = audit("a", 0, 600_000).plus(audit("a", 600_000)).plus(audit("b", 0));

        assertThat(both.sums().get("a")).containsEntry(600_000L, new ContentSum(4, 0, 1_200_000));
        assertThat(both.sums().get("a")).containsEntry(0L, new ContentSum(2, 0, 0));
        assertThat(both.sums().get("b")).containsEntry(0L, new ContentSum(2, 0, 0));
        assertThat(both.plus(FileAudit.INCOMPLETE)).isEqualTo(FileAudit.INCOMPLETE);
    }

    @Test
    void boundsTheSumsOfTwoFiles() {
        long[] windows = LongStream.range(0, FileAudit.ENTRIES_MAX).toArray();

        assertThat(audit("a", windows).plus(audit("a", windows)).isComplete()).isTrue();
        assertThat(audit("a", windows).plus(audit("b", 0))).isEqualTo(FileAudit.INCOMPLETE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"version\":2,\"complete\":true,\"hosts\":{}}",
                "{\"version\":1,\"complete\":true,\"hosts\":{\"a\":{\"x\":\"1:00000000000000000000000000000000\"}}}",
                "{\"version\":1,\"complete\":true,\"hosts\":{\"a\":{\"0\":\"1\"}}}"
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> FileAudit.parse(text)).hasMessageContaining("tailrace.audit");
    }

    @Test
    void refusesALongTextInAShortMessage() {
        String text = "{\"version\":2,\"hosts\":\"" + "a".repeat(100_000) + "\"}";

        assertThatThrownBy(() -> FileAudit.parse(text))
                .hasMessageContaining("found {\"version\":2,")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
    }
}
