package io.tailrace.systemtests.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.systemtests.rotation.RowJudge.Violation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RowJudgeTest {
    private static final String HOST = "web-1";
    private static final int LINE_BYTES_MAX = 1_000;
    private static final int LINES = 6;

    private final RowJudge judge = new RowJudge(HOST, new RowJudge.Limits(LINE_BYTES_MAX, 2, 10_000));
    private final WrittenLog log = new WrittenLog("app", 0, 1 << 20);
    /** The rows of a faultless agent: three lines in each of two contents. */
    private final List<Row> rows = new ArrayList<>();

    @BeforeEach
    void write() {
        judge.add(log);
        for (int content = 1; content <= 2; content++) {
            log.begin();
            for (long offset = 0, i = 0; i < LINES / 2; i++) {
                byte[] line = written("padding ".repeat(1 + (int) i));
                log.add(offset, line.length);
                rows.add(row("id-" + content, offset, Arrays.copyOf(line, line.length - 1)));
                offset += line.length;
            }
        }
    }

    private byte[] written(String padding) {
        return NumberedLine.encode(HOST, log.name(), log.nextSequence(), padding.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Row row(String fileId, long offset, byte[] line) {
        return new Row("lines", false, HOST, "/logs/app.log", fileId, offset, line);
    }

    private static Row deadLetter(Row row) {
        return new Row("dead", true, row.host(), row.file(), row.fileId(), row.byteOffset(), row.line());
    }

    private Verdict verdictOn(List<Row> received) {
        received.forEach(judge::accept);
        return judge.verdict();
    }

    @Test
    void eachLineOnceIsClean() {
        Verdict verdict = verdictOn(rows);

        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
        assertThat(verdict.written().lines()).isEqualTo(LINES);
        assertThat(verdict.written().contents()).isEqualTo(2);
    }

    @Test
    void missingLineIsNamed() {
        rows.remove(4);

        Verdict verdict = verdictOn(rows);

        assertThat(verdict.violations()).containsExactly(Map.entry(Violation.MISSING, 1));
        assertThat(verdict.examples().get(0)).contains("1 lines, first lines 4 to 4 of app: content 2 of app");
    }

    @Test
    void doubledLineNeedsAKill() {
        rows.add(rows.get(0));

        assertThat(verdictOn(rows).violations()).containsKey(Violation.DOUBLED);
    }

    @Test
    void killDoublesAsManyLinesAsAreInFlight() {
        judge.agentKilled();
        rows.addAll(rows.subList(0, 2));

        assertThat(verdictOn(rows).isClean()).isTrue();

        assertThat(verdictOn(rows.subList(0, 1)).violations()).containsOnlyKeys(Violation.DOUBLED);
    }

    @Test
    void doubledLineMustBeTheSameRow() {
        judge.agentKilled();
        rows.add(row("id-3", 0, rows.get(0).line()));

        assertThat(verdictOn(rows).violations()).containsOnlyKeys(Violation.WRONG_FILE_ID);
    }

    @Test
    void contentHasOneIdentityAndNoOtherHasIt() {
        rows.replaceAll(row -> row("id", row.byteOffset(), row.line()));

        assertThat(verdictOn(rows).violations()).containsOnlyKeys(Violation.WRONG_FILE_ID);
    }

    @Test
    void offsetIsWhereTheLineWasWritten() {
        Row moved = rows.get(1);
        rows.set(1, row(moved.fileId(), moved.byteOffset() - 1, moved.line()));

        assertThat(verdictOn(rows).violations()).containsOnlyKeys(Violation.WRONG_OFFSET);
    }

    @Test
    void laterLineMustNotComeFirst() {
        rows.add(0, rows.remove(2));

        assertThat(verdictOn(rows).violations()).containsOnlyKeys(Violation.OUT_OF_ORDER);
    }

    @Test
    void damagedLineIsFound() {
        rows.get(3).line()[rows.get(3).line().length - 1]++;

        assertThat(verdictOn(rows).violations()).containsOnlyKeys(Violation.DAMAGED);
    }

    @Test
    void lineThatNobodyWroteIsFound() {
        rows.add(row("id-1", 1_000, "\0\0\0".getBytes(StandardCharsets.US_ASCII)));

        assertThat(verdictOn(rows).violations()).containsOnlyKeys(Violation.NOT_WRITTEN);
    }

    @Test
    void goodLineMustNotBeADeadLetter() {
        rows.set(0, deadLetter(rows.get(0)));

        assertThat(verdictOn(rows).violations()).containsOnlyKeys(Violation.WRONG_TOPIC);
    }

    @Test
    void overlongLineAndLineThatIsNoTextAreDeadLetters() {
        for (String padding : List.of("x".repeat(LINE_BYTES_MAX), "\u00c3(")) {
            byte[] line = written(padding);
            log.add(10_000 + log.nextSequence(), line.length);
            int length = Math.min(LINE_BYTES_MAX, line.length - 1);
            rows.add(deadLetter(row("id-2", 10_000 + log.nextSequence() - 1, Arrays.copyOf(line, length))));
        }

        Verdict verdict = verdictOn(rows);

        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
    }

    @Test
    void headerArrivesOnceInEachContent() {
        addLogWithHeader();

        Verdict verdict = verdictOn(rows);

        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
    }

    @Test
    void missingLineOfAHeaderIsFound() {
        rows.remove(addLogWithHeader());

        assertThat(verdictOn(rows).violations()).containsOnlyKeys(Violation.MISSING);
    }

    @Test
    void headerOfNoContentIsFound() {
        Row header = addLogWithHeader();
        rows.add(row("id-4", header.byteOffset(), header.line()));

        assertThat(verdictOn(rows).violations()).containsOnlyKeys(Violation.WRONG_FILE_ID);
    }

    @Test
    void tableHasItsRowsInAnyOrder() {
        assertThat(verdictOn(rows).isClean()).isTrue();
        RowJudge table = judge.ofTable();
        Collections.reverse(rows);

        rows.forEach(table::accept);

        assertThat(table.verdict().isClean()).as(table.verdict().toString()).isTrue();
        assertThat(table.verdict().received().rows()).isEqualTo(LINES);
    }

    @Test
    void lineThatArrivedIsMissingInATableWithoutIt() {
        assertThat(verdictOn(rows).isClean()).isTrue();
        RowJudge table = judge.ofTable();

        rows.subList(1, LINES).forEach(table::accept);

        assertThat(table.verdict().violations()).containsOnlyKeys(Violation.MISSING);
        assertThat(judge.missing()).isZero();
    }

    @Test
    void lineWithTwoRowsInATableIsFound() {
        RowJudge table = judge.ofTable();
        rows.add(rows.get(3));

        rows.forEach(table::accept);

        assertThat(table.verdict().violations()).containsOnlyKeys(Violation.DOUBLED);
    }

    /** Writes a log with a header of one line, whose row is returned, and another line. */
    private Row addLogWithHeader() {
        WrittenLog alike = new WrittenLog("alike", 1, 1 << 20);
        judge.add(alike);
        alike.begin();
        byte[] line = NumberedLine.encode(HOST, alike.name(), 0, new byte[] {'x'});
        alike.add(HeaderLine.BYTES, line.length);
        Row header = row("id-3", 0, Arrays.copyOf(new HeaderLine(0).encode(), HeaderLine.BYTES - 1));
        rows.add(header);
        rows.add(row("id-3", HeaderLine.BYTES, Arrays.copyOf(line, line.length - 1)));
        return header;
    }
}
