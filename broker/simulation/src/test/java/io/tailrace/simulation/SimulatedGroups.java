package io.tailrace.simulation;

import io.tailrace.groups.ClassicSettings;
import io.tailrace.groups.ConsumerSettings;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.OffsetSettings;
import io.tailrace.groups.offsets.CommitOffsets;
import io.tailrace.groups.offsets.FetchOffsets;
import io.tailrace.groups.rules.GroupRules;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A group with members, and one without, in the shard of the cluster's partition. */
final class SimulatedGroups extends ShardWorkload<GroupsShard> {
    static final int SESSION_MS = 250;
    static final int HEARTBEAT_MS = 60;
    static final GroupSettings SETTINGS = new GroupSettings(
            new ClassicSettings(1, 10_000, 30, 100),
            new ConsumerSettings(
                    new ConsumerSettings.Timing(SESSION_MS, HEARTBEAT_MS),
                    Map.of(),
                    100,
                    List.of("uniform", "range"),
                    new ConsumerSettings.Migration(true, true),
                    600_000),
            new OffsetSettings(4096, 1_500, 150));

    private static final int MACHINES = 3;
    private static final int PARTITIONS = 4;

    /** What members speak. */
    enum Protocol {
        EAGER,
        COOPERATIVE,
        CONSUMER,
        /** Each process the classic or the consumer protocol. */
        MIXED
    }

    final Protocol protocol;
    final ReadTopic topic = new ReadTopic(ReadTopic.NAME, PARTITIONS);
    final CommittedGroups committed = new CommittedGroups(topic);
    private final List<MemberMachine> machines;
    private final List<OffsetTool> tools;
    private long numbers;

    SimulatedGroups(Cluster cluster) {
        super(cluster);
        protocol = Protocol.values()[(int) cluster.between(0, Protocol.values().length - 1)];
        boolean isStatic = protocol != Protocol.MIXED && cluster.oneIn(2);
        machines = IntStream.range(0, MACHINES)
                .mapToObj(i -> new MemberMachine(this, Cluster.FIRST_CLIENT + i, isStatic ? "instance" + i : null))
                .toList();
        int node = Cluster.FIRST_CLIENT + MACHINES;
        tools = List.of(new OffsetTool(this, node, true), new OffsetTool(this, node + 1, false));
    }

    @Override
    public void start() {
        cluster.tell(() -> "members speak " + protocol);
        machines.forEach(MemberMachine::startUnlessRunning);
        tools.forEach(OffsetTool::run);
        grow();
    }

    private void grow() {
        if (cluster.producing()) {
            topic.grow((int) cluster.between(0, PARTITIONS - 1));
            cluster.timeline.after(cluster.between(10, 40), this::grow);
        }
    }

    /** Each partition gets a last record, so that its owner commits again whatever late copies of commits have done. */
    void growOnce() {
        topic.indexes().forEach(topic::grow);
    }

    @Override
    GroupsShard emptyShard() {
        return GroupRules.emptyShard(topic, SETTINGS);
    }

    @Override
    public void committed(RecordBatch batch) {
        committed.read(batch);
    }

    @Override
    void beginOther(Step step) {
        switch (step.kind()) {
            case FOREIGN_WRITE ->
                cluster.ask(step.broker(), process -> process.partition().appendForeign(foreign()));
            case KILL_MEMBER -> {
                MemberMachine machine = machines.get(step.broker() - 1);
                // The first one stays.
                machine.kill(step.forMs(), step.broker() == 1 || step.other() > 0);
            }
            default -> machines.get(step.broker() - 1).begin(step);
        }
    }

    /** A record that somebody else writes to the topic. */
    private static ByteBuffer foreign() {
        return batch(GroupRecords.encodeKey(new OffsetCommitKey("foreign", ReadTopic.NAME, 0)), null);
    }

    @Override
    public void heal() {
        machines.forEach(MemberMachine::heal);
    }

    /** Does something with the coordinator in a broker, unless no process runs there. */
    void whenRunning(int broker, Consumer<SimulatedCoordinator<GroupsShard>> request) {
        cluster.broker(broker).process().ifPresent(process -> process.run(() -> request.accept(coordinator(process))));
    }

    GroupMember newMember(MemberMachine machine) {
        boolean isClassic =
                switch (protocol) {
                    case EAGER, COOPERATIVE -> true;
                    case CONSUMER -> false;
                    case MIXED -> cluster.oneIn(2);
                };
        return isClassic
                ? new ClassicGroupMember(this, machine, protocol != Protocol.EAGER)
                : new ConsumerGroupMember(this, machine);
    }

    long nextNumber() {
        return ++numbers;
    }

    UUID newId() {
        return new UUID(3, nextNumber());
    }

    private Stream<GroupMember> members() {
        return machines.stream().flatMap(machine -> machine.running().stream());
    }

    /** A member takes a partition for its own: no other one of the same generation may have it. Returns a number for that. */
    long acquires(GroupMember member, int partition) {
        members()
                .filter(other -> other != member && other.owned().contains(partition))
                .filter(other -> isCurrent(other) && isCurrent(member))
                .findFirst()
                .ifPresent(other -> {
                    throw new BrokenPromise("members %s and %s of one generation both have partition %d"
                            .formatted(other.memberId, member.memberId, partition));
                });
        return nextNumber();
    }

    private boolean isCurrent(GroupMember member) {
        return committed.hasMember(GroupMember.GROUP, member.memberId, member.epoch);
    }

    /** Commits, and checks each positive answer as it leaves the broker. */
    GroupClient.Question<OffsetCommitResponse> committing(CommitOffsets commit) {
        OffsetCommitRequest request = commit.request();
        return (coordinator, taker) -> coordinator.submit(commit, answer -> {
            List<OffsetCommitRequest.Partition> sent = request.topics().get(0).partitions();
            List<OffsetCommitResponse.Partition> results =
                    answer.topics().get(0).partitions();
            for (int i = 0; i < sent.size(); i++) {
                if (results.get(i).errorCode() == ErrorCode.NONE) {
                    committed.acknowledges(
                            request.groupId(), String.valueOf(sent.get(i).committedMetadata()));
                }
            }
            taker.accept(answer);
        });
    }

    /**
     * Reads committed offsets, from now on, and checks the answer as it leaves the broker.
     *
     * @param knowsLeader whether the client knows the leader of all that was acknowledged. A former one answers from what it has until
     *     its lease ends or it learns that it is replaced
     */
    GroupClient.Question<OffsetFetchResponse.Group> fetching(FetchOffsets fetch, boolean knowsLeader) {
        OffsetFetchRequest.Group request = fetch.group();
        Map<Integer, Long> mustKnow = new HashMap<>();
        if (knowsLeader) {
            Objects.requireNonNull(request.topics())
                    .get(0)
                    .partitionIndexes()
                    .forEach(partition -> mustKnow.put(partition, committed.mustKnow(request.groupId(), partition)));
        }
        return (coordinator, taker) -> coordinator.query(fetch, answer -> {
            if (answer.errorCode() == ErrorCode.NONE) {
                answer.topics()
                        .get(0)
                        .partitions()
                        .forEach(each -> committed.answers(
                                request.groupId(),
                                each.partitionIndex(),
                                each.committedOffset(),
                                each.metadata(),
                                mustKnow.getOrDefault(each.partitionIndex(), -1L)));
            }
            taker.accept(answer);
        });
    }

    /** Whether the group has exactly the members that run, and everything is processed and committed. */
    boolean isSettled() {
        List<GroupMember> members = members().toList();
        return members.size()
                        == machines.stream().filter(MemberMachine::isInUse).count()
                && committed.members(GroupMember.GROUP).size() == members.size()
                && members.stream().allMatch(this::isCurrent)
                && topic.isProcessed()
                && topic.indexes().stream().allMatch(partition -> isDone(partition, members));
    }

    private boolean isDone(int partition, List<GroupMember> members) {
        return committed.offset(GroupMember.GROUP, partition) == topic.end(partition)
                && members.stream()
                                .filter(member -> member.owned().contains(partition))
                                .count()
                        == 1;
    }

    /** The generation or epoch of the group. */
    int epoch() {
        return committed.epoch(GroupMember.GROUP);
    }

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder("group in epoch " + epoch() + " with " + committed.members(GroupMember.GROUP));
        members()
                .forEach(member -> text.append(", member %d %s epoch %d has %s"
                        .formatted(member.node, member.memberId, member.epoch, member.owned())));
        topic.indexes()
                .forEach(partition -> text.append(", partition %d ends at %d, committed %d"
                        .formatted(partition, topic.end(partition), committed.offset(GroupMember.GROUP, partition))));
        return text.toString();
    }
}
