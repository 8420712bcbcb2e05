package io.tailrace.server.follower;

import static io.tailrace.server.Batches.stamped;
import static io.tailrace.server.partition.TwoReplicas.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.server.config.ReplicationConfig;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A follower of two partitions, whose leader the test plays, in a fetch session. */
class FollowerSessionTest {
    private static final int LEADER = 2;
    private static final int EPOCH = 4;
    private static final int SESSION = 7;

    private final ScriptedLeader leader = new ScriptedLeader();
    private TwoReplicas replicas;
    private Partition other;
    private Fetchers fetchers;
    /** The time at which the clock stands still, negative while it runs. */
    private volatile long stoppedMs = -1;

    @BeforeEach
    void follow(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        other = replicas.openFollower(EPOCH);
        fetchers = new Fetchers(
                new ReplicaFetcher.Self(1, () -> 100),
                new ReplicationConfig(60_000, 1, 500, 1000, 1000, 100, 1000, false),
                leader,
                this::nowMs);
        replicas.elect(LEADER, EPOCH);
        fetchers.start(replicas.partition(), LEADER, EPOCH);
        leader.asked();
        fetchers.start(other, LEADER, EPOCH);
        leader.answer(inSession(0));
        FetchRequest both = leader.asked();
        assertThat(both.sessionEpoch()).isZero();
        assertThat(named(both)).containsExactlyInAnyOrder("0@0", "1@0");
    }

    private long nowMs() {
        return stoppedMs < 0 ? replicas.clocks().steadyMs().getAsLong() : stoppedMs;
    }

    @AfterEach
    void stop() throws Exception {
        fetchers.close();
        replicas.close();
    }

    @Test
    void namesOnlyWhatWasCopied() throws Exception {
        leader.answer(inSession(SESSION, read(0, 0, "a"), empty(1)));
        FetchRequest second = leader.asked();
        assertThat(second.sessionId()).isEqualTo(SESSION);
        assertThat(second.sessionEpoch()).isEqualTo(1);
        assertThat(named(second)).containsExactly("0@1");
        assertThat(second.maxWaitMs()).isEqualTo(500);

        leader.answer(inSession(SESSION));
        FetchRequest third = leader.asked();
        assertThat(third.sessionEpoch()).isEqualTo(2);
        assertThat(named(third)).isEmpty();

        leader.answer(inSession(SESSION, read(1, 0, "b")));
        assertThat(named(leader.asked()))
                .as("a partition that the fetch did not name")
                .containsExactly("1@1");
        assertThat(other.logEndOffset()).isEqualTo(1);
    }

    @Test
    void forgetsAPartitionThatIsNoLongerCopied() throws Exception {
        leader.answer(inSession(SESSION, empty(0), empty(1)));
        leader.asked();
        fetchers.stop(other);
        leader.answer(inSession(SESSION));

        assertThat(leader.asked().forgottenTopics())
                .containsExactly(new FetchRequest.ForgottenTopic(TOPIC, List.of(1)));
    }

    @Test
    void leavesOutAPartitionDuringThePauseAfterAFailure() throws Exception {
        stoppedMs = nowMs();
        leader.answer(
                inSession(SESSION, FetchResponse.Partition.refused(0, ErrorCode.NOT_LEADER_OR_FOLLOWER, -1), empty(1)));
        FetchRequest next = leader.asked();
        assertThat(next.forgottenTopics()).containsExactly(new FetchRequest.ForgottenTopic(TOPIC, List.of(0)));
        assertThat(next.maxWaitMs()).as("until the pause is over").isLessThan(500);
        stoppedMs = -1;
        leader.onAsked(request -> leader.answer(inSession(SESSION)));
        leader.answer(inSession(SESSION));

        FetchRequest later = leader.asked();
        while (named(later).isEmpty()) {
            later = leader.asked();
        }
        assertThat(named(later)).containsExactly("0@0");
    }

    @Test
    void closedSessionIsFollowedByAnotherOnTheSameConnection() throws Exception {
        leader.answer(inSession(SESSION, empty(0), empty(1)));
        leader.asked();
        leader.answer(new FetchResponse(0, ErrorCode.FETCH_SESSION_ID_NOT_FOUND, 0, List.of()));
        FetchRequest anew = leader.asked();

        assertThat(anew.sessionId()).isZero();
        assertThat(anew.sessionEpoch()).isZero();
        assertThat(named(anew)).containsExactlyInAnyOrder("0@0", "1@0");
        assertThat(leader.linksOpened()).isEqualTo(1);
    }

    @Test
    void brokenConnectionIsFollowedByAFetchThatClosesTheSession() throws Exception {
        leader.answer(inSession(SESSION, empty(0), empty(1)));
        leader.asked();
        leader.breakDown();
        FetchRequest anew = leader.asked();

        assertThat(anew.sessionId()).isEqualTo(SESSION);
        assertThat(anew.sessionEpoch()).isZero();
        assertThat(named(anew)).containsExactlyInAnyOrder("0@0", "1@0");
    }

    @Test
    void answerForAnEarlierLeaderEpochIsNotAppended() throws Exception {
        leader.answer(inSession(SESSION, empty(0), empty(1)));
        leader.asked();
        replicas.elect(LEADER, EPOCH + 1);
        fetchers.start(replicas.partition(), LEADER, EPOCH + 1);
        leader.answer(inSession(SESSION, read(0, 0, "late")));
        FetchRequest next = leader.asked();

        assertThat(named(next)).containsExactly("0@0");
        assertThat(next.topics().get(0).partitions().get(0).currentLeaderEpoch())
                .isEqualTo(EPOCH + 1);
        assertThat(replicas.logEndOffset()).isZero();
    }

    private static FetchResponse inSession(int session, FetchResponse.Partition... parts) {
        return new FetchResponse(
                0,
                ErrorCode.NONE,
                session,
                parts.length == 0 ? List.of() : List.of(new FetchResponse.Topic(TOPIC, List.of(parts))));
    }

    private static FetchResponse.Partition empty(int index) {
        return FetchResponse.Partition.read(index, 0, 0, null);
    }

    private static FetchResponse.Partition read(int index, long offset, String value) {
        return FetchResponse.Partition.read(index, 0, 0, RecordsPayload.of(stamped(offset, EPOCH, value)));
    }

    private static List<String> named(FetchRequest request) {
        return request.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(part -> part.partition() + "@" + part.fetchOffset())
                .toList();
    }
}
