package io.tailrace.server.fetch;

import static io.tailrace.server.fetch.ManyPartitions.followed;
import static io.tailrace.server.fetch.ManyPartitions.wanted;
import static io.tailrace.server.partition.TwoReplicas.FOLLOWER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.LEADER_EPOCH;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.server.api.FileRecords;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many partitions a fetch looks at, and which it answers. Counts, no time. */
class FetchPlanTest {
    private static final int PARTITIONS = 100;
    private static final int BYTES_MAX = 100_000;
    private static final Requester CONSUMER = new Requester(FetchRequest.CONSUMER, -1, "", false, false);
    private static final Requester FOLLOWER = new Requester(2, FOLLOWER_EPOCH, "", false, false);

    private TwoReplicas replicas;
    private ManyPartitions partitions;
    private FetchPlan plan;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        partitions = new ManyPartitions(replicas, PARTITIONS);
        plan = new FetchPlan(replicas.partitions(), CONSUMER, false);
    }

    @AfterEach
    void stop() throws Exception {
        plan.close();
        for (int i = 0; i < PARTITIONS; i++) {
            assertThat(TwoReplicas.readers(partitions.get(i))).isZero();
        }
        replicas.close();
    }

    @Test
    void fetchLooksOnlyAtPartitionsThatHaveChanged() {
        consume();
        assertThat(fetch()).as("high watermarks of all, at first").hasSize(PARTITIONS);
        assertThat(looks()).isZero();

        partitions.commit(7);
        partitions.commit(70);
        partitions.append(8);
        assertThat(looks()).isEqualTo(2);
        assertThat(indexes(fetch())).containsExactlyInAnyOrder(7, 70);
    }

    @Test
    void wakeLooksOnlyAtPartitionsThatHaveChanged() {
        consume();
        fetch();
        List<String> wakes = new ArrayList<>();
        assertThat(plan.changes().callAtNextChange(() -> wakes.add("woken"))).isTrue();
        for (int i = 0; i < 3; i++) {
            partitions.commit(5);
        }
        assertThat(wakes).as("one wake for three appends").hasSize(1);
        FetchAttempt attempt = new FetchAttempt(plan, BYTES_MAX);
        attempt.look(plan.takeChanged());

        assertThat(attempt.looks()).isEqualTo(1);
        assertThat(attempt.isEnough(1)).isTrue();
        assertThat(indexes(partitionsOf(attempt.answerChanged()))).containsExactly(5);
    }

    @Test
    void partitionThatWasReadIsNotReadAgainWhileItsFetchWaitsForMoreBytes() {
        consume();
        fetch();
        partitions.commit(1);
        int bytes = waitInVain();
        partitions.commit(2);
        FetchAttempt attempt = new FetchAttempt(plan, BYTES_MAX);
        attempt.look(plan.takeChanged());

        assertThat(attempt.looks()).isEqualTo(1);
        assertThat(attempt.isEnough(2 * bytes)).isTrue();
        assertThat(indexes(partitionsOf(attempt.answerChanged()))).containsExactlyInAnyOrder(1, 2);
    }

    private int waitInVain() {
        FetchAttempt attempt = new FetchAttempt(plan, BYTES_MAX);
        attempt.look(plan.takeChanged());
        assertThat(attempt.isEnough(BYTES_MAX)).isFalse();
        attempt.close();
        assertThat(plan.changes().callAtNextChange(() -> {})).isTrue();
        return (int) plan.readableBytes();
    }

    @Test
    void recordsThatTheClientDoesNotAskPastAreSentAgain() {
        consume();
        fetch();
        partitions.commit(3);
        assertThat(indexes(fetch())).containsExactly(3);
        assertThat(indexes(fetch())).containsExactly(3);
        plan.want(wanted(1, 3));

        assertThat(fetch()).isEmpty();
        assertThat(looks()).isZero();
    }

    @Test
    void everyPartitionHasItsTurnWhenTheAnswerHasRoomForOne() {
        consume();
        fetch();
        for (int i = 0; i < 10; i++) {
            partitions.commit(i);
        }
        List<Integer> answered = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answered.addAll(indexes(fetch(1)));
        }

        assertThat(answered).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void recordsOfWhichNoBatchFitsAreLeftForTheNextAnswer() {
        consume();
        fetch();
        partitions.commit(1);
        partitions.commit(2);
        int bytes = bytes(fetch().get(0));
        List<FetchResponse.Partition> answer = fetch(2 * bytes - 1);
        assertThat(answer).filteredOn(part -> bytes(part) > 0).hasSize(1);
        plan.want(wanted(1, answer.get(0).partitionIndex()));

        assertThat(indexes(fetch(2 * bytes - 1)))
                .containsExactly(3 - answer.get(0).partitionIndex());
    }

    @Test
    void movedLogStartIsAnsweredAndWakesNobody() throws Exception {
        consume();
        partitions.commit(0);
        plan.want(wanted(1, 0));
        fetch();
        assertThat(plan.changes().callAtNextChange(() -> {
                    throw new AssertionError("woken");
                }))
                .isTrue();
        replicas.log().deleteRecordsBefore(1);
        replicas.partition().logStartMayHaveMoved();

        List<FetchResponse.Partition> answer = fetch();
        assertThat(indexes(answer)).containsExactly(0);
        assertThat(answer.get(0).logStartOffset()).isEqualTo(1);
    }

    @Test
    void errorIsAnsweredAgainUntilItIsGone() {
        consume();
        fetch();
        replicas.elect(2, LEADER_EPOCH + 1);
        assertThat(errors(fetch())).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(errors(fetch())).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        replicas.elect(1, LEADER_EPOCH + 2);

        assertThat(errors(fetch())).as("its high watermark is news").containsExactly(ErrorCode.NONE);
        assertThat(fetch()).isEmpty();
    }

    @Test
    void partitionThatIsOpenedLaterIsFound() throws Exception {
        consume();
        plan.want(wanted(0, PARTITIONS));
        fetch();
        assertThat(errors(fetch())).containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        var opened = replicas.openLeader(PARTITIONS, LEADER_EPOCH);

        assertThat(errors(fetch())).containsExactly(ErrorCode.NONE);
        assertThat(fetch()).isEmpty();
        assertThat(TwoReplicas.readers(opened)).isEqualTo(1);
    }

    @Test
    void forgottenPartitionCostsNothing() {
        consume();
        fetch();
        partitions.commit(4);
        plan.forget(List.of(new FetchRequest.ForgottenTopic(TwoReplicas.TOPIC, List.of(4, 5, 999))));

        assertThat(fetch()).isEmpty();
        assertThat(plan.size()).isEqualTo(PARTITIONS - 2);
        assertThat(TwoReplicas.readers(partitions.get(4))).isZero();
    }

    @Test
    void followerIsWokenByAppendsAndLearnsHighWatermarksWithItsNextAnswer() {
        follow();
        fetch();
        List<String> wakes = new ArrayList<>();
        assertThat(plan.changes().callAtNextChange(() -> wakes.add("append"))).isTrue();
        partitions.append(6);
        assertThat(wakes).containsExactly("append");
        assertThat(indexes(fetch())).containsExactly(6);
        plan.want(followed(1, 6));
        fetch();
        assertThat(plan.changes().callAtNextChange(() -> wakes.add("high watermark")))
                .isTrue();
        TwoReplicas.followerFetches(partitions.get(6), 1);
        assertThat(wakes).containsExactly("append");

        List<FetchResponse.Partition> answer = fetch();
        assertThat(indexes(answer)).containsExactly(6);
        assertThat(answer.get(0).highWatermark()).isEqualTo(1);
    }

    @Test
    void followerThatServesConsumersIsWokenByHighWatermarksAndAnswered() {
        plan = new FetchPlan(replicas.partitions(), FOLLOWER, true);
        plan.follow();
        partitions.append(6);
        plan.want(followed(1, 6));
        assertThat(indexes(fetch())).as("at first").containsExactly(6);
        List<String> wakes = new ArrayList<>();
        assertThat(plan.changes().callAtNextChange(() -> wakes.add("high watermark")))
                .isTrue();
        TwoReplicas.followerFetches(partitions.get(6), 1);
        assertThat(wakes).containsExactly("high watermark");

        FetchAttempt attempt = new FetchAttempt(plan, BYTES_MAX);
        attempt.look(plan.takeChanged());
        assertThat(attempt.isEnough(1)).isTrue();
        assertThat(partitionsOf(attempt.answerChanged()).get(0).highWatermark()).isEqualTo(1);
        assertThat(plan.changes().callAtNextChange(() -> {})).isTrue();
        FetchAttempt next = new FetchAttempt(plan, BYTES_MAX);
        next.lookAtActive();
        assertThat(next.isEnough(1)).as("with nothing new").isFalse();
    }

    @Test
    void followerThatAsksInAnotherLeaderEpochIsAnsweredTheHighWatermarkAgain() {
        follow();
        partitions.commit(0);
        plan.want(followed(1, 0));
        assertThat(fetch()).hasSize(PARTITIONS);
        plan.want(followed(1, 0));
        assertThat(fetch()).isEmpty();
        replicas.elect(1, LEADER_EPOCH + 1);
        plan.want(List.of(new FetchRequest.Topic(
                TwoReplicas.TOPIC,
                List.of(new FetchRequest.Partition(0, LEADER_EPOCH + 1, 1, LEADER_EPOCH, 0, BYTES_MAX)))));

        List<FetchResponse.Partition> answer = fetch();
        assertThat(indexes(answer)).containsExactly(0);
        assertThat(answer.get(0).highWatermark()).isEqualTo(1);
    }

    @Test
    void planOfOneFetchFindsWhatChangedBeforeItFollowed() {
        plan.want(partitions.wanted());
        FetchAttempt first = new FetchAttempt(plan, BYTES_MAX);
        first.lookAtActive();
        first.close();
        partitions.commit(9);
        assertThat(TwoReplicas.readers(partitions.get(9))).isZero();
        plan.follow();

        assertThat(plan.changes().callAtNextChange(() -> {})).isFalse();
        FetchAttempt second = new FetchAttempt(plan, BYTES_MAX);
        second.look(plan.takeChanged());
        assertThat(second.looks()).isEqualTo(1);
        List<FetchResponse.Partition> all = partitionsOf(second.answerAll());
        assertThat(second.looks())
                .as("the others are answered from the first look")
                .isEqualTo(1);
        assertThat(all).hasSize(PARTITIONS);
    }

    private void consume() {
        start(CONSUMER, partitions.wanted());
    }

    private void follow() {
        int[] all = new int[PARTITIONS];
        for (int i = 0; i < PARTITIONS; i++) {
            all[i] = i;
        }
        start(FOLLOWER, followed(0, all));
    }

    private void start(Requester requester, List<FetchRequest.Topic> wanted) {
        plan = new FetchPlan(replicas.partitions(), requester, false);
        plan.follow();
        plan.want(wanted);
    }

    private List<FetchResponse.Partition> fetch() {
        return fetch(BYTES_MAX);
    }

    /** One fetch of a session that does not wait. */
    private List<FetchResponse.Partition> fetch(int bytesMax) {
        var unused = plan.takeChanged();
        FetchAttempt attempt = new FetchAttempt(plan, bytesMax);
        return partitionsOf(attempt.answerChanged());
    }

    /** The number of partitions that the next fetch looks at. */
    private int looks() {
        var unused = plan.takeChanged();
        FetchAttempt attempt = new FetchAttempt(plan, BYTES_MAX);
        attempt.lookAtActive();
        attempt.close();
        return attempt.looks();
    }

    /** The partitions in an answer, whose files are closed. */
    private static List<FetchResponse.Partition> partitionsOf(List<FetchResponse.Topic> answer) {
        List<FetchResponse.Partition> all =
                answer.stream().flatMap(topic -> topic.partitions().stream()).toList();
        for (FetchResponse.Partition part : all) {
            if (part.records() instanceof FileRecords file) {
                file.slice().close();
            }
        }
        return all;
    }

    private static int bytes(FetchResponse.Partition part) {
        RecordsPayload records = part.records();
        return records == null ? 0 : records.sizeInBytes();
    }

    private static List<Integer> indexes(List<FetchResponse.Partition> answer) {
        return answer.stream().map(FetchResponse.Partition::partitionIndex).toList();
    }

    private static List<ErrorCode> errors(List<FetchResponse.Partition> answer) {
        return answer.stream().map(FetchResponse.Partition::errorCode).toList();
    }
}
