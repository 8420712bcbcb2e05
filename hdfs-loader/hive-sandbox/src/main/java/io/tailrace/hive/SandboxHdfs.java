package io.tailrace.hive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DFSConfigKeys;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.namenode.NameNode;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;

/** A NameNode and one DataNode on loopback, with their files in one directory. */
final class SandboxHdfs implements HiveSandbox.Part {
    private static final long REPORT_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final NameNode nameNode;
    private final DataNode dataNode;

    private SandboxHdfs(NameNode nameNode, DataNode dataNode) {
        this.nameNode = nameNode;
        this.dataNode = dataNode;
    }

    /** Starts HDFS in {@code dir}, after formatting it on the first start. Returns when blocks can be written. */
    static SandboxHdfs start(Path dir, SandboxPorts ports) throws IOException {
        // Allows two servers with equal metric names in one JVM.
        DefaultMetricsSystem.setMiniClusterMode(true);
        Configuration conf = configuration(dir, ports);
        if (!Files.exists(dir.resolve("name/current/VERSION"))) {
            Files.createDirectories(dir);
            NameNode.format(conf);
        }
        NameNode nameNode = new NameNode(conf);
        try {
            DataNode dataNode = DataNode.createDataNode(new String[0], conf);
            if (dataNode == null) {
                throw new IOException("DataNode did not start in " + dir + "; see the log above");
            }
            awaitSafeModeOff(nameNode, dir);
            return new SandboxHdfs(nameNode, dataNode);
        } catch (IOException | RuntimeException e) {
            nameNode.stop();
            throw e;
        }
    }

    /** The NameNode accepts writes when the DataNode has reported to it, asynchronously. */
    private static void awaitSafeModeOff(NameNode nameNode, Path dir) throws IOException {
        long startNanos = System.nanoTime();
        while (nameNode.isInSafeMode()) {
            if (System.nanoTime() - startNanos > REPORT_NANOS_MAX) {
                throw new IOException("DataNode in " + dir + " did not report within a minute; see the log above");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static Configuration configuration(Path dir, SandboxPorts ports) {
        Configuration conf = new HdfsConfiguration();
        String anyPort = SandboxPorts.HOST + ":0";
        conf.set("fs.defaultFS", ports.hdfsUri());
        conf.set(
                DFSConfigKeys.DFS_NAMENODE_NAME_DIR_KEY,
                dir.resolve("name").toUri().toString());
        conf.set(
                DFSConfigKeys.DFS_DATANODE_DATA_DIR_KEY,
                dir.resolve("data").toUri().toString());
        conf.set("hadoop.tmp.dir", dir.resolve("tmp").toString());
        conf.set(DFSConfigKeys.DFS_NAMENODE_HTTP_ADDRESS_KEY, anyPort);
        conf.set(DFSConfigKeys.DFS_DATANODE_ADDRESS_KEY, anyPort);
        conf.set(DFSConfigKeys.DFS_DATANODE_HTTP_ADDRESS_KEY, anyPort);
        conf.set(DFSConfigKeys.DFS_DATANODE_IPC_ADDRESS_KEY, anyPort);
        conf.set(DFSConfigKeys.DFS_DATANODE_HOST_NAME_KEY, SandboxPorts.HOST);
        conf.setInt(DFSConfigKeys.DFS_REPLICATION_KEY, 1);
        conf.setBoolean(DFSConfigKeys.DFS_PERMISSIONS_ENABLED_KEY, false);
        conf.setInt(DFSConfigKeys.DFS_NAMENODE_HANDLER_COUNT_KEY, 4);
        // A single node need not wait for others: without these, a restart stays in safe mode for 30 s.
        conf.setInt(DFSConfigKeys.DFS_NAMENODE_SAFEMODE_EXTENSION_KEY, 0);
        conf.setInt(DFSConfigKeys.DFS_NAMENODE_SAFEMODE_MIN_DATANODES_KEY, 1);
        conf.setLong(DFSConfigKeys.DFS_HEARTBEAT_INTERVAL_KEY, 1);
        // The default reserves too much of a small disk for the NameNode.
        conf.setLong(DFSConfigKeys.DFS_NAMENODE_DU_RESERVED_KEY, 0);
        return conf;
    }

    @Override
    public void close() {
        dataNode.shutdown();
        nameNode.stop();
    }
}
