package io.tailrace.simulation;

import io.tailrace.groups.MemberClient;
import io.tailrace.groups.offsets.CommitOffsets;
import io.tailrace.groups.offsets.FetchOffsets;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A member of the group: processes what it is assigned, from the committed offsets on, and commits what it has processed. */
abstract class GroupMember extends GroupClient {
    static final String GROUP = "readers";
    static final int REBALANCE_MS = 300;
    private static final int RECORDS_MAX = 5;
    private static final long RESTART_MS = 50;

    private final MemberMachine machine;
    final @Nullable String instanceId;
    String memberId = "";
    /** The generation in the classic protocol. */
    int epoch;

    private final SortedMap<Integer, Owned> owned = new TreeMap<>();
    private long busyUntilMs;
    private boolean isCommitting;

    /** A partition that this process takes for its own. */
    private static final class Owned {
        /** Of all ownerships: a later one has a higher number. */
        final long number;

        boolean isAsked;
        /** The next record to process; -1 until the committed offset is known. */
        long position = -1;

        long committed;

        Owned(long number) {
            this.number = number;
        }
    }

    GroupMember(SimulatedGroups groups, MemberMachine machine) {
        super(groups, machine.node());
        this.machine = machine;
        this.instanceId = machine.instanceId();
    }

    /** Takes part in the group. */
    abstract void step();

    /** Leaves the group. The answer is not awaited. */
    abstract void leave();

    /** The first version of OffsetCommit in which the protocol of this member is known. */
    abstract short commitVersion();

    /** Whether requests for offsets name the member. */
    abstract boolean namesItself();

    final MemberClient client() {
        return new MemberClient("client" + node, "/127.0.0.1");
    }

    @Override
    final void run() {
        if (knowsLeader()) {
            step();
        }
        work();
        later(cluster.between(20, 60), this::run);
    }

    /** Another process has taken its place. */
    final void fenced() {
        end();
        cluster.timeline.after(RESTART_MS, machine::startUnlessRunning);
    }

    /** Its processing takes long: until then it gives nothing up. Heartbeats go on. */
    final void busyFor(long ms) {
        busyUntilMs = cluster.timeline.nowMs() + ms;
    }

    final boolean isBusy() {
        return cluster.timeline.nowMs() < busyUntilMs;
    }

    final Set<Integer> owned() {
        return owned.keySet();
    }

    /** Has exactly these partitions from now on. */
    final void take(Set<Integer> partitions) {
        giveUp(owned.keySet().stream()
                .filter(each -> !partitions.contains(each))
                .toList());
        for (int partition : partitions) {
            if (!owned.containsKey(partition)) {
                owned.put(partition, new Owned(groups.acquires(this, partition)));
            }
        }
    }

    /** Commits what was processed, and stops. */
    final void giveUp(Collection<Integer> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        commit();
        tell("gives up " + partitions);
        owned.keySet().removeAll(List.copyOf(partitions));
    }

    /** Others may have the partitions already. */
    final void lose() {
        if (!owned.isEmpty()) {
            tell("loses " + owned.keySet());
        }
        owned.clear();
    }

    private void work() {
        List<Integer> unknown = new ArrayList<>();
        owned.forEach((partition, own) -> {
            if (own.position >= 0) {
                process(partition, own);
            } else if (!own.isAsked) {
                unknown.add(partition);
            }
        });
        if (knowsLeader()) {
            if (!unknown.isEmpty()) {
                fetchPositions(unknown);
            }
            if (!isCommitting && cluster.oneIn(3)) {
                commit();
            }
        }
    }

    private void process(int partition, Owned own) {
        long end = Math.min(groups.topic.end(partition), own.position + cluster.between(1, RECORDS_MAX));
        if (end > own.position) {
            groups.topic.process(partition, own.position, end);
            own.position = end;
        }
    }

    private void fetchPositions(List<Integer> partitions) {
        Map<Integer, Owned> asked = new TreeMap<>();
        partitions.forEach(partition -> asked.put(partition, Objects.requireNonNull(owned.get(partition))));
        asked.values().forEach(own -> own.isAsked = true);
        ask(
                groups.fetching(
                        new FetchOffsets(
                                new OffsetFetchRequest.Group(
                                        GROUP,
                                        namesItself() ? memberId : null,
                                        namesItself() ? epoch : -1,
                                        List.of(new OffsetFetchRequest.Topic(ReadTopic.NAME, partitions))),
                                false),
                        true),
                true,
                TIMEOUT_MS,
                answer -> {
                    asked.values().forEach(own -> own.isAsked = false);
                    start(asked, answer);
                },
                () -> asked.values().forEach(own -> own.isAsked = false));
    }

    private void start(Map<Integer, Owned> asked, OffsetFetchResponse.Group answer) {
        if (answer.errorCode() != ErrorCode.NONE) {
            refresh();
            return;
        }
        for (OffsetFetchResponse.Partition each : answer.topics().get(0).partitions()) {
            Owned own = Objects.requireNonNull(asked.get(each.partitionIndex()));
            own.position = Math.max(0, each.committedOffset());
            own.committed = own.position;
        }
    }

    private void commit() {
        String number = "#" + groups.nextNumber();
        SortedMap<Integer, Owned> asked = new TreeMap<>();
        List<OffsetCommitRequest.Partition> partitions = new ArrayList<>();
        owned.forEach((partition, own) -> {
            if (own.position > own.committed) {
                asked.put(partition, own);
                partitions.add(new OffsetCommitRequest.Partition(partition, own.position, -1, own.number + number));
            }
        });
        if (partitions.isEmpty() || !knowsLeader()) {
            return;
        }
        isCommitting = true;
        CommitOffsets commit = new CommitOffsets(
                new OffsetCommitRequest(
                        GROUP,
                        epoch,
                        memberId,
                        instanceId,
                        -1,
                        List.of(new OffsetCommitRequest.Topic(ReadTopic.NAME, partitions))),
                commitVersion());
        ask(
                groups.committing(commit),
                true,
                TIMEOUT_MS,
                answer -> {
                    isCommitting = false;
                    committed(partitions, asked, answer);
                },
                () -> isCommitting = false);
    }

    private void committed(
            List<OffsetCommitRequest.Partition> sent, Map<Integer, Owned> asked, OffsetCommitResponse answer) {
        List<OffsetCommitResponse.Partition> results = answer.topics().get(0).partitions();
        for (int i = 0; i < sent.size(); i++) {
            OffsetCommitRequest.Partition each = sent.get(i);
            ErrorCode error = results.get(i).errorCode();
            if (error == ErrorCode.NONE) {
                groups.committed.isAcknowledged(GROUP, each.partitionIndex(), String.valueOf(each.committedMetadata()));
                Owned own = Objects.requireNonNull(asked.get(each.partitionIndex()));
                own.committed = Math.max(own.committed, each.committedOffset());
            } else if (isOfCoordinator(error)) {
                refresh();
            }
        }
    }

    /** Whether the coordinator could not decide, or is another one. */
    static boolean isOfCoordinator(ErrorCode error) {
        return switch (error) {
            case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS -> true;
            default -> false;
        };
    }

    final void tell(String what) {
        cluster.tell(() -> "member %d %s epoch %d %s".formatted(node, memberId, epoch, what));
    }
}
