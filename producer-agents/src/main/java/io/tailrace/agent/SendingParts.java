package io.tailrace.agent;

import io.tailrace.agent.tail.Moment;
import java.util.List;

/**
 * What a {@link Sending} works on.
 *
 * @param wakeUp called by any thread when a step will have something to do
 * @param auditGate whether counts can be sent
 */
record SendingParts(
        AgentConfig config,
        Connections connections,
        Runnable wakeUp,
        List<TailedSource> sources,
        InFlightMemory memory,
        AuditReporter audit,
        SendGate auditGate,
        CheckpointWriter checkpoint,
        AgentMonitor monitor) {

    /** What the sources have read, for the audit. */
    List<AuditReporter.SourceState> states(Moment now) {
        return sources.stream()
                .map(source -> new AuditReporter.SourceState(
                        source.source().topic(), source.tail().readState(now)))
                .toList();
    }

    /** A chunk has become final: its memory is free. */
    void release(Flight flight, long wallMs) {
        memory.release(flight.source(), flight.memoryBytes());
        monitor.acknowledged(flight.source().source(), flight.accepted().counts(), wallMs);
    }

    /** Counts the lines of a chunk, which were acknowledged. */
    void count(Flight flight, long wallMs) {
        audit.acknowledged(
                flight.file().contentId(),
                flight.source().topic(),
                flight.accepted().acknowledged(),
                wallMs);
    }
}
