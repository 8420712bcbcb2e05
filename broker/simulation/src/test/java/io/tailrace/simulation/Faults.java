package io.tailrace.simulation;

/** Injects the faults of a schedule, and ends each in time. */
final class Faults {
    private final Cluster cluster;

    Faults(Cluster cluster) {
        this.cluster = cluster;
    }

    void schedule(Schedule schedule) {
        for (Step step : schedule.steps()) {
            cluster.timeline.after(step.atMs() - cluster.timeline.nowMs(), () -> begin(step));
        }
    }

    private void begin(Step step) {
        cluster.tell(() -> "-- " + step.toString().strip());
        SimulatedBroker broker = cluster.broker(step.broker());
        switch (step.kind()) {
            case KILL -> {
                if (cluster.promises.allowsCrash(broker)) {
                    broker.kill();
                    later(step, broker::start);
                }
            }
            case LOSE_POWER -> {
                if (cluster.promises.allowsLoss(broker)) {
                    broker.losePower();
                    later(step, broker::start);
                }
            }
            case STOP -> broker.process().ifPresent(process -> process.stop(() -> later(step, broker::start)));
            case PAUSE ->
                broker.process().ifPresent(process -> {
                    process.pause();
                    later(step, process::resume);
                });
            case CUT -> {
                cut(step, step.broker(), step.other());
                cut(step, step.other(), step.broker());
            }
            case CUT_ONE_WAY -> cut(step, step.broker(), step.other());
            case ISOLATE -> {
                for (int other = 0; other <= Settings.BROKERS; other++) {
                    cut(step, step.broker(), other);
                }
            }
            case EXPIRE_SESSION ->
                broker.process().ifPresent(process -> process.link().expire());
            case SLOW_DISK ->
                broker.process().ifPresent(process -> {
                    process.diskIsSlow(true);
                    later(step, () -> process.diskIsSlow(false));
                });
            case BAD_TIMES -> {
                cluster.network.badTimesBegin();
                later(step, cluster.network::badTimesEnd);
            }
            case PREFER_LEADER -> cluster.preferLeaders();
            case RETAIN ->
                broker.process()
                        .ifPresent(process -> process.onPartition(
                                () -> process.partition().retain(cluster.promises.retentionLimit())));
            case KILL_MEMBER, RESTART_MEMBER, PAUSE_MEMBER, BUSY_MEMBER, TWIN_MEMBER, CLOCK_JUMP, FOREIGN_WRITE ->
                cluster.workload.begin(step);
            case LOWER_MIN_INSYNC -> {
                if (cluster.brokers.stream().noneMatch(SimulatedBroker::hasLost)) {
                    cluster.store.setMinInsync(1);
                }
            }
        }
    }

    private void cut(Step step, int from, int to) {
        if (from != to) {
            cluster.network.cut(from, to);
            later(step, () -> cluster.network.mend(from, to));
        }
    }

    private void later(Step step, Runnable end) {
        cluster.timeline.after(step.forMs(), end);
    }
}
