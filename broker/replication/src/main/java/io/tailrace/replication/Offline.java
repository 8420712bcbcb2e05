package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;

/** A replica that neither leads nor follows, for this reason. */
public record Offline(PartitionView view, LogView log, Reason reason) implements Replica {
    /** Why a replica has no role. */
    public enum Reason {
        /** The partition is not assigned to this broker. */
        UNASSIGNED,
        /** This broker is not registered, or registered under another broker epoch than it was elected in. */
        FENCED,
        /** The partition has no leader to follow. */
        NO_LEADER,
        /** The log cannot be used until the broker is restarted. */
        LOG_FAILED
    }

    @Override
    public Leadership leadership() {
        return new NotLeader(
                switch (reason) {
                    // Apache Kafka's consumer ends if a fetch fails with LEADER_NOT_AVAILABLE.
                    case UNASSIGNED, FENCED, NO_LEADER -> ErrorCode.NOT_LEADER_OR_FOLLOWER;
                    case LOG_FAILED -> ErrorCode.KAFKA_STORAGE_ERROR;
                });
    }

    @Override
    public boolean isLastKnownLeader() {
        return reason == Reason.FENCED
                && view.agreed()
                        .filter(agreed -> agreed.state().leader() == view.self().brokerId())
                        .isPresent();
    }
}
