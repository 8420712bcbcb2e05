package io.tailrace.loader.run;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DFSConfigKeys;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSNNTopology;
import org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider;

/** An HDFS with an active and a standby NameNode, and one DataNode, in this JVM. A test decides which NameNode is active. */
final class HaHdfs implements AutoCloseable {
    private static final String SERVICE = "tailrace";
    private static final int NAME_NODES = 2;

    private final MiniDFSCluster cluster;
    private int active;

    HaHdfs(Path dir) throws IOException {
        Configuration conf = new Configuration();
        conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, dir.toString());
        conf.setBoolean(DFSConfigKeys.DFS_HA_STANDBY_CHECKPOINTS_KEY, false);
        // How soon a NameNode that starts again hears of the DataNode.
        conf.setInt(DFSConfigKeys.DFS_HEARTBEAT_INTERVAL_KEY, 1);
        cluster = new MiniDFSCluster.Builder(conf)
                .nnTopology(MiniDFSNNTopology.simpleHATopology())
                .numDataNodes(1)
                .build();
        cluster.waitActive();
        cluster.transitionToActive(active);
    }

    /** Returns what an operator writes to hdfs-site.xml. If no NameNode is active, a call fails soon. */
    Configuration client() {
        Configuration conf = new Configuration();
        conf.set("dfs.nameservices", SERVICE);
        conf.set("dfs.ha.namenodes." + SERVICE, "nn0,nn1");
        for (int i = 0; i < NAME_NODES; i++) {
            conf.set(
                    "dfs.namenode.rpc-address." + SERVICE + ".nn" + i,
                    cluster.getNameNode(i).getNameNodeAddressHostPortString());
        }
        conf.set("dfs.client.failover.proxy.provider." + SERVICE, ConfiguredFailoverProxyProvider.class.getName());
        conf.setInt("dfs.client.failover.max.attempts", 3);
        conf.setInt("dfs.client.failover.sleep.base.millis", 10);
        return conf;
    }

    static org.apache.hadoop.fs.Path path(String path) {
        return new org.apache.hadoop.fs.Path("hdfs://" + SERVICE + path);
    }

    /** Makes the active NameNode a standby, so that there is no active one. */
    void standDown() throws IOException {
        cluster.transitionToStandby(active);
    }

    /** Stops the active NameNode, so that there is only a standby. */
    void stopActive() {
        cluster.shutdownNameNode(active);
    }

    /** Makes the other NameNode active. */
    void takeOver() throws IOException {
        active = 1 - active;
        cluster.transitionToActive(active);
    }

    /** Starts the NameNode that was stopped, as the standby. It is in safe mode until it takes over. */
    void restartStandby() throws IOException {
        boolean waits = false;
        cluster.restartNameNode(1 - active, waits);
    }

    @Override
    public void close() {
        cluster.shutdown();
    }
}
