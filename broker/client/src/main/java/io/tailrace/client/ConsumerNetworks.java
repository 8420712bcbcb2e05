package io.tailrace.client;

/**
 * A consumer's connections.
 *
 * @param fetch for fetches, which brokers hold until there are records
 * @param group for the membership of a group, whose coordinator holds a JoinGroup until the other members have joined
 * @param other for everything else
 */
record ConsumerNetworks(Network fetch, Network group, Network other) {
    static ConsumerNetworks open(ClientConfig config) {
        return new ConsumerNetworks(
                new SocketNetwork(config, Time.SYSTEM),
                new SocketNetwork(config, Time.SYSTEM),
                new SocketNetwork(config, Time.SYSTEM));
    }

    void close() {
        fetch.close();
        group.close();
        other.close();
    }
}
