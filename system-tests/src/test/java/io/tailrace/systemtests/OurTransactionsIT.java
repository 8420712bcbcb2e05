package io.tailrace.systemtests;

import io.tailrace.client.TransactionContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs the contract of transactions, which Apache Kafka's broker passes too, against a Tailrace broker. */
class OurTransactionsIT extends TransactionContract {
    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    @Override
    protected String bootstrapServers() {
        return CLUSTER.bootstrapServers();
    }
}
