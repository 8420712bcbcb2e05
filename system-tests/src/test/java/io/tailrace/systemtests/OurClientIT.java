package io.tailrace.systemtests;

import io.tailrace.client.ClientContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What our own clients promise of any broker, Apache Kafka's included, of ours. */
class OurClientIT extends ClientContract {
    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    @Override
    protected String bootstrapServers() {
        return CLUSTER.bootstrapServers();
    }
}
