package io.tailrace.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.audit.ReadFrontier.Reading;
import io.tailrace.agent.tail.ReadState;
import io.tailrace.agent.tail.ReadState.FileState;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadFrontierTest {
    private static final long NOW_MS = 10_000_000;
    private static final long DISORDER_MS = 1_000;

    private final ReadFrontier frontier = new ReadFrontier(DISORDER_MS, Map.of("restored", 77L));

    private static FileState file(String id, long caughtUpMs) {
        return new FileState(id, "/" + id, caughtUpMs, -1, 12, false);
    }

    private static ReadState source(long scannedMs, FileState... files) {
        return new ReadState(scannedMs, List.of(files), List.of());
    }

    private long advance(ReadState... sources) {
        return frontier.advance("t", List.of(sources), NOW_MS).readUpToMs();
    }

    @Test
    void fileHoldsBackAtItsLatestEventOrWhenItWasReadToItsEnd() {
        assertThat(advance(source(NOW_MS, file("a", 2_000_000)))).isEqualTo(1_999_000);
        frontier.acknowledged("a", 3_000_000, NOW_MS);
        frontier.acknowledged("a", 2_500_000, NOW_MS);
        assertThat(advance(source(NOW_MS, file("a", 2_000_000)))).isEqualTo(2_999_000);
        assertThat(advance(source(NOW_MS, file("a", 4_000_000)))).isEqualTo(3_999_000);
    }

    @Test
    void slowestFileAndSourceDecide() {
        assertThat(advance(source(NOW_MS, file("a", 5_000_000), file("b", 4_000_000)), source(6_000_000)))
                .isEqualTo(3_999_000);
        assertThat(advance(source(NOW_MS, file("a", 9_000_000)), source(6_000_000)))
                .isEqualTo(5_999_000);
    }

    @Test
    void fileOfWhichNothingIsKnownStopsItsTopic() {
        assertThat(advance(source(NOW_MS, file("a", -1)))).isZero();
        assertThat(advance(source(NOW_MS))).isEqualTo(NOW_MS - DISORDER_MS);
        assertThat(advance(source(NOW_MS, file("a", -1)))).isEqualTo(NOW_MS - DISORDER_MS);
    }

    @Test
    void sourceThatWasNotScannedYetStopsItsTopic() {
        assertThat(frontier.advance("restored", List.of(source(-1)), NOW_MS).readUpToMs())
                .isEqualTo(77);
    }

    @Test
    void eventTimeInTheFutureSaysNothing() {
        frontier.acknowledged("a", NOW_MS + 1, NOW_MS);
        assertThat(advance(source(NOW_MS, file("a", -1)))).isZero();
    }

    @Test
    void whatHoldsBackIsNamedWithTheReason() {
        ReadState source = new ReadState(
                NOW_MS,
                List.of(
                        file("fast", NOW_MS),
                        file("slow", NOW_MS - 60_001),
                        new FileState("cut", "/cut", 0, -1, 5, true)),
                List.of("/secret: cannot be read"));
        Reading reading = frontier.advance("t", List.of(source), NOW_MS);

        assertThat(reading.readUpToMs()).isZero();
        assertThat(reading.behindBytes()).isEqualTo(29);
        assertThat(reading.waitingFor())
                .containsExactly(
                        "/cut: its end is incomplete",
                        "/secret: cannot be read",
                        "/slow: 12 bytes not read or not acknowledged");
    }

    @Test
    void atMostTenAreNamed() {
        FileState[] files =
                IntStream.range(0, 30).mapToObj(index -> file("f" + index, 0)).toArray(FileState[]::new);
        assertThat(frontier.advance("t", List.of(source(NOW_MS, files)), NOW_MS).waitingFor())
                .hasSize(10);
    }

    @Test
    void deadLettersWaitForLinesInFlightOnly() {
        ReadState source = source(NOW_MS, file("a", -1), new FileState("b", "/b", -1, 5_000_000, 0, false));
        assertThat(frontier.advanceDeadLetters("dead", List.of(source), NOW_MS))
                .isEqualTo(new Reading("dead", 4_999_000, 0, List.of()));
        assertThat(frontier.advanceDeadLetters("dead", List.of(source(NOW_MS, file("a", -1))), NOW_MS)
                        .readUpToMs())
                .isEqualTo(NOW_MS - DISORDER_MS);
    }

    @Test
    void contentsThatAreGoneAreForgotten() {
        frontier.acknowledged("a", 3_000_000, NOW_MS);
        frontier.retain(List.of(source(NOW_MS)));
        assertThat(advance(source(NOW_MS, file("a", -1)))).isZero();
        assertThat(frontier.readUpToMs()).isEqualTo(Map.of("t", 0L, "restored", 77L));
    }
}
