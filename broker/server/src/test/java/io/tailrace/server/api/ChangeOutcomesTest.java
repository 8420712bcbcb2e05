package io.tailrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangeOutcomesTest {
    private static List<ErrorCode> errors(ChangeOutcomes<?> outcomes) {
        return outcomes.answers((requested, outcome) -> outcome.error());
    }

    @Test
    void aRefusedChangeDoesNotStopTheOthers() {
        List<String> made = new ArrayList<>();
        ChangeOutcomes<String> outcomes = ChangeOutcomes.of(
                List.of("bad", "a", "away", "b"),
                name -> "topic " + name,
                name -> {
                    switch (name) {
                        case "bad" -> throw new TopicException(ErrorCode.INVALID_PARTITIONS, "on purpose");
                        case "away" -> throw new CoordinationException("on purpose");
                        default -> made.add(name);
                    }
                },
                () -> 0);
        assertThat(errors(outcomes))
                .containsExactly(
                        ErrorCode.INVALID_PARTITIONS, ErrorCode.NONE, ErrorCode.REQUEST_TIMED_OUT, ErrorCode.NONE);
        assertThat(outcomes.made()).isEqualTo(made).containsExactly("a", "b");
        assertThat(errors(outcomes.confirm(false, "late")))
                .containsExactly(
                        ErrorCode.INVALID_PARTITIONS,
                        ErrorCode.REQUEST_TIMED_OUT,
                        ErrorCode.REQUEST_TIMED_OUT,
                        ErrorCode.REQUEST_TIMED_OUT);
    }

    @Test
    void aChangeNamedTwiceIsMadeOnce() {
        ChangeOutcomes<String> outcomes =
                ChangeOutcomes.of(List.of("a", "a"), name -> "topic " + name, name -> {}, () -> 0);
        assertThat(outcomes.answers((requested, outcome) -> outcome))
                .containsExactly(
                        new ChangeOutcomes.Outcome(ErrorCode.NONE, null),
                        new ChangeOutcomes.Outcome(ErrorCode.INVALID_REQUEST, "topic a is named twice in the request"));
    }

    @Test
    void aRequestMakesABoundedNumberOfChanges() {
        List<Integer> requested = IntStream.range(0, 100_000).boxed().toList();
        ChangeOutcomes<Integer> outcomes = ChangeOutcomes.of(requested, String::valueOf, number -> {}, () -> 0);
        assertThat(outcomes.made()).hasSize(ChangeOutcomes.CHANGES_MAX);
        assertThat(errors(outcomes)).hasSize(100_000).endsWith(ErrorCode.POLICY_VIOLATION);
    }

    @Test
    void noChangeIsBegunAfterTheTimeForARequest() {
        AtomicLong nanos = new AtomicLong();
        ChangeOutcomes<String> outcomes = ChangeOutcomes.of(
                List.of("a", "b"),
                name -> name,
                name -> nanos.addAndGet(ChangeOutcomes.WORK_NANOS_MAX + 1),
                nanos::get);
        assertThat(outcomes.made()).containsExactly("a");
        assertThat(errors(outcomes)).containsExactly(ErrorCode.NONE, ErrorCode.REQUEST_TIMED_OUT);
    }

    @Test
    void messagesFitInTheProtocolsStrings() {
        ChangeOutcomes<String> outcomes = ChangeOutcomes.of(
                List.of("a"),
                name -> name,
                name -> {
                    throw new TopicException(ErrorCode.INVALID_CONFIG, "x".repeat(1_000_000));
                },
                () -> 0);
        outcomes.answers((requested, outcome) -> Objects.requireNonNull(outcome.message()))
                .forEach(message -> assertThat(message).hasSizeLessThan(2_000).endsWith("..."));
    }
}
