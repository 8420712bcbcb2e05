package io.tailrace.simulation;

import io.tailrace.replication.cluster.Incarnation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A broker's machine: its disk, which outlives its processes, and the current process, if one runs. */
final class SimulatedBroker {
    private static final long NEVER = Long.MAX_VALUE;

    private final Cluster cluster;
    private final int id;
    private final Disk disk = new Disk();
    private @Nullable BrokerProcess process;
    /** The first broker epoch since which the broker has lost nothing. */
    private long intactSince = NEVER;

    private boolean crashed;
    private boolean lost;

    SimulatedBroker(Cluster cluster, int id) {
        this.cluster = cluster;
        this.id = id;
    }

    int id() {
        return id;
    }

    Disk disk() {
        return disk;
    }

    Optional<BrokerProcess> process() {
        return Optional.ofNullable(process);
    }

    /** Starts a process, unless one runs. */
    void start() {
        if (process == null) {
            cluster.tell(() -> "broker " + id + " starts, its log ends at " + disk.endOffset());
            process = new BrokerProcess(cluster, this, disk.startProcess());
            process.start();
        }
    }

    /** Kills the process. The operating system keeps what it wrote. */
    void kill() {
        if (process != null) {
            cluster.tell(() -> "broker " + id + " is killed");
            intactSince = NEVER;
            crashed = true;
            end(process);
        }
    }

    /** The machine fails and loses what has not reached the disk. */
    void losePower() {
        if (process != null) {
            kill();
            lost = true;
            disk.loseUnsynced(cluster);
            cluster.tell(() -> "broker " + id + " has lost its records from " + disk.endOffset());
        }
    }

    /** The process has stopped cleanly. */
    void stopped(BrokerProcess stopping) {
        cluster.tell(() -> "broker " + id + " has stopped");
        end(stopping);
    }

    private void end(BrokerProcess ending) {
        ending.end();
        process = null;
    }

    void registered(long brokerEpoch) {
        intactSince = Math.min(intactSince, brokerEpoch);
    }

    /** It is a complete replica again. */
    void isBack() {
        crashed = false;
        lost = false;
    }

    /** Whether it crashed, and has not been a complete replica since. */
    boolean hasCrashed() {
        return crashed;
    }

    /** Whether it lost records, and has not been a complete replica since. */
    boolean hasLost() {
        return lost;
    }

    /** Whether this broker still has everything that this member of an ISR had. */
    boolean keeps(Incarnation member) {
        return member.brokerId() == id && member.brokerEpoch() >= intactSince;
    }
}
