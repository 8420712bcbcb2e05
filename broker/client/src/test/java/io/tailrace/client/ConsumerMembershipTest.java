package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A member by the consumer protocol, and what does not depend on the protocol. */
class ConsumerMembershipTest extends GroupMemberFixture {
    private static ConsumerGroupHeartbeatResponse heartbeat(int epoch, Integer... partitions) {
        return new ConsumerGroupHeartbeatResponse(
                0,
                ErrorCode.NONE,
                null,
                "m",
                epoch,
                HEARTBEAT_MS,
                new ConsumerGroupHeartbeatResponse.Assignment(
                        partitions.length == 0
                                ? List.of()
                                : List.of(new ConsumerGroupHeartbeatResponse.TopicPartitions(
                                        ScriptedNetwork.idOf("t"), Arrays.asList(partitions)))));
    }

    private static ConsumerGroupHeartbeatResponse unchanged(int epoch) {
        return new ConsumerGroupHeartbeatResponse(0, ErrorCode.NONE, null, "m", epoch, HEARTBEAT_MS, null);
    }

    private static ConsumerGroupHeartbeatResponse refused(ErrorCode error) {
        return new ConsumerGroupHeartbeatResponse(0, error, "scripted", null, 0, 0, null);
    }

    private static List<Integer> owned(ConsumerGroupHeartbeatRequest request) {
        return Objects.requireNonNull(request.topicPartitions()).stream()
                .flatMap(topic -> topic.partitions().stream())
                .toList();
    }

    @Test
    void aJoinSaysEverythingAndTheReportOfPartitionsFollowsAtOnce() {
        subscribe();
        ConsumerGroupHeartbeatRequest join = answer(ConsumerGroupHeartbeatRequest.class, heartbeat(1, 0, 1));
        assertThat(join.memberEpoch()).isZero();
        assertThat(join.subscribedTopicNames()).containsExactly("t");
        assertThat(owned(join)).isEmpty();

        poll();
        assertThat(events).containsExactly("assigned t-0 t-1");
        ConsumerGroupHeartbeatRequest report = answer(ConsumerGroupHeartbeatRequest.class, unchanged(1));
        assertThat(report.memberEpoch()).isEqualTo(1);
        assertThat(report.subscribedTopicNames()).isNull();
        assertThat(owned(report)).containsExactly(0, 1);

        assertThat(waits(ConsumerGroupHeartbeatRequest.class))
                .as("before the interval")
                .isFalse();
        time.advanceMs(HEARTBEAT_MS);
        step();
        assertThat(waits(ConsumerGroupHeartbeatRequest.class)).isTrue();
    }

    @Test
    void partitionsAreGivenUpInAPollAndThenReported() {
        subscribe();
        answer(ConsumerGroupHeartbeatRequest.class, heartbeat(1, 0, 1));
        poll();
        answer(ConsumerGroupHeartbeatRequest.class, heartbeat(1, 0));
        assertThat(consumer().assignment()).hasSize(2);

        poll();
        assertThat(events).containsExactly("assigned t-0 t-1", "revoked t-1");
        assertThat(owned(answer(ConsumerGroupHeartbeatRequest.class, heartbeat(2, 0))))
                .containsExactly(0);
    }

    @Test
    void aFencedMemberLosesItsPartitionsAndJoinsAgain() {
        subscribe();
        answer(ConsumerGroupHeartbeatRequest.class, heartbeat(5, 0));
        poll();
        answer(ConsumerGroupHeartbeatRequest.class, refused(ErrorCode.FENCED_MEMBER_EPOCH));
        assertThat(waits(ConsumerGroupHeartbeatRequest.class))
                .as("while it still reads its partitions")
                .isFalse();

        poll();
        assertThat(events).containsExactly("assigned t-0", "lost t-0");
        ConsumerGroupHeartbeatRequest join = answer(ConsumerGroupHeartbeatRequest.class, heartbeat(6, 0));
        assertThat(join.memberEpoch()).isZero();
        assertThat(owned(join)).isEmpty();
    }

    @Test
    void aHeartbeatWhoseAnswerIsLostIsFollowedByOneThatSaysEverything() {
        subscribe();
        answer(ConsumerGroupHeartbeatRequest.class, heartbeat(1, 0));
        poll();
        take(ConsumerGroupHeartbeatRequest.class).fail(ErrorCode.NETWORK_EXCEPTION);
        step();
        time.advanceMs(HEARTBEAT_MS);
        step();
        findCoordinatorAgain();

        ConsumerGroupHeartbeatRequest next = answer(ConsumerGroupHeartbeatRequest.class, unchanged(1));
        assertThat(next.memberEpoch()).isEqualTo(1);
        assertThat(next.subscribedTopicNames()).containsExactly("t");
        assertThat(owned(next)).containsExactly(0);
    }

    @Test
    void aMovedCoordinatorIsLookedUpAtTheFirstRefusal() {
        subscribe();
        answer(ConsumerGroupHeartbeatRequest.class, heartbeat(1, 0));
        poll();
        answer(ConsumerGroupHeartbeatRequest.class, refused(ErrorCode.NOT_COORDINATOR));
        time.advanceMs(HEARTBEAT_MS);
        step();
        findCoordinatorAgain();

        ScriptedNetwork.Asked next = take(ConsumerGroupHeartbeatRequest.class);
        assertThat(next.broker()).isEqualTo(ScriptedNetwork.address(2));
        assertThat(events).containsExactly("assigned t-0");
    }

    @Test
    void aRefusalThatNoRetryHelpsEndsThePoll() {
        subscribe();
        answer(ConsumerGroupHeartbeatRequest.class, refused(ErrorCode.GROUP_MAX_SIZE_REACHED));
        assertThatThrownBy(this::poll)
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("group g: GROUP_MAX_SIZE_REACHED, scripted");
    }

    @Test
    void positionsAreCommittedAsTheMemberOfTheEpoch() {
        config.membership().autoCommit(true).autoCommitIntervalMs(5_000);
        subscribe();
        answer(ConsumerGroupHeartbeatRequest.class, heartbeat(3, 0));
        poll();
        consumer().seek(new TopicPartition("t", 0), 7);
        time.advanceMs(5_000);
        poll();
        findCoordinatorAgain();

        OffsetCommitRequest commit = answer(OffsetCommitRequest.class, new OffsetCommitResponse(0, List.of()));
        assertThat(commit.generationIdOrMemberEpoch()).isEqualTo(3);
        assertThat(commit.memberId()).isNotEmpty();
        assertThat(commit.topics().get(0).partitions().get(0).committedOffset()).isEqualTo(7);
    }

    @Test
    void aConsumerThatDoesNotPollLeavesAndTheNextPollJoins() {
        config.membership().pollIntervalMsMax(60_000);
        subscribe();
        answer(ConsumerGroupHeartbeatRequest.class, heartbeat(1, 0));
        poll();
        answer(ConsumerGroupHeartbeatRequest.class, unchanged(1));
        time.advanceMs(60_000);
        step();
        ConsumerGroupHeartbeatRequest leave =
                take(ConsumerGroupHeartbeatRequest.class).as(ConsumerGroupHeartbeatRequest.class);
        assertThat(leave.memberEpoch()).isEqualTo(ConsumerGroupHeartbeatRequest.LEAVE_EPOCH);

        poll();
        assertThat(events).containsExactly("assigned t-0", "lost t-0");
        assertThat(take(ConsumerGroupHeartbeatRequest.class)
                        .as(ConsumerGroupHeartbeatRequest.class)
                        .memberEpoch())
                .isZero();
    }

    @Test
    void closingRevokesAndLeaves() {
        subscribe();
        answer(ConsumerGroupHeartbeatRequest.class, heartbeat(1, 0));
        poll();
        answer(ConsumerGroupHeartbeatRequest.class, unchanged(1));
        consumer().unsubscribe();
        assertThat(events).containsExactly("assigned t-0", "revoked t-0");
        assertThat(take(ConsumerGroupHeartbeatRequest.class)
                        .as(ConsumerGroupHeartbeatRequest.class)
                        .memberEpoch())
                .isEqualTo(ConsumerGroupHeartbeatRequest.LEAVE_EPOCH);
        assertThat(consumer().assignment()).isEmpty();
    }

    @Test
    void aFetchOfAnEarlierAssignmentIsNotTakenForTheNextOne() {
        subscribe();
        answer(ConsumerGroupHeartbeatRequest.class, heartbeat(1, 0));
        poll();
        TopicPartition partition = new TopicPartition("t", 0);
        consumer().seek(partition, 800);
        time.advanceMs(HEARTBEAT_MS / 2);
        step();
        ScriptedNetwork.Asked ahead = take(FetchRequest.class);
        answer(ConsumerGroupHeartbeatRequest.class, refused(ErrorCode.FENCED_MEMBER_EPOCH));
        poll();
        answer(ConsumerGroupHeartbeatRequest.class, heartbeat(2, 0));
        poll();
        consumer().seek(partition, 500);
        step();

        ahead.answer(new FetchResponse(List.of(new FetchResponse.Topic(
                "t", List.of(FetchResponse.Partition.read(0, 1000, 0, RecordsPayload.of(batch(800))))))));
        step();
        assertThat(consumer().poll(Duration.ZERO)).isEmpty();
        assertThat(consumer().position(partition)).isEqualTo(500);
    }

    private static ByteBuffer batch(long baseOffset) {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1_000);
        builder.append(0, null, new byte[] {1}, List.of());
        ByteBuffer bytes = builder.build();
        RecordBatch.at(bytes).stamp(baseOffset, 1);
        return bytes;
    }

    @Test
    void aPatternMatchesWholeNamesOfTopicsThatExist() {
        network.lead(1, new TopicPartition("t2", 0));
        network.lead(1, new TopicPartition("other-t", 0));
        consumer().subscribe(Pattern.compile("t.?"), listener);
        step();
        findCoordinatorAgain();
        assertThat(take(ConsumerGroupHeartbeatRequest.class)
                        .as(ConsumerGroupHeartbeatRequest.class)
                        .subscribedTopicNames())
                .containsExactly("t", "t2");
    }

    @Test
    void assignedPartitionsAndASubscriptionExcludeEachOther() {
        consumer().assign(List.of(new TopicPartition("t", 0)));
        assertThatThrownBy(() -> consumer().subscribe(List.of("t"))).hasMessageContaining("assign none");
        consumer().assign(List.of());
        consumer().subscribe(List.of("t"));
        assertThatThrownBy(() -> consumer().assign(List.of())).hasMessageContaining("unsubscribe");
    }
}
