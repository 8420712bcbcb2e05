package io.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.simulation.Step.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
    private static final Step KILL = step(Kind.KILL);
    private static final Step PAUSE = step(Kind.PAUSE);
    private static final Step CUT = step(Kind.CUT);

    private static Step step(Kind kind) {
        return new Step(10, kind, 1, 2, 5);
    }

    private static Optional<String> failsOnAKillBehindAPause(Schedule schedule) {
        int pause = schedule.steps().indexOf(PAUSE);
        return pause >= 0 && schedule.steps().lastIndexOf(KILL) > pause ? Optional.of("broken") : Optional.empty();
    }

    @Test
    void onlyStepsThatItTakesAreLeft() {
        Schedule schedule = new Schedule(List.of(KILL, CUT, CUT, PAUSE, CUT, CUT, KILL, CUT, PAUSE));
        assertThat(new Shrinker(ShrinkerTest::failsOnAKillBehindAPause)
                        .shrink(schedule)
                        .steps())
                .containsExactly(PAUSE, KILL);
    }

    @Test
    void aScheduleThatFailsWhateverIsDoneIsCutToNothing() {
        Schedule schedule = new Schedule(List.of(KILL, CUT, PAUSE));
        assertThat(new Shrinker(any -> Optional.of("broken")).shrink(schedule).steps())
                .isEmpty();
    }
}
