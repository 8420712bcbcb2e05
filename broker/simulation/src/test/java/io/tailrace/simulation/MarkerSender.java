package io.tailrace.simulation;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Leader;
import io.tailrace.server.transaction.SimulatedMarkerWriter;
import io.tailrace.server.transaction.SimulatedMarkerWriter.Request;
import io.tailrace.transactions.MarkersWritten;
import io.tailrace.transactions.OwedMarkers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The writer of markers in a broker, its thread and its network. It asks the shard every few milliseconds what it owes. */
final class MarkerSender implements SimulatedMarkerWriter.Surroundings {
    private static final long TIMEOUT_MS = 150;
    private static final int NOT_LEADER = -1;

    private final TransactionalClusters all;
    private final BrokerProcess process;
    private final SimulatedMarkerWriter writer = new SimulatedMarkerWriter(this);
    private final List<Caller> leaders = new ArrayList<>();

    MarkerSender(TransactionalClusters all, BrokerProcess process) {
        this.all = all;
        this.process = process;
    }

    void start() {
        int node = TransactionalClusters.FIRST_FOREIGN_BROKER + process.id() - 1;
        all.marked().forEach(partition -> leaders.add(new Caller(partition.cluster(), node, process::run)));
        run();
    }

    private void run() {
        process.later(all.between(5, 30), () -> {
            int epoch = process.partition().replica() instanceof Leader leader ? leader.leaderEpoch() : NOT_LEADER;
            all.coordinators.query(process, new OwedMarkers(), owed -> process.run(() -> writer.owed(epoch, owed)));
            run();
        });
    }

    @Override
    public long nowMs() {
        return all.timeline.nowMs();
    }

    @Override
    public int leader(TopicPartition partition) {
        Caller caller = leaders.get(partition.partition());
        return caller.knowsLeader() ? (Settings.BROKERS + 1) * partition.partition() + caller.leader : NOT_LEADER;
    }

    @Override
    public void send(List<Request> requests, Consumer<List<ErrorCode>> answer) {
        int index = requests.get(0).partition().partition();
        MarkedPartition partition = all.marked().get(index);
        Caller caller = leaders.get(index);
        caller.<List<ErrorCode>>ask(
                (leading, taker) -> write(partition, leading, requests, taker),
                TIMEOUT_MS,
                errors -> {
                    if (errors.stream().anyMatch(error -> error != ErrorCode.NONE)) {
                        caller.refresh();
                    }
                    answer.accept(errors);
                },
                () -> answer.accept(List.of()));
    }

    private static void write(
            MarkedPartition partition,
            BrokerProcess leading,
            List<Request> requests,
            Consumer<List<ErrorCode>> answer) {
        if (requests.stream().anyMatch(request -> !request.isWelcome().getAsBoolean())) {
            return;
        }
        ErrorCode[] errors = new ErrorCode[requests.size()];
        int[] left = {errors.length};
        for (int i = 0; i < errors.length; i++) {
            int place = i;
            partition.mark(leading, requests.get(i).marker(), requests.get(i).raisesEpoch(), error -> {
                errors[place] = error;
                if (--left[0] == 0) {
                    answer.accept(List.of(errors));
                }
            });
        }
    }

    @Override
    public void report(MarkersWritten written, Consumer<ErrorCode> answer) {
        all.coordinators.submit(process, written, error -> process.run(() -> answer.accept(error)));
    }
}
