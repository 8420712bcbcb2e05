package io.tailrace.coordination;

import io.tailrace.protocol.UuidText;
import java.util.UUID;

/** The cluster's id. The first broker creates it; it never changes. */
public final class ClusterIdentity {
    private ClusterIdentity() {}

    /**
     * Reads the id, and creates one if there is none. A broker whose log directories name another id is in the wrong
     * cluster.
     *
     * @throws CoordinationException if ZooKeeper does not answer
     */
    public static String readOrCreate(ZooKeeperSession session) {
        session.createIfMissing(ZNodes.CLUSTER_ID, ZNodeJson.clusterId(UuidText.of(UUID.randomUUID())));
        try {
            return ZNodeJson.clusterId(session.curator().getData().forPath(ZNodes.CLUSTER_ID));
        } catch (Exception e) {
            throw session.failure("read " + ZNodes.CLUSTER_ID, e);
        }
    }
}
