package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.cli.LagVerdict.Commit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One commit a minute, in a window of ten. The last one was made now, unless a test says otherwise. */
class LagVerdictTest {
    private static final long MINUTE_MS = 60_000;
    private static final long WINDOW_MS = 10 * MINUTE_MS;

    private final List<Commit> window = new ArrayList<>();

    private LagVerdictTest commit(long offset, long lag) {
        window.add(new Commit(window.size() * MINUTE_MS, offset, lag));
        return this;
    }

    private LagVerdict verdict() {
        return verdictAfter(0);
    }

    private LagVerdict verdictAfter(long pauseMs) {
        Commit last = window.get(window.size() - 1);
        return LagVerdict.of(window, last.lag(), WINDOW_MS, WINDOW_MS, last.committedAtMs() + pauseMs);
    }

    @Test
    void aLagThatFallsNowAndThenIsOk() {
        assertThat(commit(10, 5).commit(20, 8).commit(30, 3).verdict()).isEqualTo(LagVerdict.OK);
    }

    @Test
    void aLagThatNeverFallsIsAWarning() {
        assertThat(commit(10, 5).commit(20, 5).commit(30, 9).verdict()).isEqualTo(LagVerdict.WARN);
    }

    @Test
    void aConsumerThatCommitsTheSameOffsetAgainAndAgainIsStalled() {
        assertThat(commit(10, 5).commit(10, 5).commit(10, 9).verdict()).isEqualTo(LagVerdict.STALL);
    }

    @Test
    void aLagOfZeroAtAnyCommitIsOk() {
        assertThat(commit(10, 5).commit(10, 0).commit(10, 9).verdict()).isEqualTo(LagVerdict.OK);
    }

    @Test
    void noLagNowIsOkWhateverTheCommitsWere() {
        commit(30, 5).commit(20, 5).commit(10, 5);
        assertThat(LagVerdict.of(window, 0, 0, WINDOW_MS, 100 * MINUTE_MS)).isEqualTo(LagVerdict.OK);
    }

    @Test
    void anEarlierOffsetIsARewind() {
        assertThat(commit(30, 5).commit(10, 25).commit(20, 20).verdict()).isEqualTo(LagVerdict.REWIND);
    }

    @Test
    void aPauseLongerThanTheCommitsTookIsAStop() {
        commit(10, 5).commit(20, 4).commit(30, 3);
        assertThat(verdictAfter(2 * MINUTE_MS)).isEqualTo(LagVerdict.OK);
        assertThat(verdictAfter(2 * MINUTE_MS + 1)).isEqualTo(LagVerdict.STOP);
    }

    @Test
    void aStopCountsEvenIfTheLagWasZeroBefore() {
        commit(10, 0).commit(20, 4).commit(30, 3);
        assertThat(verdictAfter(3 * MINUTE_MS)).isEqualTo(LagVerdict.STOP);
    }

    @Test
    void aPauseOnAnIdleTopicIsNoStop() {
        commit(10, 5).commit(20, 4).commit(30, 3);
        assertThat(LagVerdict.of(window, 3, MINUTE_MS, WINDOW_MS, 20 * MINUTE_MS))
                .isEqualTo(LagVerdict.OK);
    }

    @Test
    void noCommitInTheWindowIsAStopIfRecordsHaveWaitedForAllOfIt() {
        assertThat(LagVerdict.of(List.of(), 3, WINDOW_MS + 1, WINDOW_MS, 0)).isEqualTo(LagVerdict.STOP);
        assertThat(LagVerdict.of(List.of(), 3, WINDOW_MS, WINDOW_MS, 0)).isEqualTo(LagVerdict.OK);
    }

    @Test
    void aLagThatRisesFromThirdToThirdIsGrowingAlthoughItFallsNowAndThen() {
        commit(10, 5).commit(20, 9).commit(30, 7);
        commit(40, 11).commit(50, 8).commit(60, 13);
        assertThat(verdict()).as("six commits show no trend yet").isEqualTo(LagVerdict.OK);
        commit(70, 12).commit(80, 17).commit(90, 15);
        assertThat(verdict()).isEqualTo(LagVerdict.GROWING);
    }

    @Test
    void aSawToothIsNotGrowing() {
        for (long i = 0; i < 4; i++) {
            commit(10 * i, 5).commit(10 * i + 1, 9).commit(10 * i + 2, 15);
        }
        assertThat(verdict()).isEqualTo(LagVerdict.OK);
    }

    @Test
    void oneCommitShowsNothing() {
        assertThat(commit(10, 5).verdict()).isEqualTo(LagVerdict.OK);
    }
}
