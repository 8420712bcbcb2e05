package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.MemberClient;
import io.tailrace.groups.ShardHarness;
import io.tailrace.groups.ShardHarness.Answer;
import io.tailrace.groups.assignor.Assignor;
import io.tailrace.groups.classic.Heartbeat;
import io.tailrace.groups.classic.JoinGroup;
import io.tailrace.groups.classic.LeaveGroup;
import io.tailrace.groups.classic.SyncGroup;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.ConsumerProtocol;
import io.tailrace.protocol.group.ConsumerProtocolAssignment;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of the classic protocol with the cooperative assignor: it joins again to report what it has given up. A step at a time.
 */
final class TestClassicConsumer {
    static final int SESSION_TIMEOUT_MS = 10_000;
    static final int REBALANCE_TIMEOUT_MS = 60_000;
    private static final String PROTOCOL = "cooperative-sticky";
    private static long ids;

    private final ShardHarness harness;
    private final String topic;
    private final @Nullable String instanceId;
    private String memberId = "";
    private int generation = -1;
    private Assignment owned = Assignment.EMPTY;
    private @Nullable Answer<JoinGroupResponse> join;
    private @Nullable Answer<SyncGroupResponse> sync;
    private boolean mustJoin = true;
    private @Nullable Bytes padding;
    private final List<JoinGroupRequest.Protocol> preferred = new ArrayList<>();

    TestClassicConsumer(ShardHarness harness, String topic, @Nullable String instanceId) {
        this.harness = harness;
        this.topic = topic;
        this.instanceId = instanceId;
    }

    /** It joins with this much user data. */
    void paddedWith(int bytes) {
        padding = Bytes.copyOf(ByteBuffer.allocate(bytes));
    }

    /** It prefers a protocol whose metadata is empty. */
    void alsoSupporting(String protocol) {
        preferred.add(new JoinGroupRequest.Protocol(protocol, Bytes.EMPTY));
    }

    private List<JoinGroupRequest.Protocol> protocols() {
        List<JoinGroupRequest.Protocol> all = new ArrayList<>(preferred);
        all.add(new JoinGroupRequest.Protocol(PROTOCOL, subscription()));
        return all;
    }

    String memberId() {
        return memberId;
    }

    int generation() {
        return generation;
    }

    Assignment owned() {
        return owned;
    }

    /** Whether it takes part and nothing is left to do. */
    boolean isIdle() {
        return join == null && sync == null && !mustJoin;
    }

    /** Does the next thing: joins, syncs, or sends a heartbeat. */
    void step() {
        if (join != null) {
            if (join.isDone()) {
                joined(join.get());
            }
        } else if (sync != null) {
            if (sync.isDone()) {
                synced(sync.get());
            }
        } else if (mustJoin) {
            join = harness.submit(new JoinGroup(
                    new JoinGroupRequest(
                            TestConsumer.GROUP,
                            SESSION_TIMEOUT_MS,
                            REBALANCE_TIMEOUT_MS,
                            memberId,
                            instanceId,
                            "consumer",
                            protocols()),
                    true,
                    new UUID(1, ids++),
                    new MemberClient("classic", "/127.0.0.1")));
        } else {
            heartbeat();
        }
    }

    private Bytes subscription() {
        List<ConsumerProtocolSubscription.Topic> had = owned.isEmpty()
                ? List.of()
                : List.of(new ConsumerProtocolSubscription.Topic(topic, List.copyOf(owned.of(topicId()))));
        return ConsumerProtocol.encode(
                new ConsumerProtocolSubscription(List.of(topic), padding, had, generation, null), (short) 3);
    }

    private UUID topicId() {
        return topic().id();
    }

    private ClusterSnapshot.Topic topic() {
        return harness.shard().cluster().topic(topic).orElseThrow();
    }

    private void joined(JoinGroupResponse answer) {
        join = null;
        switch (answer.errorCode()) {
            case NONE -> {
                memberId = answer.memberId();
                generation = answer.generationId();
                sync = harness.submit(new SyncGroup(
                        new SyncGroupRequest(TestConsumer.GROUP, generation, memberId, instanceId, lead(answer))));
            }
            case MEMBER_ID_REQUIRED -> memberId = answer.memberId();
            case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> lost();
            default -> mustJoin = true;
        }
    }

    /** As leader, assigns what no other member has, and takes nothing away from who has too much before it has given it up. */
    private List<SyncGroupRequest.Assignment> lead(JoinGroupResponse answer) {
        if (!answer.leader().equals(memberId)) {
            return List.of();
        }
        Map<String, List<Integer>> had = new TreeMap<>();
        for (JoinGroupResponse.Member member : answer.members()) {
            List<Integer> partitions = new ArrayList<>();
            ConsumerProtocol.subscription(member.metadata())
                    .ownedPartitions()
                    .forEach(ofTopic -> partitions.addAll(ofTopic.partitions()));
            had.put(member.memberId(), partitions);
        }
        Map<String, Assignment> wanted =
                Assignor.named("uniform").orElseThrow().assign(TestAssignments.input(topic(), had));
        List<SyncGroupRequest.Assignment> assignments = new ArrayList<>();
        wanted.forEach((id, assignment) -> {
            List<Integer> given = assignment.of(topicId()).stream()
                    .filter(partition -> had.entrySet().stream()
                            .noneMatch(other -> !other.getKey().equals(id)
                                    && other.getValue().contains(partition)))
                    .toList();
            assignments.add(new SyncGroupRequest.Assignment(
                    id,
                    ConsumerProtocol.encode(
                            new ConsumerProtocolAssignment(
                                    List.of(new ConsumerProtocolAssignment.Topic(topic, given)), null),
                            (short) 3)));
        });
        return assignments;
    }

    private void synced(SyncGroupResponse answer) {
        sync = null;
        if (answer.errorCode() == ErrorCode.NONE) {
            Assignment next = answer.assignment().size() == 0
                    ? Assignment.EMPTY
                    : ClassicSubscription.partitions(
                            answer.assignment(), harness.shard().cluster());
            boolean gaveUp =
                    owned.topics().keySet().stream().anyMatch(id -> !next.of(id).containsAll(owned.of(id)));
            owned = next;
            mustJoin = gaveUp;
        } else {
            failed(answer.errorCode());
        }
    }

    private void heartbeat() {
        ErrorCode error = harness.call(
                        new Heartbeat(new HeartbeatRequest(TestConsumer.GROUP, generation, memberId, instanceId)))
                .errorCode();
        if (error != ErrorCode.NONE) {
            failed(error);
        }
    }

    private void failed(ErrorCode error) {
        switch (error) {
            case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> lost();
            case ILLEGAL_GENERATION -> {
                owned = Assignment.EMPTY;
                mustJoin = true;
            }
            case REBALANCE_IN_PROGRESS -> mustJoin = true;
            default -> {}
        }
    }

    private void lost() {
        memberId = "";
        owned = Assignment.EMPTY;
        generation = -1;
        mustJoin = true;
    }

    void leave() {
        harness.call(new LeaveGroup(
                new LeaveGroupRequest(
                        TestConsumer.GROUP, "", List.of(new LeaveGroupRequest.Member(memberId, instanceId))),
                true));
        lost();
    }
}
