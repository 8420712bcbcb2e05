package io.tailrace.systemtests.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class TableReaderTest {
    private static final String ROW =
            "{\"host\":\"web-1\",\"file\":\"/logs/app.log\",\"file_id\":\"id\",\"byte_offset\":%d,\"line\":\"%s\"%s}";

    private final RowJudge judge = new RowJudge("web-1", new RowJudge.Limits(1_000, 0, 0));
    private final WrittenLog log = new WrittenLog("app", 0, 1 << 20);

    TableReaderTest() {
        judge.add(log);
        log.begin();
    }

    private byte[] written(long offset, byte... padding) {
        byte[] line = NumberedLine.encode("web-1", log.name(), log.nextSequence(), padding);
        log.add(offset, line.length);
        return Arrays.copyOf(line, line.length - 1);
    }

    @Test
    void rowsAndDeadLettersAreJudged() throws IOException {
        byte[] text = written(0, (byte) 'x');
        byte[] noText = written(text.length + 1, (byte) 0xC3, (byte) 0x28);
        TableReader reader = new TableReader(judge);

        reader.read("lines", false, answers(ROW.formatted(0, new String(text, StandardCharsets.UTF_8), "")));
        reader.read(
                "dead",
                true,
                answers(ROW.formatted(
                        text.length + 1,
                        "damaged",
                        ",\"line_bytes\":\"" + Base64.getEncoder().encodeToString(noText) + "\"")));

        assertThat(judge.verdict().isClean()).as(judge.verdict().toString()).isTrue();
        assertThat(judge.verdict().received().deadLetters()).isOne();
    }

    /** The result of one statement, and an empty one. */
    private static ByteArrayInputStream answers(String row) {
        return new ByteArrayInputStream(("[" + row + "]\n[]\n").getBytes(StandardCharsets.UTF_8));
    }
}
