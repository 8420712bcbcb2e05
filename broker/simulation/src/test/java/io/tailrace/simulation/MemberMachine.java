package io.tailrace.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a member runs. Usually one process runs there; a static member may be started a second time. */
final class MemberMachine {
    private final SimulatedGroups groups;
    private final int node;
    private final @Nullable String instanceId;
    private final List<GroupMember> processes = new ArrayList<>();
    private boolean isInUse = true;

    /** @param instanceId the id of a static member; null for a dynamic one */
    MemberMachine(SimulatedGroups groups, int node, @Nullable String instanceId) {
        this.groups = groups;
        this.node = node;
        this.instanceId = instanceId;
    }

    int node() {
        return node;
    }

    @Nullable
    String instanceId() {
        return instanceId;
    }

    /** The processes that have not ended. */
    List<GroupMember> running() {
        processes.removeIf(GroupClient::ended);
        return processes;
    }

    void startUnlessRunning() {
        if (isInUse && running().isEmpty()) {
            start();
        }
    }

    private void start() {
        GroupMember member = groups.newMember(this);
        processes.add(member);
        member.tell("starts");
        member.run();
    }

    /** Kills what runs here. */
    void kill(long forMs, boolean comesBack) {
        running().forEach(GroupMember::end);
        isInUse &= comesBack;
        groups.cluster.timeline.after(forMs, this::startUnlessRunning);
    }

    /** Whether a member runs here, or will. */
    boolean isInUse() {
        return isInUse;
    }

    void begin(Step step) {
        switch (step.kind()) {
            case RESTART_MEMBER -> {
                running().forEach(GroupMember::leave);
                running().forEach(GroupMember::end);
                groups.cluster.timeline.after(step.forMs(), this::startUnlessRunning);
            }
            case PAUSE_MEMBER -> {
                List<GroupMember> paused = List.copyOf(running());
                paused.forEach(GroupMember::pause);
                groups.cluster.timeline.after(step.forMs(), () -> paused.forEach(GroupMember::resume));
            }
            case BUSY_MEMBER -> running().forEach(member -> member.busyFor(step.forMs()));
            case TWIN_MEMBER -> {
                // With the consumer protocol the second one waits for the first to leave.
                if (isInUse && instanceId != null && groups.protocol != SimulatedGroups.Protocol.CONSUMER) {
                    start();
                }
            }
            default -> throw new IllegalArgumentException(step.toString());
        }
    }

    void heal() {
        for (GroupMember member : running()) {
            member.resume();
            member.busyFor(0);
        }
        startUnlessRunning();
    }
}
