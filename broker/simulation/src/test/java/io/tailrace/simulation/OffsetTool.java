package io.tailrace.simulation;

import io.tailrace.groups.offsets.CommitOffsets;
import io.tailrace.groups.offsets.FetchOffsets;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetFetchRequest;
import java.util.List;

/** A client that is no member: reads committed offsets, and may commit those of a group without members. */
final class OffsetTool extends GroupClient {
    private static final String GROUP = "tool";
    private static final short COMMIT_VERSION = 9;
    private static final int PARTITION = 0;

    private final boolean commits;
    private long position;

    OffsetTool(SimulatedGroups groups, int node, boolean commits) {
        super(groups, node);
        this.commits = commits;
    }

    @Override
    void run() {
        if (knowsLeader()) {
            if (commits && cluster.oneIn(2)) {
                commit();
            } else {
                fetch();
            }
        }
        later(pauseMs(), this::run);
    }

    /** One that only reads asks the same broker for long. */
    @Override
    void gaveUp() {
        if (commits || cluster.oneIn(20)) {
            refresh();
        }
    }

    /** Now and then so long that the committed offset expires. */
    private long pauseMs() {
        if (!commits) {
            return cluster.between(20, 60);
        }
        return cluster.between(
                40, cluster.oneIn(15) ? 2 * SimulatedGroups.SETTINGS.offsets().retentionMs() : 200);
    }

    private void commit() {
        String metadata = "0#" + groups.nextNumber();
        CommitOffsets commit = new CommitOffsets(
                new OffsetCommitRequest(
                        GROUP,
                        List.of(new OffsetCommitRequest.Topic(
                                ReadTopic.NAME,
                                List.of(new OffsetCommitRequest.Partition(PARTITION, ++position, -1, metadata))))),
                COMMIT_VERSION);
        ask(
                groups.committing(commit),
                true,
                TIMEOUT_MS,
                answer -> {
                    ErrorCode error = answer.topics().get(0).partitions().get(0).errorCode();
                    if (error == ErrorCode.NONE) {
                        groups.committed.isAcknowledged(GROUP, PARTITION, metadata);
                    } else {
                        refresh();
                    }
                },
                () -> {});
    }

    private void fetch() {
        String group = commits || cluster.oneIn(2) ? GROUP : GroupMember.GROUP;
        ask(
                groups.fetching(
                        new FetchOffsets(
                                new OffsetFetchRequest.Group(
                                        group,
                                        List.of(new OffsetFetchRequest.Topic(ReadTopic.NAME, List.of(PARTITION)))),
                                false),
                        commits),
                true,
                TIMEOUT_MS,
                answer -> {
                    if (answer.errorCode() != ErrorCode.NONE) {
                        refresh();
                    }
                },
                () -> {});
    }
}
