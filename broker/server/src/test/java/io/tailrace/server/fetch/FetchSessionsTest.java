package io.tailrace.server.fetch;

import static io.tailrace.server.fetch.ManyPartitions.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.partition.Partitions;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which sessions there are, by the test's own clock. */
class FetchSessionsTest {
    private static final Requester CONSUMER = new Requester(-1, -1, "", false, false);
    private static final Requester FOLLOWER = new Requester(2, 200, "", false, false);

    private final Partitions partitions = new Partitions(ClusterImage::empty);
    private long nowMs = 1_000;
    private final FetchSessions sessions = new FetchSessions(2, 100, () -> nowMs);

    @Test
    void epochsCountUpFromOne() {
        FetchSession session = ended(CONSUMER, 1);
        assertThat(use(session, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(use(session, 2)).as("while a fetch uses it").isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        sessions.end(session);
        assertThat(use(session, 1)).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(use(session, 3)).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(use(session, 2)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void unknownClosedAndForeignSessionsAreNotFound() {
        FetchSession session = ended(FOLLOWER, 1);
        assertThat(sessions.use(session.id() - 1, 1, FOLLOWER).error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(sessions.use(session.id(), 1, CONSUMER).error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(sessions.use(session.id(), 1, new Requester(2, 300, "", false, false))
                        .error())
                .as("another registration of the follower")
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        sessions.close(session.id());
        assertThat(use(session, 1)).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void thereAreNoMoreSessionsThanSlots() {
        ended(CONSUMER, 1);
        ended(CONSUMER, 1);
        assertThat(create(CONSUMER, 50)).isEmpty();
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void noSlotsMeansNoSessions() {
        assertThat(new FetchSessions(0, 100, () -> nowMs).create(plan(FOLLOWER, 1)))
                .isEmpty();
    }

    @Test
    void followerReplacesTheSmallestConsumerButNoFollower() {
        FetchSession large = ended(CONSUMER, 5);
        FetchSession small = ended(CONSUMER, 3);
        ended(FOLLOWER, 1);
        assertThat(use(small, 1)).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        ended(FOLLOWER, 1);
        assertThat(use(large, 1)).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);

        assertThat(create(FOLLOWER, 50)).isEmpty();
        assertThat(create(CONSUMER, 50)).isEmpty();
    }

    @Test
    void sessionThatIsUnusedForTwoMinutesIsReplaced() {
        ended(FOLLOWER, 5);
        FetchSession other = ended(CONSUMER, 5);
        nowMs += FetchSessions.UNUSED_MS_MAX;
        use(other, 1);
        sessions.end(other);
        assertThat(create(CONSUMER, 1)).isEmpty();
        nowMs += FetchSessions.SEARCH_INTERVAL_MS;
        assertThat(create(CONSUMER, 1)).isPresent();
        assertThat(use(other, 2)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void smallSessionThatIsOldIsReplacedByALargerOneOfItsKind() {
        FetchSession small = ended(CONSUMER, 2);
        FetchSession large = ended(CONSUMER, 9);
        nowMs += FetchSessions.UNUSED_MS_MAX + 1;
        use(small, 1);
        use(large, 1);
        assertThat(create(CONSUMER, 2)).as("not larger").isEmpty();
        nowMs += FetchSessions.SEARCH_INTERVAL_MS;
        assertThat(create(CONSUMER, 3)).isPresent();
        sessions.end(small);
        assertThat(use(small, 2)).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void unusedSessionsAreClosedThoughNobodyNeedsTheirPlace() {
        FetchSession used = create(CONSUMER, 1).orElseThrow();
        ended(CONSUMER, 1);
        nowMs += FetchSessions.UNUSED_MS_MAX;
        sessions.expire();
        assertThat(sessions.size()).isEqualTo(2);
        nowMs += FetchSessions.UNUSED_MS_MAX;
        sessions.expire();
        assertThat(sessions.size()).as("one is in use").isEqualTo(1);
        sessions.end(used);
        assertThat(use(used, 1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void partitionsOfAllSessionsAreBounded() {
        assertThat(create(FOLLOWER, 101)).isEmpty();
        FetchSession session = ended(CONSUMER, 60);
        assertThat(create(CONSUMER, 41)).isEmpty();
        assertThat(create(CONSUMER, 40)).isPresent();
        assertThat(sessions.partitions()).isEqualTo(100);

        use(session, 1);
        session.plan().want(wanted(0, 60));
        assertThat(sessions.count(session)).as("a session that grew is closed").isFalse();
        assertThat(sessions.partitions()).isEqualTo(40);
    }

    @Test
    void sessionWhoseClientNamesItsPartitionsAgainStaysThoughThereIsNoMorePlace() {
        FetchSession session = ended(CONSUMER, 60);
        ended(CONSUMER, 40);
        use(session, 1);
        session.plan().want(wanted(1, IntStream.range(0, 60).toArray()));
        assertThat(sessions.count(session)).isTrue();
        sessions.end(session);
        assertThat(use(session, 2)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void partitionsOfASessionAreCountedWhileItsFetchWaits() {
        FetchSession session = ended(CONSUMER, 60);
        use(session, 1);
        session.plan().want(wanted(0, IntStream.range(60, 80).toArray()));
        assertThat(sessions.count(session)).isTrue();
        assertThat(sessions.partitions()).isEqualTo(80);
        assertThat(create(CONSUMER, 21)).isEmpty();
    }

    @Test
    void noSessionIsClosedIfThatDoesNotMakeEnoughPlace() {
        FetchSession unused = ended(CONSUMER, 20);
        nowMs += FetchSessions.UNUSED_MS_MAX + 1;
        ended(FOLLOWER, 60);
        assertThat(create(CONSUMER, 41)).isEmpty();
        assertThat(use(unused, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(sessions.evictions()).isZero();
    }

    @Test
    void consumerSearchesForAPlaceOnceASecondAndAFollowerEachTime() {
        FetchSession one = ended(CONSUMER, 3);
        ended(CONSUMER, 1);
        assertThat(create(CONSUMER, 5)).isEmpty();
        nowMs += FetchSessions.UNUSED_MS_MAX + 1;
        use(one, 1);
        assertThat(create(CONSUMER, 1)).as("another is unused").isPresent();
        assertThat(create(CONSUMER, 1)).isEmpty();
        assertThat(create(FOLLOWER, 1)).isPresent();
        sessions.close(one.id());
        assertThat(create(CONSUMER, 1)).as("a free place takes no search").isPresent();
        assertThat(sessions.evictions()).isEqualTo(2);
    }

    private ErrorCode use(FetchSession session, int epoch) {
        return sessions.use(session.id(), epoch, session.plan().requester()).error();
    }

    private FetchSession ended(Requester requester, int size) {
        FetchSession session = create(requester, size).orElseThrow();
        sessions.end(session);
        return session;
    }

    private Optional<FetchSession> create(Requester requester, int size) {
        return sessions.create(plan(requester, size));
    }

    private FetchPlan plan(Requester requester, int size) {
        FetchPlan plan = new FetchPlan(partitions, requester, false);
        plan.want(wanted(0, IntStream.range(0, size).toArray()));
        return plan;
    }
}
