package io.tailrace.coordination;

import io.tailrace.protocol.UuidText;
import java.util.UUID;

/** The cluster's id: made up by whichever broker comes first, and the same for ever. */
public final class ClusterIdentity {
    private ClusterIdentity() {}

    /**
     * The id, created if there is none yet. A broker whose log directories name another one is in the wrong cluster.
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
