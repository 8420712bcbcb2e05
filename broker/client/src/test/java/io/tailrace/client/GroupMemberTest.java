package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.ConsumerProtocol;
import io.tailrace.protocol.group.ConsumerProtocolAssignment;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A consumer that subscribes, step by step. The test answers as the coordinator. */
class GroupMemberTest {
    private static final int HEARTBEAT_MS = 1_000;

    private final ManualTime time = new ManualTime();
    private final ScriptedNetwork network = new ScriptedNetwork();
    private final ConsumerConfig.Builder config =
            ConsumerConfig.builder("broker:1").group("g").offsetReset(OffsetReset.EARLIEST);
    private final List<String> events = new ArrayList<>();
    private final RebalanceListener listener = new RebalanceListener() {
        @Override
        public void assigned(Set<TopicPartition> partitions) {
            events.add("assigned " + text(partitions));
        }

        @Override
        public void revoked(Set<TopicPartition> partitions) {
            events.add("revoked " + text(partitions));
        }

        @Override
        public void lost(Set<TopicPartition> partitions) {
            events.add("lost " + text(partitions));
        }
    };
    private @Nullable FetchingConsumer opened;

    GroupMemberTest() {
        for (int index = 0; index < 4; index++) {
            network.lead(1, new TopicPartition("t", index));
        }
    }

    private static String text(Set<TopicPartition> partitions) {
        return partitions.stream().sorted().map(TopicPartition::toString).collect(Collectors.joining(" "));
    }

    private FetchingConsumer consumer() {
        if (opened == null) {
            opened = new FetchingConsumer(config.build(), new ConsumerNetworks(network, network, network), time);
        }
        return opened;
    }

    private void subscribe() {
        consumer().subscribe(List.of("t"), listener);
        step();
        answer(
                FindCoordinatorRequest.class,
                new FindCoordinatorResponse(
                        0,
                        ErrorCode.NONE,
                        null,
                        1,
                        "broker",
                        1,
                        List.of(new FindCoordinatorResponse.Coordinator("g", 1, "broker", 1, ErrorCode.NONE, null))));
        step();
    }

    /** Twice: what an answer makes due is sent by the second one. */
    private void step() {
        consumer().step();
        consumer().step();
    }

    private void poll() {
        consumer().poll(Duration.ZERO);
        step();
    }

    private <R extends Request<?>> ScriptedNetwork.Asked take(Class<R> type) {
        ScriptedNetwork.Asked asked = network.asked().stream()
                .filter(each -> type.isInstance(each.request()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " among " + network.asked()));
        network.asked().remove(asked);
        return asked;
    }

    private <R extends Request<?>> R answer(Class<R> type, Response response) {
        ScriptedNetwork.Asked asked = take(type);
        asked.answer(response);
        step();
        return asked.as(type);
    }

    private boolean waits(Class<? extends Request<?>> type) {
        return network.asked().stream().anyMatch(each -> type.isInstance(each.request()));
    }

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

    /** Answers all lookups: membership and offsets make one each. */
    private void findCoordinatorAgain() {
        while (waits(FindCoordinatorRequest.class)) {
            answer(
                    FindCoordinatorRequest.class,
                    new FindCoordinatorResponse(
                            0,
                            ErrorCode.NONE,
                            null,
                            2,
                            "broker",
                            2,
                            List.of(new FindCoordinatorResponse.Coordinator(
                                    "g", 2, "broker", 2, ErrorCode.NONE, null))));
        }
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
    void aConsumerThatHasLeftDoesNotCommitAsIfItWereAlone() {
        config.membership().pollIntervalMsMax(60_000);
        joinClassic(1, "you");
        answer(SyncGroupRequest.class, synced(2));
        poll();
        time.advanceMs(60_000);
        step();
        assertThat(waits(LeaveGroupRequest.class)).isTrue();
        assertThatThrownBy(() -> consumer().commit(Map.of(new TopicPartition("t", 2), 5L)))
                .hasMessageContaining("not a member of its group");
    }

    @Test
    void aClassicMemberSendsHeartbeatsUntilItHasGivenUpItsPartitions() {
        joinClassic(1, "you");
        answer(SyncGroupRequest.class, synced(2));
        poll();
        for (int i = 0; i < 3; i++) {
            time.advanceMs(3_000);
            step();
            answer(HeartbeatRequest.class, new HeartbeatResponse(0, ErrorCode.REBALANCE_IN_PROGRESS));
        }
        time.advanceMs(3_000);
        step();
        answer(HeartbeatRequest.class, new HeartbeatResponse(0, ErrorCode.UNKNOWN_MEMBER_ID));
        poll();
        assertThat(events).containsExactly("assigned t-2", "lost t-2");
    }

    @Test
    void theLeaderOfAClassicGroupAssignsAgainWhenATopicHasGrown() {
        config.client().metadataMaxAgeMs(60_000);
        joinClassic(1, "me");
        answer(SyncGroupRequest.class, synced(0, 1));
        poll();
        network.lead(1, new TopicPartition("t", 4));
        time.advanceMs(60_000);
        step();
        poll();
        assertThat(events).containsExactly("assigned t-0 t-1", "revoked t-0 t-1");
        assertThat(waits(JoinGroupRequest.class)).isTrue();
    }

    @Test
    void topicsThatCameDuringAJoinAreJoinedFor() {
        subscribeClassic();
        answer(JoinGroupRequest.class, joined(ErrorCode.MEMBER_ID_REQUIRED, -1, ""));
        consumer().subscribe(List.of("t", "t2"), listener);
        step();
        answer(JoinGroupRequest.class, joined(ErrorCode.NONE, 1, "you"));
        answer(SyncGroupRequest.class, synced(2));
        JoinGroupRequest again = take(JoinGroupRequest.class).as(JoinGroupRequest.class);
        assertThat(ConsumerProtocol.subscription(again.protocols().get(0).metadata())
                        .topics())
                .containsExactly("t", "t2");
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

    /** Joins by the classic protocol, after the consumer protocol was refused, as the leader of the generation. */
    private void joinClassic(int generation, String leader) {
        subscribeClassic();
        answer(JoinGroupRequest.class, joined(ErrorCode.MEMBER_ID_REQUIRED, -1, ""));
        assertThat(answer(JoinGroupRequest.class, joined(ErrorCode.NONE, generation, leader))
                        .memberId())
                .isEqualTo("me");
    }

    private void subscribeClassic() {
        subscribe();
        take(ConsumerGroupHeartbeatRequest.class).fail(ErrorCode.UNSUPPORTED_VERSION);
        step();
        if (waits(FindCoordinatorRequest.class)) {
            findCoordinatorAgain();
        }
    }

    private static JoinGroupResponse joined(ErrorCode error, int generation, String leader) {
        Bytes subscription = ConsumerProtocol.encode(
                new ConsumerProtocolSubscription(List.of("t"), null, List.of(), -1, null), (short) 1);
        return new JoinGroupResponse(
                0,
                error,
                generation,
                "range",
                leader,
                "me",
                leader.equals("me")
                        ? List.of(
                                new JoinGroupResponse.Member("me", null, subscription),
                                new JoinGroupResponse.Member("you", null, subscription))
                        : List.of());
    }

    private static SyncGroupResponse synced(Integer... partitions) {
        return new SyncGroupResponse(
                0,
                ErrorCode.NONE,
                ConsumerProtocol.encode(
                        new ConsumerProtocolAssignment(
                                List.of(new ConsumerProtocolAssignment.Topic("t", Arrays.asList(partitions))), null),
                        (short) 1));
    }

    @Test
    void theLeaderOfAClassicGenerationAssignsByRange() {
        joinClassic(1, "me");
        SyncGroupRequest sync = answer(SyncGroupRequest.class, synced(0, 1));
        assertThat(sync.generationId()).isEqualTo(1);
        assertThat(sync.assignments().stream().map(SyncGroupRequest.Assignment::memberId))
                .containsExactly("me", "you");
        assertThat(ConsumerProtocol.assignment(sync.assignments().get(1).assignment())
                        .assignedPartitions()
                        .get(0)
                        .partitions())
                .containsExactly(2, 3);
        poll();
        assertThat(events).containsExactly("assigned t-0 t-1");
    }

    @Test
    void aClassicMemberGivesUpAllPartitionsBeforeItJoinsTheNextGeneration() {
        joinClassic(1, "you");
        assertThat(answer(SyncGroupRequest.class, synced(2)).assignments()).isEmpty();
        poll();
        time.advanceMs(3_000);
        step();
        answer(HeartbeatRequest.class, new HeartbeatResponse(0, ErrorCode.REBALANCE_IN_PROGRESS));
        assertThat(waits(JoinGroupRequest.class)).as("while it reads").isFalse();

        poll();
        assertThat(events).containsExactly("assigned t-2", "revoked t-2");
        assertThat(waits(JoinGroupRequest.class)).isTrue();
    }

    @Test
    void aClassicMemberThatTheGroupHasRemovedJoinsAsANewOne() {
        joinClassic(1, "you");
        answer(SyncGroupRequest.class, synced(2));
        poll();
        time.advanceMs(3_000);
        step();
        answer(HeartbeatRequest.class, new HeartbeatResponse(0, ErrorCode.UNKNOWN_MEMBER_ID));
        poll();
        assertThat(events).containsExactly("assigned t-2", "lost t-2");
        assertThat(take(JoinGroupRequest.class).as(JoinGroupRequest.class).memberId())
                .isEmpty();
    }

    @Test
    void aClassicMemberLeavesByItsId() {
        joinClassic(1, "you");
        answer(SyncGroupRequest.class, synced(2));
        poll();
        consumer().unsubscribe();
        assertThat(take(LeaveGroupRequest.class).as(LeaveGroupRequest.class).members())
                .containsExactly(new LeaveGroupRequest.Member("me", null));
    }
}
