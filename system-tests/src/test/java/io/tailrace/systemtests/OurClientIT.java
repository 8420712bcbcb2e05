package io.tailrace.systemtests;

import io.tailrace.client.ClientContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs the client contract, which Apache Kafka's broker passes too, against a Tailrace broker. */
class OurClientIT extends ClientContract {
    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    @Override
    protected String bootstrapServers() {
        return CLUSTER.bootstrapServers();
    }
}
