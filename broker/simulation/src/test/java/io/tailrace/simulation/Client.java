package io.tailrace.simulation;

import io.tailrace.replication.cluster.PartitionState;

/** A client. Learns the leader from any broker, and never goes back to an earlier leader epoch. */
abstract class Client {
    final Cluster cluster;
    final int node;
    int leader = PartitionState.NO_LEADER;
    int leaderEpoch = -1;

    Client(Cluster cluster, int node) {
        this.cluster = cluster;
        this.node = node;
    }

    abstract void run();

    final void refresh() {
        int asked = (int) cluster.between(1, Settings.BROKERS);
        cluster.network.send(node, asked, () -> cluster.broker(asked)
                .process()
                .ifPresent(process -> process.run(() -> {
                    PartitionState state = cluster.partitionIn(process.image()).stateOrNull();
                    if (state != null) {
                        cluster.network.send(asked, node, () -> learn(state));
                    }
                })));
    }

    private void learn(PartitionState state) {
        if (state.leaderEpoch() >= leaderEpoch) {
            leader = state.leader();
            leaderEpoch = state.leaderEpoch();
        }
    }

    final boolean knowsLeader() {
        if (leader == PartitionState.NO_LEADER) {
            refresh();
            return false;
        }
        return true;
    }
}
