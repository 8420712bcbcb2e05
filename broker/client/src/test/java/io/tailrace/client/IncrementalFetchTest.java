package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client says to a broker in a fetch session. */
class IncrementalFetchTest {
    private static final int SESSION = 7;

    private final IncrementalFetch session = new IncrementalFetch();

    @Test
    void namesEverythingFirstAndThenWhatChanged() {
        ask("a", 0, 0);
        ask("a", 1, 0);
        ask("b", 0, 0);
        FetchRequest first = next();
        assertThat(first.sessionId()).isZero();
        assertThat(first.sessionEpoch()).isZero();
        assertThat(named(first)).containsExactly("a-0@0", "a-1@0", "b-0@0");
        answered(SESSION);
        ask("a", 0, 0);
        ask("a", 1, 5);
        FetchRequest second = next();
        assertThat(second.sessionId()).isEqualTo(SESSION);
        assertThat(second.sessionEpoch()).isEqualTo(1);
        assertThat(named(second)).containsExactly("a-1@5");
        answered(SESSION);

        assertThat(named(next())).isEmpty();
        assertThat(session.size()).isEqualTo(3);
    }

    @Test
    void forgetsWhatIsLeftOut() {
        ask("a", 0, 0);
        ask("a", 1, 0);
        next();
        answered(SESSION);
        session.forget(new TopicPartition("a", 1));
        session.forget(new TopicPartition("c", 9));
        FetchRequest request = next();
        assertThat(request.forgottenTopics()).containsExactly(new FetchRequest.ForgottenTopic("a", List.of(1)));
        answered(SESSION);
        assertThat(next().forgottenTopics()).isEmpty();
    }

    @Test
    void leftOutAndAskedForAgainIsNamedAndNotForgotten() {
        ask("a", 0, 0);
        next();
        answered(SESSION);
        session.forget(new TopicPartition("a", 0));
        ask("a", 0, 0);
        FetchRequest request = next();
        assertThat(named(request)).containsExactly("a-0@0");
        assertThat(request.forgottenTopics()).isEmpty();
    }

    @Test
    void brokerWithoutSessionsIsAskedForEverythingEachTime() {
        ask("a", 0, 0);
        next();
        answered(0);
        assertThat(session.isOpen()).isFalse();
        ask("a", 0, 0);
        FetchRequest second = next();
        assertThat(second.sessionEpoch()).isZero();
        assertThat(named(second)).containsExactly("a-0@0");
    }

    @Test
    void sessionThatIsGoneIsOpenedAnew() {
        ask("a", 0, 0);
        next();
        answered(SESSION);
        next();
        session.answered(new FetchResponse(0, ErrorCode.FETCH_SESSION_ID_NOT_FOUND, 0, List.of()));
        assertThat(session.isOpen()).isFalse();
        ask("a", 0, 0);
        FetchRequest request = next();
        assertThat(request.sessionId()).isZero();
        assertThat(request.sessionEpoch()).isZero();
        assertThat(named(request)).containsExactly("a-0@0");
    }

    @Test
    void fetchWithoutAnAnswerHasTheNextOneCloseTheSession() {
        ask("a", 0, 0);
        next();
        answered(SESSION);
        next();
        session.reset();
        ask("a", 0, 0);
        FetchRequest request = next();
        assertThat(request.sessionId()).isEqualTo(SESSION);
        assertThat(request.sessionEpoch()).isZero();
    }

    @Test
    void wrongEpochHasTheNextFetchCloseTheSession() {
        ask("a", 0, 0);
        next();
        answered(SESSION);
        next();
        session.answered(new FetchResponse(0, ErrorCode.INVALID_FETCH_SESSION_EPOCH, 0, List.of()));

        FetchRequest request = next();
        assertThat(request.sessionId()).isEqualTo(SESSION);
        assertThat(request.sessionEpoch()).isZero();
    }

    private void ask(String topic, int index, long offset) {
        session.ask(new TopicPartition(topic, index), new FetchRequest.Partition(index, -1, offset, -1, -1, 1_000));
    }

    private FetchRequest next() {
        return session.next(new FetchRequest(-1, 0, 1, 1_000, List.of()));
    }

    private void answered(int sessionId) {
        session.answered(new FetchResponse(0, ErrorCode.NONE, sessionId, List.of()));
    }

    private static List<String> named(FetchRequest request) {
        return request.topics().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(part -> topic.topic() + "-" + part.partition() + "@" + part.fetchOffset()))
                .toList();
    }
}
