package io.tailrace.replication;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.LeaderEpochs.EpochStart;
import io.tailrace.replication.cluster.Broker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A broker of a {@link SimulatedCluster}: its disk, which outlives it, and its process, which does not. */
final class SimulatedBroker {
    /** A record: the epoch it was written in, and what tells it from every other. */
    record Entry(int epoch, long id) {}

    final int id;
    /** What is on disk. */
    final List<Entry> entries = new ArrayList<>();

    /** The high watermark as it was last written to disk. */
    long checkpointedHighWatermark;

    /** Null while the process is down. */
    @Nullable
    Replica replica;

    /** Counts processes: a message to an earlier one is lost. */
    int life;

    /** The broker epoch it was registered under last. */
    long epoch = Broker.NONE;

    /** Where it fetches from; 0 for nowhere. */
    int fetchesFrom;

    SimulatedBroker(int id) {
        this.id = id;
    }

    void startProcess(int minInsync) {
        life++;
        LeaderEpochs epochs = LeaderEpochs.EMPTY;
        for (int offset = 0; offset < entries.size(); offset++) {
            epochs = epochs.append(entries.get(offset).epoch(), offset);
        }
        LogView log = new LogView(epochs, 0, entries.size(), checkpointedHighWatermark);
        replica = Replica.opened(new TopicPartition("web", 0), id, minInsync, log);
    }

    void stopProcess() {
        life++;
        replica = null;
        fetchesFrom = 0;
    }

    /** The machine fails: what was written last is gone. */
    void loseEntriesFrom(int offset) {
        entries.subList(offset, entries.size()).clear();
        checkpointedHighWatermark = Math.min(checkpointedHighWatermark, offset);
    }

    List<EpochStart> append(List<Entry> fetched) {
        List<EpochStart> starts = new ArrayList<>();
        for (Entry entry : fetched) {
            int last = entries.isEmpty()
                    ? LeaderEpochs.UNKNOWN
                    : entries.get(entries.size() - 1).epoch();
            if (entry.epoch() != last) {
                starts.add(new EpochStart(entry.epoch(), entries.size()));
            }
            entries.add(entry);
        }
        return starts;
    }
}
