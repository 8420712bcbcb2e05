package io.tailrace.agent;

import io.tailrace.agent.tail.Moment;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sends without transactions. The order within a step is the guarantee: acknowledged positions, and what is read to be sent next, enter
 * the checkpoint, the checkpoint is written, and only then is it sent. So a line that is sent again after a crash is the same record. Not
 * thread-safe.
 */
final class CheckpointedSending implements Sending {
    private final SendingParts parts;
    private final AuditReporter audit;
    private final Flights flights = new Flights();
    private final Silence silence = new Silence("audit");
    private long finalChunks;
    private long sealAtMs = Long.MAX_VALUE;

    CheckpointedSending(SendingParts parts) {
        this.parts = parts;
        this.audit = parts.audit();
    }

    @Override
    public boolean takeAnswers(Moment now) {
        List<Flight> landed = flights.takeLanded(now.steadyMs());
        for (Flight flight : landed) {
            flight.file().acknowledge(flight.end());
            parts.count(flight, now.wallMs());
            parts.release(flight, now.wallMs());
        }
        finalChunks += landed.size();
        Flights.observe(flights.all(), parts.sources(), now.steadyMs());
        boolean counted = audit.takeAcknowledgements(now.steadyMs());
        if (counted) {
            parts.monitor().countsAcknowledged(now.wallMs());
        }
        return counted || !landed.isEmpty();
    }

    @Override
    public void conclude(Moment now) {
        long steadyMs = now.steadyMs();
        long intervalMs = parts.config().audit().intervalMs();
        // The first statement comes after an interval, when the files have been read.
        sealAtMs = Math.min(sealAtMs, steadyMs + intervalMs);
        if (steadyMs >= sealAtMs || audit.shouldSeal()) {
            seal(now, false);
            sealAtMs = steadyMs + intervalMs;
        }
        audit.observe(silence, steadyMs);
    }

    private void seal(Moment now, boolean stopping) {
        if (audit.seal(parts.states(now), now.wallMs(), stopping)) {
            parts.monitor().stated(audit.readUpToMs());
        }
    }

    @Override
    public boolean send(List<Read> read, Moment now) {
        long steadyMs = now.steadyMs();
        if (!parts.checkpoint().write(steadyMs)) {
            return false;
        }
        boolean sent = parts.auditGate().isOpen(steadyMs) && audit.send(steadyMs);
        sent |= !read.isEmpty();
        read.forEach(lines -> flights.add(lines, parts, parts.connections().producer(), steadyMs));
        read.clear();
        return sent;
    }

    @Override
    public void stepToStop(Moment now) {
        takeAnswers(now);
        audit.observe(silence, now.steadyMs());
        boolean mayCount = parts.auditGate().isOpen(now.steadyMs());
        if (flights.isEmpty() && mayCount) {
            seal(now, true);
        }
        if (parts.checkpoint().write(now.steadyMs()) && mayCount) {
            audit.send(now.steadyMs());
        }
    }

    @Override
    public boolean isSettled() {
        return flights.isEmpty() && audit.isSettled() && !parts.checkpoint().hasFailed();
    }

    @Override
    public boolean isEmpty() {
        return flights.isEmpty();
    }

    @Override
    public int linesInFlight() {
        return flights.lines();
    }

    @Override
    public boolean hasCountsInFlight() {
        return audit.isInFlight();
    }

    @Override
    public long finalChunks() {
        return finalChunks;
    }

    @Override
    public Stream<String> problems(long steadyMs, long silenceMs) {
        return Stream.of(silence.problem(steadyMs, silenceMs), audit.problem(steadyMs))
                .flatMap(Optional::stream);
    }
}
